import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.utils import timezone

from actions import answers
from actions.models import AskerReply, Commitment, Milestone, ReplyToken, RequestToken
from failforward import testing
from failforward.tests.test_access import fingerprint

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def rep(client, cast):
    client.force_login(cast.rep)
    return client


def day(number: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(number)


def make(cast, what="Try the gateways", days=3, **fields):
    return Commitment.make(cast.rep, cast.rep, what, day(days), asked_by=cast.list_owner, **fields)


def request(cast):
    return Commitment.request(cast.manager, cast.rep, "Ask for the list", day(3))


def request_link(commitment) -> str:
    end = timezone.now() + dt.timedelta(days=30)
    return f"/r/{RequestToken.issue(commitment=commitment, person=commitment.person, expires_at=end)}/"


def reply_link(answer) -> str:
    asker = answer.follow_up.commitment.asked_by
    end = timezone.now() + dt.timedelta(days=30)
    return f"/t/{ReplyToken.issue(answer=answer, person=asker, expires_at=end)}/"


# --- Writing one down -----------------------------------------------------------------------------


def test_one_writes_down_what_one_promises(rep, cast):
    data = {"what": "Ring the bakery", "due_on": day(2), "person": cast.rep.pk, "title": "The bakery"}
    made = rep.post("/commitments/new/", data)
    written = Commitment.objects.get()
    assert made["Location"] == f"/commitments/{written.pk}/"
    assert (written.state, written.asked_by, str(written)) == ("accepted", None, "The bakery")


def test_a_colleague_is_asked_by_mail(rep, cast):
    rep.post("/commitments/new/", {"what": "Ring", "due_on": day(2), "person": cast.other_rep.pk})
    assert Commitment.objects.get().state == "requested"


def test_what_a_colleague_said_aloud_is_written_down_by_who_leads(client, cast):
    data = {"what": "Ring", "due_on": day(2), "person": cast.rep.pk, "how": "said", "agreed_where": "on the phone"}
    client.force_login(cast.other_rep)
    assert client.post("/commitments/new/", data).status_code == 400
    client.force_login(cast.manager)
    client.post("/commitments/new/", data)
    assert Commitment.objects.get().state == "accepted"


def test_somebody_elses_people_cannot_be_named(rep, cast):
    answer = rep.post("/commitments/new/", {"what": "Ring", "due_on": day(2), "person": cast.outsider.pk})
    assert answer.status_code == 400
    assert not Commitment.objects.exists()


def test_it_hangs_from_what_the_address_says_if_one_may_see_that(rep, cast):
    action = testing.action(cast, action_list=testing.action_list(cast, people=(cast.rep,)))
    milestone = Milestone.objects.create(action=action, what="All pair", due_on=day(5), first_due_on=day(5))
    page = rep.get(f"/commitments/new/?milestone={milestone.pk}").content.decode()
    assert "All pair" in page
    data = {"what": "Try", "due_on": day(2), "person": cast.rep.pk}
    rep.post(f"/commitments/new/?milestone={milestone.pk}", data)
    assert Commitment.objects.get().milestone == milestone


@pytest.mark.parametrize("kind", ["deal", "review", "action", "step", "milestone"])
@pytest.mark.parametrize("value", ["999999999", "-1", "abc", "1" * 30, "²"])
def test_an_unknown_parent_is_no_parent(rep, kind, value):
    assert rep.get("/commitments/new/", {kind: value}).status_code == 200


def test_a_deal_one_may_not_see_is_no_parent(client, cast):
    hidden = testing.deal(cast, name="Zeppelin")
    client.force_login(cast.outsider)
    assert b"Zeppelin" not in client.get(f"/commitments/new/?deal={hidden.pk}").content


# --- Lists ----------------------------------------------------------------------------------------


def test_the_list_asks_the_database_the_same_number_of_questions(rep, cast, django_assert_num_queries):
    make(cast)
    rep.get("/commitments/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as one:
        rep.get("/commitments/")
    for _row in range(2):
        make(cast)
    with django_assert_num_queries(len(one)):
        rep.get("/commitments/")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"mine", "asked", "private", "past"}),
        ("whose=mine", {"mine", "private", "past"}),
        ("whose=asked", {"asked"}),
        ("state=open", {"mine", "private", "past"}),
        ("state=requested", {"asked"}),
        ("due=past", {"past"}),
        ("due=week", {"mine", "asked"}),
        ("q=priv", {"private"}),
        ("state=nonsense", {"mine", "asked", "private", "past"}),
    ],
)
def test_filters(rep, cast, query, found):
    make(cast, "mine")
    make(cast, "past", days=-3)
    Commitment.request(cast.rep, cast.other_rep, "asked", day(3))
    Commitment.make(cast.rep, cast.rep, "private", day(30), private=True)
    Commitment.make(cast.outsider, cast.outsider, "somebody else's", day(3))
    page = rep.get(f"/commitments/?{query}").content.decode()
    rows = re.findall(r'<th role="rowheader" scope="row"><a href="[^"]+">([^<]+)</a>', page)
    assert set(rows) == found


def test_a_private_one_is_on_nobody_elses_page(client, cast):
    made = Commitment.make(cast.rep, cast.rep, "walrusmarmalade", day(3), private=True)
    for name, user in cast.people.items():
        client.force_login(user)
        mine = name == "rep"
        assert (b"walrusmarmalade" in client.get("/commitments/").content) is mine
        assert client.get(f"/commitments/{made.pk}/").status_code == (200 if mine else 404)
        assert client.get(f"/commitments/{made.pk}/answer/").status_code == (200 if mine else 404)
        assert mine or client.post(f"/commitments/{made.pk}/drop/", {"reason": "x"}).status_code == 404


# --- The page of one ------------------------------------------------------------------------------


def test_the_page_tells_the_whole_story(rep, cast):
    made = make(cast, days=0, agreed_where="in the meeting", now=timezone.now() - dt.timedelta(days=1))
    words = {"outcome": "Two of three", "learned": "Ask earlier", "next_what": "Ask Lena", "next_on": day(2)}
    answer = answers.give(made.follow_ups.get(), cast.rep, "moved", new_on=day(2), reason="They are away", **words)
    answer.reply(cast.list_owner, "help", text="I know their buyer")
    page = rep.get(f"/commitments/{made.pk}/").content.decode()
    for words in [
        "Try the gateways",
        "in the meeting",
        "moved once",
        "Two of three",
        "Ask earlier",
        "They are away",
        "Ask Lena",
        "read by Jonas",
        "I know their buyer",
        "Not answered by Ines yet.",
        "Say how it went",
    ]:
        assert words in page
    made.following.get()
    assert "Try the gateways" in rep.get(f"/commitments/{answer.next_commitment.pk}/").content.decode()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("sent", "Handed over on"),
        ("failed", "Could not be delivered to Ines Duarte: 550 no such user"),
        ("bounced", "came back: 550 no such user"),
        ("retry", "is tried again: 550 no such user"),
        ("withheld", "550 no such user"),
        ("planned", "To be asked on"),
    ],
)
def test_the_page_says_what_became_of_the_mail(rep, cast, state, words):
    made = make(cast)
    mail = made.follow_ups.get().mail
    mail.state, mail.last_text, mail.body = state, "550 no such user", b"x"
    mail.save()
    assert words in rep.get(f"/commitments/{made.pk}/").content.decode()


def test_a_dropped_one_says_once_who_dropped_it_and_why(rep, cast):
    made = make(cast)
    made.drop(cast.list_owner, "The deal is gone")
    page = " ".join(rep.get(made.get_absolute_url()).content.decode().split())
    assert page.count("The deal is gone") == page.count("Jonas Weil dropped it. The deal is gone") == 1
    assert page.count("Taken back.") == 1
    told = make(cast, "Ring the mill")
    answers.give(told.follow_ups.get(), cast.rep, "dropped", via="desk", now=timezone.now(), reason="No mill")
    assert rep.get(told.get_absolute_url()).content.decode().count("No mill") == 1


def test_one_answers_in_the_product_before_being_asked(rep, cast):
    made = make(cast)
    answered = rep.post(f"/commitments/{made.pk}/answer/", {"status": "done", "outcome": "It works", "seen": ""})
    assert answered.status_code == 302
    made.refresh_from_db()
    assert (made.state, made.follow_ups.get().answer.via) == ("kept", "desk")
    assert b"It works" in rep.get(f"/commitments/{made.pk}/").content


def test_only_in_the_product_a_witness_is_chosen(rep, cast):
    action = testing.action(cast, action_list=testing.action_list(cast, people=(cast.rep,)))
    milestone = Milestone.objects.create(action=action, what="All pair", due_on=day(5), first_due_on=day(5))
    made = make(cast, milestone=milestone)
    assert b"Tom Okafor" in rep.get(f"/commitments/{made.pk}/answer/").content
    data = {"status": "done", "seen_by": cast.other_rep.pk, "seen": ""}
    assert rep.post(f"/commitments/{made.pk}/answer/", data).status_code == 302
    milestone.refresh_from_db()
    assert milestone.seen_by == cast.other_rep


def test_moving_and_dropping_say_what_is_missing_and_keep_what_was_typed(rep, cast):
    made = make(cast)
    url = f"/commitments/{made.pk}"
    assert rep.post(f"{url}/move/", {"due_on": day(-1), "reason": "We were away"}).status_code == 400
    page = rep.post(f"{url}/move/", {"due_on": day(-1), "reason": "We were away"}).content.decode()
    assert "We were away" in page and "Choose a day from today on." in page
    assert rep.post(f"{url}/drop/", {"reason": ""}).status_code == 400
    assert rep.post(f"{url}/move/", {"due_on": day(9), "reason": "Away"}).status_code == 302
    assert rep.post(f"{url}/drop/", {"reason": "Not needed"}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.due_on) == ("dropped", day(9))
    assert rep.post(f"{url}/explode/", {}).status_code == 404


def test_the_list_owner_agrees_to_a_third_date(client, cast):
    action = testing.action(cast, action_list=testing.action_list(cast, people=(cast.rep,)))
    milestone = Milestone.objects.create(action=action, what="All pair", due_on=day(5), first_due_on=day(5))
    made = make(cast, milestone=milestone)
    for number in (4, 5, 6):
        made.move(cast.rep, day(number), "Again")
    client.force_login(cast.rep)
    assert client.post(f"/commitments/{made.pk}/agree/").status_code == 403
    client.force_login(cast.list_owner)
    assert b"Agree to the date" in client.get(f"/commitments/{made.pk}/").content
    client.post(f"/commitments/{made.pk}/agree/")
    made.refresh_from_db()
    assert made.due_on == day(6)


# --- Requests -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "state"),
    [
        ({"answer": "accept"}, "accepted"),
        ({"answer": "redate", "due_on": day(6).isoformat()}, "accepted"),
        ({"answer": "decline", "reason": "Away"}, "declined"),
        ({"answer": "decline"}, "declined"),
    ],
)
def test_a_request_is_answered_without_a_log_in(client, cast, data, state):
    asked = request(cast)
    link = request_link(asked)
    assert client.post(link, data).status_code == 302
    asked.refresh_from_db()
    assert asked.state == state
    assert client.get(link).status_code == 200
    before = fingerprint()
    client.post(link, {"answer": "decline"})
    assert fingerprint() == before


@pytest.mark.parametrize("chosen", ["accept", "redate", "decline"])
def test_the_link_of_a_request_preselects_and_saves_nothing(client, cast, chosen):
    link = request_link(request(cast))
    before = fingerprint()
    page = client.get(link, {"a": chosen}).content.decode()
    assert re.findall(r'value="(\w+)" checked', page) == [chosen]
    client.post(link, {"answer": chosen, "set_due_on": day(7).isoformat()})
    assert fingerprint() == before


@pytest.mark.parametrize(
    "data", [{}, {"answer": "redate"}, {"answer": "redate", "due_on": "2001-01-01"}, {"answer": "x"}]
)
def test_half_an_answer_to_a_request_is_none(client, cast, data):
    asked = request(cast)
    assert client.post(request_link(asked), data).status_code == 400
    asked.refresh_from_db()
    assert asked.state == "requested"


def test_a_request_is_answered_in_the_product(rep, cast):
    asked = request(cast)
    assert b"Can you take this on?" in rep.get(f"/commitments/{asked.pk}/").content
    rep.post(f"/commitments/{asked.pk}/answer_request/", {"answer": "accept"})
    asked.refresh_from_db()
    assert asked.state == "accepted"


def test_a_request_link_that_ended_says_so(client, cast):
    asked = request(cast)
    link = request_link(asked)
    RequestToken.objects.update(revoked_at=timezone.now())
    assert client.post(link, {"answer": "accept"}).status_code == 410
    asked.refresh_from_db()
    assert asked.state == "requested"


# --- What the asker sends back --------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["thanks", "help", "talk"])
def test_the_asker_sends_something_back_by_one_tap(client, cast, kind):
    answer = answers.give(make(cast).follow_ups.get(), cast.rep, "stuck")
    link = reply_link(answer)
    before = fingerprint()
    page = client.get(link, {"r": kind}).content.decode()
    assert re.findall(r'value="(\w+)" checked', page) == [kind]
    assert fingerprint() == before
    client.post(link, {"kind": kind, "text": "Well done"})
    client.post(link, {"kind": kind, "text": "Well done"})
    sent = AskerReply.objects.get()
    assert (sent.kind, sent.by, sent.text) == (kind, cast.list_owner, "Well done")


def test_a_new_date_of_the_asker_needs_a_day(client, cast):
    made = make(cast)
    link = reply_link(answers.give(made.follow_ups.get(), cast.rep, "stuck"))
    assert client.post(link, {"kind": "new_date"}).status_code == 400
    assert client.post(link, {"kind": "new_date", "new_on": day(-5)}).status_code == 400
    client.post(link, {"kind": "new_date", "new_on": day(5)})
    made.refresh_from_db()
    assert made.due_on == day(5)


def test_the_same_from_a_button_in_the_product(client, cast):
    made = make(cast)
    answer = answers.give(made.follow_ups.get(), cast.rep, "done")
    url = f"/answers/{answer.pk}/reply/"
    client.force_login(cast.list_owner)
    assert client.get(url).status_code == 405
    for where, lands in [
        ("/", "/"),
        ("https://evil.example/", f"/commitments/{made.pk}/"),
        ("//evil", f"/commitments/{made.pk}/"),
    ]:
        assert client.post(url, {"kind": "thanks", "next": where})["Location"] == lands
    client.post(url, {"kind": "read"})
    assert set(AskerReply.objects.values_list("kind", flat=True)) == {"thanks", "read"}


def test_a_reply_link_that_ended_says_so(client, cast):
    link = reply_link(answers.give(make(cast).follow_ups.get(), cast.rep, "done"))
    ReplyToken.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert client.post(link, {"kind": "thanks"}).status_code == 410
    assert not AskerReply.objects.exists()


def test_the_menu_leads_to_what_is_open_the_nearest_first(rep, cast):
    href = re.search(r'href="(/commitments/\?[^"]+)"', rep.get("/").content.decode())[1].replace("&amp;", "&")
    page = rep.get(href).content.decode()
    assert "No commitment is open." in page and "Nothing matches" not in page

    make(cast, "Later", 9)
    make(cast, "Sooner", 2)
    make(cast, "Settled", 1).drop(cast.rep, "No need")
    page = rep.get(href).content.decode()
    assert page.index(">Sooner<") < page.index(">Later<")
    assert ">Settled<" not in page
