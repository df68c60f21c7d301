import datetime as dt

import pytest
from django.utils import timezone

from actions import answers, follow_ups
from actions.models import CoachingTalk, Commitment
from failforward import testing

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def talk(cast):
    return CoachingTalk.write_down(cast.manager, cast.rep, timezone.localdate(), "The call on Tuesday.")


def in_days(number: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(number)


def page(client, user, url: str) -> str:
    client.force_login(user)
    return client.get(url).content.decode()


def test_a_talk_is_written_down_with_a_colleague(client, cast):
    client.force_login(cast.list_owner)
    posted = {"person": cast.rep.pk, "held_on": in_days(-1), "about": "Your first demo."}
    answer = client.post("/talks/new/", posted)
    talk = CoachingTalk.objects.get()
    assert answer["Location"] == f"/talks/{talk.pk}/"
    assert (talk.by, talk.person, talk.held_on, talk.about) == (
        cast.list_owner,
        cast.rep,
        in_days(-1),
        "Your first demo.",
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"held_on": "2999-01-01"}, "once it was held"),
        ({"held_on": "soon"}, "Choose a day in the calendar"),
        ({"about": "  "}, "Say what you talked about."),
        ({"person": "outsider"}, "not offered here"),
        ({"person": "manager"}, "not offered here"),
        ({"person": "999999"}, "not offered here"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, cast, wrong, said):
    client.force_login(cast.manager)
    data = {"person": cast.rep.pk, "held_on": in_days(0), "about": "Kept words"} | wrong
    if data["person"] in cast.people:
        data["person"] = cast.people[data["person"]].pk
    answer = client.post("/talks/new/", data)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert ("Kept words" in answer.content.decode()) == ("about" not in wrong)
    assert not CoachingTalk.objects.exists()


def test_the_one_it_is_about_can_be_named_by_the_address(client, cast):
    text = page(client, cast.manager, f"/talks/new/?person={cast.rep.pk}")
    assert f'<option value="{cast.rep.pk}" selected>' in text
    assert page(client, cast.manager, "/talks/new/?person=nonsense")


def test_each_of_the_two_finds_it_in_their_list_with_the_other_named(client, cast, talk):
    CoachingTalk.write_down(cast.facilitator, cast.other_rep, timezone.localdate(), "Not theirs.")
    for user, other in ((cast.manager, "Ines Duarte"), (cast.rep, "Mara Lindqvist")):
        text = page(client, user, "/talks/")
        assert "The call on Tuesday." in text
        assert f">{other}" in text
        assert "Not theirs." not in text
    assert "coached you" in text
    assert "No coaching talks yet." in page(client, cast.admin, "/talks/")


def test_the_list_is_searched_by_person_and_word(client, cast, talk):
    CoachingTalk.write_down(cast.manager, cast.other_rep, timezone.localdate(), "A quote without a date.")
    by_person = page(client, cast.manager, f"/talks/?with_whom={cast.other_rep.pk}")
    by_word = page(client, cast.manager, "/talks/?q=tuesday")
    assert ("quote without" in by_person, "on Tuesday" in by_person) == (True, False)
    assert ("quote without" in by_word, "on Tuesday" in by_word) == (False, True)
    assert "Nothing matches" in page(client, cast.manager, "/talks/?q=nowhere")
    assert page(client, cast.manager, "/talks/?filter=1").count("<option") == 3


def test_the_list_counts_only_what_its_reader_may_read(client, cast, talk):
    Commitment.request(cast.rep, cast.rep, "Ask first", in_days(2), talk=talk)
    Commitment.request(cast.rep, cast.rep, "Sleep more", in_days(2), talk=talk, private=True)
    assert "1 commitment<" in page(client, cast.manager, "/talks/")
    assert "2 commitments<" in page(client, cast.rep, "/talks/")


def test_a_list_of_three_costs_as_much_as_one_of_one(client, cast, talk, django_assert_num_queries):
    client.force_login(cast.manager)
    client.get("/talks/")
    for number in range(2):
        with django_assert_num_queries(5):
            client.get("/talks/")
        for _ in range(2):
            more = CoachingTalk.write_down(cast.manager, cast.other_rep, timezone.localdate(), f"Talk {number}")
            Commitment.request(cast.manager, cast.other_rep, "Ask first", in_days(2), talk=more)


def test_the_coach_asks_on_the_page_of_the_talk(client, cast, talk):
    client.force_login(cast.manager)
    url = f"/talks/{talk.pk}/commitments/"
    answer = client.post(url, {"what": "Ask first", "due_on": in_days(2), "person": cast.rep.pk}, follow=True)
    made = Commitment.objects.get()
    assert (made.state, made.talk, made.asked_by) == ("requested", talk, cast.manager)
    assert "Ines Duarte is asked by mail." in answer.content.decode()
    assert "Ask first" in answer.content.decode()


def test_the_person_takes_it_on_at_once(client, cast, talk):
    client.force_login(cast.rep)
    data = {"what": "Ask first", "due_on": in_days(2), "person": cast.rep.pk, "outcome_wanted": "They talk"}
    client.post(f"/talks/{talk.pk}/commitments/", data)
    made = Commitment.objects.get()
    assert (made.state, made.outcome_wanted, made.asked_by) == ("accepted", "They talk", cast.manager)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"what": " "}, "Say what is to be done."),
        ({"due_on": "1999-01-01"}, "That is too long ago."),
        ({"due_on": ""}, "Say by which day."),
        ({"person": "other_rep"}, "not offered here"),
        ({"private": "on"}, "cannot be private"),
    ],
)
def test_what_cannot_be_agreed_is_said_and_what_was_typed_stays(client, cast, talk, wrong, said):
    client.force_login(cast.manager)
    data = {"what": "Ask first", "due_on": in_days(2), "person": cast.rep.pk, "outcome_wanted": "Kept words"} | wrong
    if data["person"] in cast.people:
        data["person"] = cast.people[data["person"]].pk
    answer = client.post(f"/talks/{talk.pk}/commitments/", data)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert "Kept words" in answer.content.decode()
    assert not Commitment.objects.exists()


def test_what_came_of_it_is_read_by_both(client, cast, talk):
    made = Commitment.request(cast.rep, cast.rep, "Ask first", in_days(2), talk=talk)
    words = {"outcome": "They talked", "learned": "Silence helps", "might_change": "Our script"}
    answers.give(follow_ups.waiting_for(made), cast.rep, "done", via="desk", **words)
    for user in (cast.manager, cast.rep):
        text = page(client, user, f"/talks/{talk.pk}/")
        assert [word in text for word in words.values()] == [True] * 3
        text = page(client, user, f"/commitments/{made.pk}/")
        assert [word in text for word in words.values()] == [True] * 3


def test_a_commitment_tells_where_it_comes_from_to_the_two_alone(client, cast, talk):
    made = Commitment.request(cast.rep, cast.rep, "Ask first", in_days(2), talk=talk)
    seen = {}
    for name in ("manager", "rep", "admin"):
        text = page(client, cast.people[name], f"/commitments/{made.pk}/")
        main = text[text.index("<main") : text.index("</main")].casefold()
        seen[name] = ("coaching talk" in main, f"/talks/{talk.pk}/" in main, "talk=" in main)
    assert seen == {"manager": (True, True, False), "rep": (True, True, False), "admin": (False, False, False)}


def test_a_stranger_cannot_hang_a_promise_from_it(client, cast, talk):
    client.force_login(cast.other_rep)
    data = {"what": "Pry", "due_on": in_days(2), "person": cast.other_rep.pk}
    client.post(f"/commitments/new/?talk={talk.pk}", data)
    assert Commitment.objects.get().talk is None
    assert client.post(f"/talks/{talk.pk}/commitments/", data).status_code == 404


def test_edited_by_who_wrote_it_with_both_versions_shown_when_two_windows_meet(client, cast, talk):
    client.force_login(cast.manager)
    url = f"/talks/{talk.pk}/edit/"
    data = {"held_on": talk.held_on, "about": "Mine", "seen": 1}
    assert client.post(url, data)["Location"] == f"/talks/{talk.pk}/"
    answer = client.post(url, data | {"about": "Theirs"})
    assert answer.status_code == 409
    assert "Mine" in answer.content.decode()
    assert "Theirs" in answer.content.decode()
    talk.refresh_from_db()
    assert talk.about == "Mine"


def test_what_is_typed_is_shown_and_never_run(client, cast):
    talk = CoachingTalk.write_down(cast.manager, cast.rep, timezone.localdate(), HOSTILE)
    made = Commitment.request(cast.rep, cast.rep, HOSTILE, in_days(2), talk=talk)
    words = {"outcome": HOSTILE, "learned": HOSTILE, "might_change": HOSTILE}
    answers.give(follow_ups.waiting_for(made), cast.rep, "done", via="desk", **words)
    for url in ("/talks/", f"/talks/{talk.pk}/", f"/talks/{talk.pk}/edit/", f"/commitments/{made.pk}/"):
        text = page(client, cast.manager, url)
        assert HOSTILE not in text
        assert "&lt;script&gt;alert(1)" in text


def test_menus_lead_there(client, cast):
    client.force_login(cast.manager)
    places = client.get("/more/").context["frame"].menus
    assert "talk_list" in {place.name for place in places.more}
    assert "talk_new" in {place.name for place in places.new}
    client.force_login(cast.rep)
    assert "talk_new" not in {place.name for place in client.get("/more/").context["frame"].menus.new}
