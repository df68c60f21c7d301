import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions import closing, hand_offs
from actions.models import Commitment
from failforward import testing
from failforward.guards import Conflict, Refused
from failforward.outbox import run_due
from failforward.outbox.models import CapturedMail, Mail
from failforward.testing import NOW, TODAY
from reviews.models import Deal, HandOff, OwnPart, Review
from reviews.models.hand_off import Question

START, END = TODAY + dt.timedelta(7), TODAY + dt.timedelta(27)
ALL = {question.value: "Answered." for question in Question}


@pytest.fixture
def won(cast):
    return testing.deal(cast, outcome="won", lost_on=None, competitor="", name="Crane load cells")


@pytest.fixture
def hand_off(cast, won):
    """Ines hands over to Priya."""
    return HandOff.open(won, cast.manager, cast.rep, cast.support, TODAY)


def test_a_won_deal_is_handed_over_once(cast, won, hand_off):
    assert HandOff.open(won, cast.manager, cast.rep, cast.other_rep, TODAY) == hand_off
    review = hand_off.review
    assert (review.kind, review.state, review.lost_on) == ("hand_off", "gathering", won.closed_on)
    assert set(review.people.all()) == {cast.manager, cast.rep, cast.support}


def test_what_is_not_won_or_has_one_lead_is_not_handed_over(cast, won):
    with pytest.raises(Refused, match="once it is won"):
        HandOff.open(testing.deal(cast), cast.manager, cast.rep, cast.support, TODAY)
    with pytest.raises(Refused, match="choose two"):
        HandOff.open(won, cast.manager, cast.rep, cast.rep, TODAY)


def test_production_sees_the_hand_off_and_nothing_else_of_the_deal(client, cast, won, hand_off):
    Deal.objects.filter(pk=won.pk).update(amount_minor=777_123_00)
    client.force_login(cast.support)

    page = client.get(hand_off.review.get_absolute_url()).content.decode()

    assert "Crane load cells" in page and "How it is handed over" in page
    assert "777,123" not in page and won.get_absolute_url() not in page
    assert client.get(won.get_absolute_url()).status_code == 404
    assert "777,123" not in client.get("/reviews/").content.decode()
    assert "777123" not in client.get("/reviews/?format=csv").getvalue().decode()
    assert set(Deal.objects.visible_to(cast.support)) == set()


def test_production_accepts_when_all_six_are_answered(cast, hand_off):
    hand_off.answer(cast.rep, ALL | {"informed": " "})
    with pytest.raises(Refused, match="How do we stay informed without meddling"):
        hand_off.accept(cast.support, START, END, TODAY)
    hand_off.answer(cast.support, {"informed": "By the ledger."})
    with pytest.raises(Refused, match="Priya Nair accepts it"):
        hand_off.accept(cast.rep, START, END, TODAY)
    with pytest.raises(Refused, match="before the kick-off"):
        hand_off.accept(cast.support, END, START, TODAY)

    assert hand_off.accept(cast.support, START, END, TODAY)
    assert not hand_off.accept(cast.support, START, END, TODAY)
    assert hand_off.answers.get(question="informed").by == cast.support


def test_accepting_asks_sales_for_three_light_contacts_once(cast, hand_off):
    hand_off.answer(cast.rep, ALL)
    for _twice in range(2):
        hand_offs.accept(hand_off, cast.support, START, END, NOW)

    contacts = Commitment.objects.filter(review=hand_off.review).order_by("due_on")
    assert [(one.person, one.asked_by, one.state, one.due_on) for one in contacts] == [
        (cast.rep, cast.support, "requested", day) for day in (START, START + dt.timedelta(10), END)
    ]


def test_a_contact_whose_day_has_passed_is_not_asked_for(cast, hand_off):
    hand_off.answer(cast.rep, ALL)
    made = hand_offs.accept(hand_off, cast.support, TODAY - dt.timedelta(3), TODAY + dt.timedelta(1), NOW)
    assert [one.due_on for one in made] == [TODAY + dt.timedelta(1)]


def test_a_gap_in_the_ledger_becomes_one_event(cast, hand_off):
    promise = hand_off.add_promise(cast.rep, "Ready before Easter.")
    with pytest.raises(Refused, match="not, or only in part"):
        promise.write_down(cast.rep)
    promise.note(cast.support, version=1, understood="Ready in spring.", delivered="In May.", kept="not")

    event = promise.write_down(cast.rep)

    assert promise.write_down(cast.rep) == event == hand_off.review.events.get()
    assert event.what == "Promised: Ready before Easter.\nUnderstood: Ready in spring.\nDelivered: In May."


def test_two_who_write_in_one_line_lose_nothing(client, cast, hand_off):
    promise = hand_off.add_promise(cast.rep, "Ready before Easter.")
    promise.note(cast.support, version=1, understood="In spring.")
    client.force_login(cast.rep)
    said = {"promised": "Ready before Easter.", "understood": "By Easter.", "version": 1}

    response = client.post(reverse("promise", args=[promise.pk]), said)

    page = response.content.decode()
    assert response.status_code == 409 and "In spring." in page and "By Easter." in page
    with pytest.raises(Conflict):
        promise.note(cast.rep, version=1, understood="By Easter.")
    assert client.post(reverse("promise", args=[promise.pk]), said | {"version": 2}).status_code == 302


def test_a_gap_is_asked_about_in_the_words_of_a_hand_off(client, cast, hand_off):
    client.force_login(cast.manager)
    event = hand_off.review.add_event(cast.manager, "Nobody told them of the crane.")
    question = "Without it, would the customer have got what was promised?"
    board = reverse("review_board", args=[hand_off.review.pk])

    client.post(board, {"judge": f"{event.pk}:1:caused"})
    pages = [hand_off.review.get_absolute_url(), board, f"{board}?event={event.pk}"]
    shown = [client.get(page).content.decode() for page in pages]

    assert question in shown[0] and question in shown[2]
    assert all("Broke a promise" in page for page in shown)
    assert not any("would we have won" in page or "Caused it" in page for page in shown)


def test_sharing_one_s_own_part_says_who_gets_it(client, cast, hand_off):
    Review.objects.filter(pk=hand_off.review.pk).update(depth="full")
    shares = {}
    for user in [cast.manager, cast.support]:
        client.force_login(user)
        shares[user] = client.get(hand_off.review.get_absolute_url()).content.decode()

    assert "Share it with the review and Priya" in shares[cast.manager]
    assert "Share it with this review" in shares[cast.support]


def test_one_s_own_part_goes_to_production_in_one_mail_when_it_is_shared(cast, hand_off):
    part = OwnPart.write(hand_off.review, cast.rep, "I never told them about the crane.")
    assert not Mail.objects.filter(kind="own_part").exists()
    for _twice in range(2):
        part.share(cast.rep)
    OwnPart.write(hand_off.review, cast.support, "I did not ask.").share(cast.support)
    assert [mail.recipient for mail in Mail.objects.filter(kind="own_part")] == [cast.support]

    run_due()

    (mail,) = CapturedMail.objects.filter(mail__kind="own_part")
    body = bytes(mail.body).decode()
    assert "Ines Duarte via FailForward" in body and "I never told them about the crane." in body


def test_a_hand_off_closes_without_an_event_once_it_is_accepted(cast, hand_off):
    review = Review.objects.get(pk=hand_off.review_id)
    ends = {"ends": ["files", "workspaces", "customer", "questions"]}
    with pytest.raises(Refused, match="production has not accepted it yet"):
        closing.close(review, cast.manager, "Ask about the crane.", NOW, **ends)
    hand_off.answer(cast.rep, ALL)
    hand_off.accept(cast.support, START, END, TODAY)

    assert closing.close(Review.objects.get(pk=review.pk), cast.manager, "Ask about the crane.", NOW, **ends)


@pytest.mark.usefixtures("on_the_day")
def test_the_pages_of_a_hand_off(client, cast, won, hand_off):
    """The way of both sides through it, by the forms alone."""
    review = hand_off.review
    at = review.get_absolute_url()
    client.force_login(cast.rep)
    assert client.post(reverse("hand_off_new", args=[won.pk]), {}).status_code == 422
    assert "Not answered yet." in client.get(at).content.decode()
    assert 'name="handed_over"' in client.get(f"{at}?do=checklist").content.decode()
    client.post(reverse("hand_off_checklist", args=[review.pk]), ALL)
    assert client.post(reverse("promise_add", args=[review.pk]), {"promised": " "}).status_code == 422
    client.post(reverse("promise_add", args=[review.pk]), {"promised": "Ready before Easter."})
    line = hand_off.promises.get()
    assert client.post(reverse("promise_event", args=[line.pk])).status_code == 422
    assert 'name="understood"' in client.get(f"{at}?do=promise.{line.pk}").content.decode()
    client.post(reverse("promise", args=[line.pk]), {"promised": "Easter.", "kept": "partly", "version": 1})
    assert "Write the gap down" in client.get(at).content.decode()
    client.post(reverse("promise_event", args=[line.pk]))
    assert "Written down as an event" in client.get(at).content.decode()
    client.force_login(cast.support)
    assert "Accept the hand-off" in client.get(at).content.decode()
    accept = reverse("hand_off_accept", args=[review.pk])
    assert client.post(accept, {"kick_off_on": END, "delivery_on": START}).status_code == 422
    assert (
        "asked to stay in touch"
        in client.post(accept, {"kick_off_on": START, "delivery_on": END}, follow=True).content.decode()
    )


def test_the_page_costs_the_same_for_one_promise_and_three(client, cast, hand_off):
    client.force_login(cast.support)
    counts = []
    for number in range(3):
        hand_off.add_promise(cast.rep, f"Promise {number}")
        with CaptureQueriesContext(connection) as asked:
            client.get(hand_off.review.get_absolute_url())
        counts.append(len(asked))
    assert counts[0] == counts[2] <= 12


@pytest.mark.usefixtures("on_the_day")
def test_production_is_thanked_by_name_and_by_mail(client, cast, hand_off):
    hand_off.answer(cast.rep, ALL)
    hand_offs.accept(hand_off, cast.support, START, END, NOW)
    client.force_login(cast.rep)
    url, page = reverse("hand_off_thank", args=[hand_off.review_id]), hand_off.review.get_absolute_url()
    assert "Send thanks" in client.get(page).content.decode()

    empty = client.post(url, {"words": " "})
    assert empty.status_code == 422 and "Say what for" in empty.content.decode()
    for _press in range(2):
        assert client.post(url, {"words": "You rang them before we had to ask."}).status_code == 302

    run_due(NOW + dt.timedelta(minutes=1))
    (mail,) = CapturedMail.objects.filter(mail__kind="thanks")
    assert (mail.address, mail.mail.recipient) == (cast.support.email, cast.support)
    assert b"rang them before" in bytes(mail.body) and b"the book is closed" not in bytes(mail.body)
    seen = client.get(page).content.decode()
    assert "You rang them before we had to ask." in seen and "Send thanks" not in seen
    assert hand_off.review.persons.get(user=cast.support).thanked_by == cast.rep


def test_production_does_not_thank_itself(client, cast, hand_off):
    hand_off.answer(cast.rep, ALL)
    hand_offs.accept(hand_off, cast.support, START, END, NOW)
    client.force_login(cast.support)
    assert "Send thanks" not in client.get(hand_off.review.get_absolute_url()).content.decode()
    with pytest.raises(Refused, match="from the others"):
        hand_off.thank(cast.support, "Well done.", NOW)
    assert not Mail.objects.filter(kind="thanks").exists()


def test_the_address_of_a_promise_leads_to_the_ledger(client, cast, hand_off):
    """Where somebody reloads after the form was sent back."""
    line = hand_off.add_promise(cast.rep, "Delivered before Easter.")
    client.force_login(cast.manager)
    response = client.get(reverse("promise", args=[line.pk]))
    assert response.url == f"{hand_off.review.get_absolute_url()}#ledger"
