"""The page behind the link of the mail, as a person, a scanner and somebody who guesses meet it."""

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from actions.models import Answer, AnswerToken, Commitment, FollowUp, LetterToken, ReplyToken, RequestToken, StopToken
from failforward import testing
from failforward.outbox.models import Mail
from failforward.tests.test_access import fingerprint

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}\u202e"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def made(cast):
    today = timezone.localdate()
    return Commitment.make(
        cast.rep,
        cast.rep,
        "Try the gateways",
        today,
        asked_by=cast.list_owner,
        agreed_where="in the meeting",
        now=timezone.now() - dt.timedelta(days=1),
    )


@pytest.fixture
def link(made):
    return link_to(made)


def link_to(commitment, **fields) -> str:
    follow_up = commitment.follow_ups.get()
    fields = {"expires_at": timezone.now() + dt.timedelta(days=90)} | fields
    return f"/f/{AnswerToken.issue(follow_up=follow_up, person=commitment.person, **fields)}/"


def in_days(days: int) -> str:
    return (timezone.localdate() + dt.timedelta(days)).isoformat()


def post(client, url, **data):
    return client.post(url, {"status": "done", "seen": ""} | data)


@pytest.mark.parametrize("chosen", ["done", "partly", "moved", "stuck", "dropped"])
def test_the_link_preselects_and_saves_nothing(client, link, chosen):
    before = fingerprint()
    page = client.get(link, {"a": chosen}).content.decode()
    assert re.findall(r'value="(\w+)" checked', page) == [chosen]
    assert "Try the gateways" in page
    assert "You agreed this with Jonas Weil" in page
    assert "in the meeting" in page
    assert fingerprint() == before


@pytest.mark.parametrize("chosen", ["", "finished", "<script>", "done,dropped"])
def test_an_unknown_choice_preselects_nothing(client, link, chosen):
    assert " checked" not in client.get(link, {"a": chosen}).content.decode()


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "delete", "patch"])
def test_nothing_but_a_post_changes_anything(client, link, method):
    before = fingerprint()
    for _time in range(25):
        getattr(client, method)(f"{link}?a=done")
    assert fingerprint() == before


def test_the_button_saves_and_shows_what_was_sent(client, link, made):
    answered = post(client, link, outcome="Two of three pair", next_what="Ask Lena", next_on=in_days(3))
    assert (answered.status_code, answered["Location"]) == (302, link)
    page = client.get(link).content.decode()
    assert all(words in page for words in ["Thank you, Ines", "Two of three pair", "Ask Lena"])
    made.refresh_from_db()
    assert made.state == "kept"
    assert Answer.objects.get().via == "link"
    assert Commitment.objects.get(what="Ask Lena").state == "accepted"


def test_the_page_needs_no_log_in_and_gives_none(client, link):
    post(client, link)
    assert "sessionid" not in client.cookies
    assert client.get("/commitments/").status_code == 302


def test_the_link_answers_for_its_person_whoever_is_logged_in(client, cast, link):
    client.force_login(cast.manager)
    post(client, link)
    assert Answer.objects.get().by == cast.rep


def test_headers_keep_the_link_to_its_person(client, link):
    for answer in (client.get(link), post(client, link), client.get(link)):
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert answer["Referrer-Policy"] == "no-referrer"


def test_nothing_on_the_page_comes_from_elsewhere(client, link):
    page = client.get(link).content.decode()
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', page) == []


def test_a_form_without_its_cookie_is_refused(link):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link, {"status": "done", "seen": ""}).status_code == 403
    assert not Answer.objects.exists()


def test_a_form_with_its_cookie_is_taken_though_browsers_hide_its_origin(link):
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(link).content.decode()
    field = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page).group(1)
    sent = {"status": "done", "seen": "", "csrfmiddlewaretoken": field}
    assert strict.post(link, sent, headers={"origin": "https://evil.example"}).status_code == 403
    assert strict.post(link, sent, headers={"origin": "null"}).status_code == 302
    assert Answer.objects.count() == 1


def test_a_chip_fills_the_date_and_saves_nothing(client, link):
    before = fingerprint()
    sent = {"status": "partly", "outcome": "Half of it", "seen": "", "set_next_on": in_days(7), "next_what": "Ask"}
    page = client.post(link, sent).content.decode()
    assert f'name="next_on" value="{in_days(7)}"' in page
    assert "Half of it" in page and 'value="partly" checked' in page
    assert fingerprint() == before


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"status": ""}, "Choose one of the five."),
        ({"status": "partly"}, "Say until when it stays open."),
        ({"status": "moved"}, "Say to which day it moves."),
        ({"status": "moved", "new_on": "31.02.2027"}, "Choose a day in the calendar, or write it as 2026-11-27."),
        ({"status": "done", "next_what": "Ask Lena"}, "Say by when the next step is done."),
        ({"status": "done", "outcome": "x" * 10_001}, "Keep it to 10000 characters"),
        ({"status": "done", "outcome": "a\x00b"}, "There is a character in it that cannot be kept."),
        ({"status": "stuck", "new_on": "9999-12-31"}, "within the next five years"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(client, link, data, words):
    answer = post(client, link, learned="Ask earlier", **data)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "<title>Error: How did it go?" in page
    assert words in page and "Ask earlier" in page
    assert not Answer.objects.exists()


def test_hostile_words_are_shown_as_words(client, cast):
    cast.rep.name = f"Ines {HOSTILE}"
    cast.rep.save()
    nasty = Commitment.make(cast.rep, cast.rep, HOSTILE, timezone.localdate(), agreed_where=HOSTILE[:200])
    url = link_to(nasty)
    post(client, url, outcome=HOSTILE, learned=HOSTILE, next_what=HOSTILE, next_with=HOSTILE, next_on=in_days(1))
    for page in (client.get(url), client.get(url, {"change": 1})):
        assert b"<script>alert" not in page.content
        assert b"<img src=x" not in page.content


# --- Sending twice --------------------------------------------------------------------------------


def test_the_same_post_again_changes_nothing(client, link):
    post(client, link, outcome="Done")
    before = fingerprint()
    assert post(client, link, outcome="Done").status_code == 302
    assert fingerprint() == before


def test_a_second_tab_is_told_and_may_then_replace(client, link):
    post(client, link, outcome="First")
    second = post(client, link, status="stuck", outcome="Second")
    page = second.content.decode()
    assert second.status_code == 400
    assert "You answered this already: Done." in page
    assert Answer.objects.get().outcome == "First"
    seen = re.search(r'name="seen" value="([^"]+)"', page).group(1)
    assert post(client, link, status="stuck", outcome="Second", seen=seen).status_code == 302
    assert Answer.objects.get().outcome == "Second"


def test_after_seven_days_the_page_only_shows(client, link):
    post(client, link, outcome="It went well")
    Answer.objects.update(answered_at=timezone.now() - dt.timedelta(days=8))
    before = fingerprint()
    for page in (client.get(link, {"change": 1}), post(client, link, status="dropped")):
        assert b"can no longer be changed" in page.content
        assert b"It went well" in page.content
    assert fingerprint() == before


def test_within_seven_days_it_can_be_changed(client, link, made):
    post(client, link, outcome="It went well")
    page = client.get(link, {"change": 1}).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page).group(1)
    post(client, link, status="dropped", reason="Not worth it", seen=seen)
    made.refresh_from_db()
    assert made.state == "dropped"


# --- Links that do not open anything --------------------------------------------------------------


def test_unknown_links_are_not_there(client, link):
    token = link.split("/")[2]
    for wrong in ["x", token[:-1], token + "a", ("b" if token[0] != "b" else "c") + token[1:], "a" * 26, "a" * 5000]:
        answer = client.get(f"/f/{wrong}/")
        page = answer.content.decode()
        assert answer.status_code == 404
        assert "This link opens nothing" in page and "You need no log-in" in page and "Go to Today" not in page


def test_mail_systems_may_fold_the_case(client, link):
    assert client.get(link[:3] + link[3:].upper()).status_code == 200


def test_a_link_of_another_purpose_is_not_there(client, cast, made, link):
    follow_up = made.follow_ups.get()
    answer = Answer.objects.create(follow_up=follow_up, status="done", by=cast.rep, answered_at=timezone.now())
    asked = RequestToken.issue(commitment=made, person=cast.rep)
    reply = ReplyToken.issue(answer=answer, person=cast.list_owner)
    ours = link.split("/")[2]
    wrong = [("f", asked), ("f", reply), ("r", ours), ("r", reply), ("t", ours), ("t", asked)]
    assert {client.get(f"/{page}/{token}/").status_code for page, token in wrong} == {404}


def test_a_link_of_ones_own_opens_only_ones_own(client, cast, link):
    other = Commitment.make(cast.other_rep, cast.other_rep, "Ring the bakery", timezone.localdate())
    assert b"Ring the bakery" not in client.get(link).content
    assert b"Try the gateways" not in client.get(link_to(other)).content


@pytest.mark.parametrize("how", ["expired", "revoked", "left"])
def test_a_link_that_ended_says_so_and_saves_nothing(client, cast, made, link, how):
    if how == "expired":
        AnswerToken.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    elif how == "revoked":
        AnswerToken.objects.update(revoked_at=timezone.now())
    else:
        cast.rep.is_active = False
        cast.rep.save()
    page = client.get(link, {"a": "done"})
    assert page.status_code == 410
    assert b"Try the gateways" not in page.content
    assert (b"Send me a new link" in page.content) is (how != "left")
    post(client, link)
    assert not Answer.objects.exists()


def test_a_new_link_goes_to_the_persons_own_address_once_a_day(client, cast, link):
    AnswerToken.objects.update(expires_at=timezone.now() - dt.timedelta(days=1))
    for _time in range(3):
        assert b"A new link is on its way" in client.post(link, {"new_link": "1"}).content
    again = Mail.objects.filter(key__contains=":again:")
    assert [mail.recipient for mail in again] == [cast.rep]


def test_a_settled_question_says_so(client, cast, made, link):
    made.drop(cast.rep, "No longer needed")
    for page in (client.get(link), client.post(link, {"new_link": "1"})):
        assert b"This is settled" in page.content
        assert page.status_code == 410
    assert FollowUp.objects.get().state == "cancelled"


def test_what_was_being_written_when_it_was_settled_is_kept(client, cast, made, link):
    made.drop(cast.list_owner, "No longer needed")
    assert post(client, link, outcome="All three pair").status_code == 302
    page = client.get(link).content.decode()
    assert "All three pair" in page
    assert "The words are kept" in page


def test_the_link_of_a_question_that_moved_leads_to_the_one_in_its_place(client, cast, made, link):
    Mail.objects.filter(kind="follow_up").update(state="sent")
    made.move(cast.list_owner, timezone.localdate() + dt.timedelta(3), "They are away")
    assert b"How did it go?" in client.get(link).content
    sent = post(client, link, outcome="All three pair")
    assert "Thank you, Ines" in client.get(sent.url).content.decode()
    assert "Thank you, Ines" in client.get(link).content.decode()
    made.refresh_from_db()
    assert made.state == "kept"


def test_many_tries_are_slowed_down_and_leave_the_person_their_button(client, link):
    assert {client.get(link).status_code for _time in range(30)} == {200}
    assert client.get(link).status_code == 429
    assert post(client, link).status_code == 302


def test_guesses_are_slowed_down_and_hold_up_no_link_that_is_there(client, link):
    assert {client.get("/f/guess/").status_code for _time in range(20)} == {404}
    assert client.get("/f/guess/").status_code == 429
    assert client.get("/c/guess/").status_code == 429
    assert client.get("/f/guess/", REMOTE_ADDR="203.0.113.7").status_code == 404
    assert client.get(link).status_code == 200


@pytest.mark.parametrize("path", ["/stop/guess/", "/stop-letters/guess/"])
def test_a_mail_program_guesses_no_faster_than_anybody(client, path):
    one_click = {"List-Unsubscribe": "One-Click"}
    assert {client.post(path, one_click).status_code for _time in range(20)} == {404}
    assert client.post(path, one_click).status_code == 429
    assert client.get(path).status_code == 429


@pytest.mark.parametrize(("kind", "path"), [(StopToken, "stop"), (LetterToken, "stop-letters")])
def test_a_mail_program_presses_the_same_link_so_many_times_a_minute(client, cast, kind, path):
    url = f"/{path}/{kind.issue(person=cast.rep)}/"
    codes = [client.post(url, {"List-Unsubscribe": "One-Click"}).status_code for _time in range(31)]
    assert codes == [200] * 30 + [429]


def test_a_network_has_its_own_limit_but_a_whole_office_may_open_its_mail(client, cast):
    links = [
        link_to(Commitment.make(cast.rep, cast.rep, f"Promise {number}", timezone.localdate())) for number in range(40)
    ]
    assert {client.get(link).status_code for link in links} == {200}
    cache.clear()
    # Six looks at each of forty links: the sixth is the network's, which has thirty of them.
    last = [[client.get(link).status_code for _time in range(6)][-1] for link in links]
    assert (last.count(200), last.count(429)) == (30, 10)
    assert client.get(links[-1], REMOTE_ADDR="203.0.113.7").status_code == 200


def test_a_form_sent_twice_in_the_product_answers_one_question(client, cast, made):
    client.force_login(cast.rep)
    url = f"/commitments/{made.pk}/answer/"
    shown = client.get(url).content.decode()
    question = re.search(r'name="question" value="(\d+)"', shown)[1]
    for _time in range(2):
        sent = post(client, url, status="moved", new_on=in_days(2), reason="Waiting", question=question)
        assert sent.url == f"{url}?question={question}"
    assert [(one.occurrence, one.state) for one in FollowUp.objects.order_by("occurrence")] == [
        (1, "answered"),
        (2, "planned"),
    ]
    assert (made.date_changes.count(), Mail.objects.filter(kind="answers").count()) == (1, 1)
    page = client.get(sent.url)
    assert f"Thank you, {cast.rep.first_name}" in page.content.decode()
    assert f"?change=1&amp;question={question}" in page.content.decode()


def test_a_question_of_another_commitment_is_not_answered_here(client, cast, made):
    other = Commitment.make(cast.other_rep, cast.other_rep, "Mine", timezone.localdate())
    client.force_login(cast.rep)
    post(client, f"/commitments/{made.pk}/answer/", question=str(other.follow_ups.get().pk))
    assert [answer.follow_up.commitment for answer in Answer.objects.all()] == [made]
