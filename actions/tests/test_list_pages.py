import datetime as dt

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from actions.models import ActionItem, ActionList, ActionListPerson, FollowUp
from actions.undelivered import undelivered_on
from failforward import testing
from failforward.outbox.models import Mail
from failforward.testing import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def owned(cast):
    return ActionList.open(cast.manager, "Quotes", cast.north, cast.list_owner, cast.sponsor, people=[cast.rep])


@pytest.fixture
def owner(client, cast):
    client.force_login(cast.list_owner)
    return client


def text(response):
    return response.content.decode()


def opening(cast, **posted):
    return {
        "name": "Demo and lab",
        "team": cast.north.pk,
        "owner": cast.list_owner.pk,
        "sponsor": "",
        "weekday": "1",
        "time": "9:30",
        "people": [cast.rep.pk],
    } | posted


def test_a_manager_opens_a_list(client, cast):
    client.force_login(cast.manager)
    response = client.post("/lists/new/", opening(cast))
    made = ActionList.objects.get()
    assert response["Location"] == f"/lists/{made.pk}/"
    assert (made.name, made.owner, made.meeting_weekday, made.meeting_time) == (
        "Demo and lab",
        cast.list_owner,
        1,
        dt.time(9, 30),
    )
    assert set(made.people.all()) == {cast.rep}


@pytest.mark.parametrize(
    ("posted", "says"),
    [
        ({"name": "Quotes"}, "North has a list of that name already"),
        ({"name": ""}, "Give the list a name."),
        ({"team": "south"}, "This choice is not offered here."),
        ({"owner": "outsider"}, "This choice is not offered here."),
        ({"people": ["outsider"]}, "This choice is not offered here."),
        ({"time": "25:00"}, "Write the time as 15:00."),
        ({"weekday": "8"}, "This choice is not offered here."),
    ],
)
def test_a_list_that_cannot_be_is_not_opened_and_says_why(client, cast, owned, posted, says):
    known = {"south": cast.south.pk, "outsider": cast.outsider.pk}
    posted = {
        name: [known[value[0]]] if isinstance(value, list) else known.get(value, value)
        for name, value in posted.items()
    }
    client.force_login(cast.manager)
    response = client.post("/lists/new/", opening(cast, **posted))
    assert response.status_code == 400
    assert says in text(response)
    assert ActionList.objects.count() == 1


def test_lists_show_what_is_open_and_when_they_meet(owner, cast, owned):
    action = ActionItem.propose(cast.list_owner, owned, "One", [testing.finding(cast)])
    action.add_milestone(cast.list_owner, "Soon", timezone.localdate(), today=timezone.localdate())
    testing.action(cast, action_list=owned, state="claimed_done", claimed_done_at=timezone.now(), done_criterion="x")
    row = owner.get("/lists/").context["page"].rows[0]
    assert (row.name, row.open_count, row.next_due_on) == ("Quotes", 1, timezone.localdate())
    assert row.meeting_ahead is None


def test_the_page_of_a_list_tells_readers_and_editors_apart(client, cast, owned):
    for who, edits in ((cast.list_owner, True), (cast.manager, True), (cast.rep, False), (cast.sponsor, False)):
        client.force_login(who)
        page = text(client.get(f"/lists/{owned.pk}/?do=change"))
        assert ("Take off" in page, "New action" in page, "form-narrow" in page) == (edits, edits, edits)
        assert "Sofia Berg" in page


def test_people_buy_in_and_words_change_on_the_page(owner, cast, owned):
    url = f"/lists/{owned.pk}"
    owner.post(f"{url}/add-person/", {"person": cast.other_rep.pk})
    owner.post(f"{url}/remove-person/", {"person": cast.rep.pk})
    owner.post(f"{url}/buy-in/", {"buy_in": "Two days a month", "buy_in_on": "2026-11-20", "seen": 1})
    owned.refresh_from_db()
    assert set(owned.people.all()) == {cast.other_rep}
    assert (owned.buy_in, owned.buy_in_on) == ("Two days a month", dt.date(2026, 11, 20))
    changed = {
        "name": "Renamed",
        "owner": cast.list_owner.pk,
        "sponsor": cast.sponsor.pk,
        "meeting_weekday": "5",
        "meeting_time": "08:00",
        "seen": owned.version,
    }
    assert owner.post(f"{url}/change/", changed).status_code == 302
    stale = owner.post(f"{url}/change/", changed | {"name": "Mine"})
    assert stale.status_code == 409
    assert "Renamed" in text(stale) and 'value="Mine"' in text(stale)
    owned.refresh_from_db()
    assert (owned.name, owned.meeting_weekday, owned.meeting_time) == ("Renamed", 5, dt.time(8))


@pytest.mark.parametrize("person", ["", "x", "0", "9" * 30, "²"])
def test_taking_off_nobody_does_no_harm(owner, owned, person):
    owner.post(f"/lists/{owned.pk}/remove-person/", {"person": person})
    assert ActionListPerson.objects.count() == 1


def test_nobody_of_another_team_is_put_on_a_list(owner, cast, owned):
    assert owner.post(f"/lists/{owned.pk}/add-person/", {"person": cast.outsider.pk}).status_code == 400


def test_who_answers_for_an_action_is_not_taken_off(client, cast, owned):
    owned.add_person(cast.manager, cast.partner)
    testing.action(cast, action_list=owned, responsible=cast.partner)
    client.force_login(cast.list_owner)
    response = client.post(f"/lists/{owned.pk}/remove-person/", {"person": cast.partner.pk})
    assert response.status_code == 400
    assert "Paul Partner is responsible for 1 open action here" in text(response)


def mail(key, recipient, **fields):
    fields = {"kind": "follow_up", "address": "", "due_at": NOW, "next_at": NOW} | fields
    return Mail.objects.create(key=key, recipient=recipient, **fields)


def asked(commitment, letter):
    FollowUp.objects.create(commitment=commitment, due_on=TODAY, hour=16, zone="Europe/Berlin", due_at=NOW, mail=letter)


def test_mail_that_did_not_arrive_is_told_to_who_runs_the_list(client, cast, owned):
    silent = testing.person("Nora Nomail", cast.north, email=None)
    on_list = testing.commitment(cast, action_list=owned)
    asked(on_list, mail("a", cast.rep, state="failed", last_code=550))
    asked(testing.commitment(cast, action_list=owned, person=silent), mail("b", silent, state="withheld"))
    asked(testing.commitment(cast, action_list=owned), mail("c", cast.rep, state="sent", body=b"x"))
    asked(testing.commitment(cast), mail("d", cast.other_rep, state="failed", last_code=550))
    wanted = testing.commitment(cast, action_list=owned, person=cast.support, state="requested", agreed_on=None)
    mail("e", cast.support, kind="request", subject_id=wanted.pk, state="bounced")
    mail("f", cast.facilitator, kind="request", subject_id=on_list.pk + 1000, state="bounced")
    assert sorted(one.sentence for one in undelivered_on(owned)) == [
        "Ines Duarte’s address was refused.",
        "Nora Nomail has no e-mail address, so nobody asked them.",
        "The mail to Priya Nair came back.",
    ]
    for who, told in ((cast.list_owner, True), (cast.manager, True), (cast.rep, False), (cast.sponsor, False)):
        client.force_login(who)
        assert ("address was refused" in text(client.get(f"/lists/{owned.pk}/"))) is told


def test_private_promises_appear_to_nobody_on_a_list(client, cast, owned):
    testing.commitment(cast, what="Shared words", action_list=owned)
    testing.commitment(cast, what="Private words", private=True, asked_by=None, team=None)
    for who in (cast.list_owner, cast.admin, cast.rep):
        client.force_login(who)
        page = text(client.get(f"/lists/{owned.pk}/"))
        assert "Shared words" in page
        assert "Private words" not in page


def test_a_finding_shows_the_actions_that_its_reader_may_open_and_counts_the_others(cast, owned):
    finding = testing.finding(cast)
    seen = ActionItem.propose(cast.list_owner, owned, "Seen <b>", [finding], responsible=cast.rep)
    other = testing.action_list(cast, owner=cast.manager, people=(), sponsor=None)
    ActionItem.propose(cast.manager, other, "Not opened", [finding])

    def page(user):
        return render_to_string("actions/_of_finding.html", {"finding": finding, "user": user})

    for_owner = page(cast.list_owner)
    assert f'<a href="/actions/{seen.pk}/"><b>Seen &lt;b&gt;</b></a>' in for_owner
    assert "Not opened" not in for_owner and "1 action on a list that you are not on" in for_owner
    assert f"/actions/new/?finding={finding.pk}" in for_owner
    for_another = page(cast.other_rep)
    assert "2 actions on lists that you are not on" in for_another
    assert "Seen" not in for_another and "/actions/new/" not in for_another
