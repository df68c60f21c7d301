import datetime as dt
import email
import email.policy
import re

import pytest
import time_machine
from django.apps import apps
from django.core.cache import cache
from django.urls import reverse

from failforward import outbox, testing
from failforward.history.models import Change
from failforward.outbox.models import Mail
from failforward.outbox.rendering import render_due
from failforward.testing import NOW
from failforward.tokens import new_token
from reviews import capture
from reviews.models import CaptureToken, Review


@pytest.fixture(autouse=True)
def nothing_counted():
    cache.clear()


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def review(cast):
    return testing.review(cast, state="pending", opened_on=None, deal=testing.deal(cast, name="40 sensors"))


@pytest.fixture
def link(review, clock):
    return reverse("capture", args=[capture.issue_link(review, NOW)])


def everything() -> dict:
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.managed
    }


def told(**said) -> dict:
    return {"outcome": "", "competitor": "", "lost_on": "", "stage_at_loss": "", "boxes": "3", "send": "1"} | said


def rendered(mail: Mail) -> email.message.EmailMessage:
    render_due(mail.due_at)
    mail.refresh_from_db()
    return email.message_from_bytes(bytes(mail.body), policy=email.policy.default)


# --- The mail -----------------------------------------------------------------------------------


def test_the_owner_is_asked_once_whatever_happens(cast, review):
    first = capture.ask_owner(review, cast.manager, NOW)

    assert capture.ask_owner(review, cast.manager, NOW) == first
    assert (Mail.objects.get().key, Change.objects.about(review).get().verb) == (f"capture:{review.pk}", "owner_asked")


def test_the_mail_asks_without_loaded_words_and_carries_one_link(cast, review, clock):
    mail = capture.ask_owner(review, None, NOW)

    message = rendered(mail)

    assert message["To"].endswith("<ines@tarnholm.example>")
    assert message["Subject"] == "What happened with 40 sensors?"
    body = message.get_body(("plain",)).get_content()
    (raw,) = re.findall(r"/c/([a-z2-7]{26})/", body)
    assert CaptureToken.objects.find(raw).review == review
    assert not CaptureToken.objects.filter(digest__contains=raw).exists()
    assert max(len(line) for line in body.splitlines()) < 78
    assert f"/c/{raw}/" in message.get_body(("html",)).get_content()


@pytest.mark.parametrize("name", ["Lost Valley Mill", "FAILsafe units", "Glossy prints"])
def test_no_deal_brings_a_loaded_word_into_the_subject(cast, review, clock, name):
    review.deal.name = name
    review.deal.save(update_fields=["name"])

    subject = rendered(capture.ask_owner(review, None, NOW))["Subject"]

    assert subject == "Ninety seconds from you?"


def test_a_team_may_want_neutral_subjects(cast, review, clock):
    cast.north.neutral_subject = True
    cast.north.save(update_fields=["neutral_subject"])

    assert rendered(capture.ask_owner(review, None, NOW))["Subject"] == "Ninety seconds from you?"


def test_a_name_with_a_line_break_writes_one_subject(cast, review, clock):
    review.deal.name = "40 sensors\r\nBcc: all@example.com"
    review.deal.save(update_fields=["name"])

    message = rendered(capture.ask_owner(review, None, NOW))

    assert message["Bcc"] is None


@pytest.mark.parametrize("case", ["no owner", "no address", "left", "captured", "waived", "closed", "sealed"])
def test_who_cannot_or_need_not_answer_is_not_asked(cast, review, case):
    if case == "no owner":
        review.owner = None
    if case == "no address":
        review.owner.email = None
    if case == "left":
        review.owner.is_active = False
    if case == "captured":
        review.captured_at = NOW
    if case in ("waived", "closed"):
        review.state = case
    if case == "sealed":
        review.visibility = "sealed"

    assert capture.why_not(review).endswith(".")
    assert capture.ask_owner(review, cast.manager, NOW) is None
    assert not Mail.objects.exists()


def test_a_mail_is_held_back_when_the_review_was_sealed_meanwhile(cast, review, clock):
    mail = capture.ask_owner(review, None, NOW)
    review.change_visibility(cast.manager, "sealed")

    render_due(NOW)

    mail.refresh_from_db()
    assert (mail.state, mail.last_text) == ("withheld", "The deal’s owner cannot write in this review.")
    assert outbox.catalogue.find("capture").still_wanted(None) is False


# --- Looking ------------------------------------------------------------------------------------


def test_a_hundred_scanners_change_nothing(client, link):
    before = everything()

    for number in range(100):
        if number % 20 == 0:
            cache.clear()
        assert client.generic(["GET", "HEAD", "OPTIONS"][number % 3], link).status_code in (200, 405)

    assert everything() == before


def test_the_page_is_kept_by_nobody(client, link):
    response = client.get(link)

    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "no-referrer"


def test_the_page_shows_this_deal_and_the_owners_words_alone(client, cast, review, link):
    review.add_event(cast.manager, "Words of the manager")
    review.add_event(None, "Words of nobody", anonymous=True)
    review.add_event(cast.rep, "Words of the owner")
    testing.deal(cast, name="Another deal")

    page = client.get(link).content.decode()

    assert "40 sensors" in page
    assert "Words of the owner" in page
    assert "Words of the manager" not in page
    assert "Words of nobody" not in page
    assert "Another deal" not in page
    assert not client.session.keys()


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: new_token(),
        lambda raw: raw[:-1],
        lambda raw: raw + "a",
        lambda raw: ("a" if raw[0] != "a" else "b") + raw[1:],
        lambda raw: "x",
    ],
)
def test_an_unknown_link_is_404(client, review, clock, change):
    raw = capture.issue_link(review, NOW)

    assert client.get(reverse("capture", args=[change(raw)])).status_code == 404


def test_a_link_in_capitals_is_the_same_link(client, review, clock):
    raw = capture.issue_link(review, NOW)

    assert client.get(reverse("capture", args=[raw.upper()])).status_code == 200


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("revoked", "no longer good"),
        ("inactive", "no longer good"),
        ("sealed", "no longer good"),
        ("given to another", "no longer good"),
        ("expired", "has expired"),
        ("used", "you have told us"),
        ("closed", "is settled"),
        ("waived", "is settled"),
    ],
)
def test_a_link_that_is_over_says_why_and_saves_nothing(client, cast, review, link, clock, case, words):
    if case == "revoked":
        CaptureToken.objects.update(revoked_at=NOW)
    if case == "inactive":
        type(cast.rep).objects.filter(pk=cast.rep.pk).update(is_active=False)
    if case == "sealed":
        Review.objects.update(visibility="sealed")
    if case == "given to another":
        Review.objects.update(owner=cast.other_rep)
    if case == "expired":
        clock.shift(dt.timedelta(days=91))
    if case == "used":
        client.post(link, told(happened_0="It was late."))
        clock.shift(dt.timedelta(days=8))
    if case == "closed":
        Review.objects.update(state="closed", closed_at=NOW)
    if case == "waived":
        Review.objects.update(state="waived", waived_because="x")
    before = everything()

    for response in [client.get(link), client.post(link, told(happened_0="More"))]:
        assert response.status_code == 410
        assert words in response.content.decode()
        assert "40 sensors" not in response.content.decode()
        assert "no-store" in response["Cache-Control"]
    assert everything() == before


def test_many_tries_of_one_link_have_to_wait(client, link):
    codes = [client.get(link).status_code for _number in range(32)]

    assert codes == [200] * 30 + [429] * 2


def test_who_guesses_links_has_to_wait_but_a_good_one_opens_for_everybody(client, link):
    codes = [client.get(reverse("capture", args=[new_token()])).status_code for _number in range(22)]

    assert codes == [404] * 20 + [429] * 2
    assert client.get(link).status_code == 200
    assert client.get(link, REMOTE_ADDR="198.51.100.9").status_code == 200


# --- Telling ------------------------------------------------------------------------------------


def test_what_is_told_reaches_the_deal_and_the_log(client, cast, review, link):
    said = told(
        outcome="lost_to_no_decision",
        lost_on="2026-11-10",
        stage_at_loss="Demo",
        happened_0="The demo unit would not pair.",
        happened_2="Nobody called back.",
    )

    response = client.post(link, said)

    assert response.url == f"{link}?saved"
    assert "It is saved." in client.get(response.url).content.decode()
    review.refresh_from_db()
    deal = review.deal
    assert (deal.outcome, deal.lost_on, deal.stage_at_loss) == ("lost_to_no_decision", dt.date(2026, 11, 10), "Demo")
    assert (review.state, review.captured_at, review.lost_on) == ("pending", NOW, dt.date(2026, 11, 10))
    assert {(event.what, event.author) for event in review.events.all()} == {
        ("The demo unit would not pair.", cast.rep),
        ("Nobody called back.", cast.rep),
    }


def test_pressing_send_twice_tells_it_once(client, review, link):
    said = told(outcome="withdrawn", happened_0="They stopped the project.")
    client.post(link, said)
    before = everything()

    assert client.post(link, said).status_code in (302, 422)
    assert everything() == before


def test_i_do_not_know_is_an_answer(client, review, link):
    assert client.post(link, told(outcome="lost")).status_code == 302
    review.refresh_from_db()
    assert review.captured_at == NOW


def test_nothing_at_all_is_sent_back(client, review, link):
    response = client.post(link, told())

    assert response.status_code == 422
    assert "Tell us one thing" in response.content.decode()
    review.refresh_from_db()
    assert review.captured_at is None


def test_what_was_told_can_be_changed_for_seven_days(client, review, link, clock):
    client.post(link, told(happened_0="It was late."))
    event = review.events.get()
    clock.shift(dt.timedelta(days=6, hours=23))

    client.post(link, told(**{f"event_{event.pk}": "It was nine days late.", f"version_{event.pk}": event.version}))

    event.refresh_from_db()
    assert event.what == "It was nine days late."


def test_words_changed_by_somebody_else_are_shown_beside(client, cast, review, link):
    client.post(link, told(happened_0="It was late."))
    event = review.events.get()
    event.edit(cast.manager, version=1, what="It was very late.")

    said = told(**{f"event_{event.pk}": "It was nine days late.", f"version_{event.pk}": 1})
    response = client.post(link, said)

    assert response.status_code == 409
    page = response.content.decode()
    assert "It was very late." in page
    assert "It was nine days late." in page
    said[f"version_{event.pk}"] = 2
    assert client.post(link, said).status_code == 302
    event.refresh_from_db()
    assert event.what == "It was nine days late."


def test_what_was_told_is_not_emptied(client, review, link):
    client.post(link, told(happened_0="It was late."))
    event = review.events.get()

    response = client.post(link, told(**{f"event_{event.pk}": " ", f"version_{event.pk}": 1}))

    assert response.status_code == 422
    assert "What was told stays." in response.content.decode()


def test_another_box_keeps_what_was_typed_and_saves_nothing(client, review, link):
    before = everything()

    response = client.post(link, told(happened_0="First", more="1"))

    page = response.content.decode()
    assert (response.status_code, page.count("<textarea")) == (200, 4)
    assert "First" in page
    assert "Error:" not in page
    assert everything() == before


@pytest.mark.parametrize("boxes", ["-1", "999999", "many", "", "10"])
def test_there_is_an_end_to_boxes(client, link, boxes):
    page = client.post(link, told(boxes=boxes, more="1")).content.decode()

    assert 1 <= page.count("<textarea") <= 12


@pytest.mark.parametrize(
    "said",
    [
        {"outcome": "won"},
        {"lost_on": "2026-13-01", "outcome": "lost"},
        {"lost_on": "2099-01-01", "outcome": "lost"},
        {"happened_0": "x" * 10_001},
        {"competitor": "x" * 201, "outcome": "lost"},
    ],
)
def test_what_cannot_be_kept_comes_back(client, review, link, said):
    response = client.post(link, told(**said))

    assert response.status_code == 422
    assert "Error:" in response.content.decode()
    assert not review.events.exists()


def test_a_forged_field_reaches_nobody_elses_event(client, cast, review, link):
    other = review.add_event(cast.manager, "Words of the manager")

    client.post(link, told(outcome="lost", **{f"event_{other.pk}": "Forged", f"version_{other.pk}": 1}))

    other.refresh_from_db()
    assert other.what == "Words of the manager"


def test_a_post_from_another_site_is_refused(link):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.get(link)

    assert strict.post(link, told(outcome="lost"), HTTP_ORIGIN="https://evil.example").status_code == 403


def test_the_owner_may_tell_it_logged_in(client, cast, review, clock):
    client.force_login(cast.rep)
    url = reverse("capture_own", args=[review.pk])

    assert client.get(url).status_code == 200
    response = client.post(url, told(happened_0="It was late."))

    assert response.url == reverse("review_detail", args=[review.pk])
    assert review.events.get().author == cast.rep
