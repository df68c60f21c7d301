"""A third date: it reaches the owner of the list, who decides by one tap; everybody concerned is told."""

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.utils import timezone

from actions import answers
from actions.models import Commitment, DateChange, DateToken
from failforward import testing
from failforward.guards import Refused
from failforward.outbox import run_due
from failforward.outbox.models import CapturedMail, Mail
from failforward.tests.test_access import fingerprint

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def owned(cast):
    return testing.action_list(cast, people=(cast.rep, cast.other_rep))


@pytest.fixture
def milestone(cast, owned, today):
    action = testing.action(cast, action_list=owned, state="committed", done_criterion="Not seen", no_steps_needed=True)
    return action.add_milestone(cast.rep, "The sheet is in use", today, today=today)


@pytest.fixture
def promise(cast, milestone, today):
    """Asked for by Mara, on the list that is Jonas's."""
    return Commitment.make(cast.rep, cast.rep, "Try the sheet", today, milestone=milestone, asked_by=cast.manager)


def third(thing, by, today) -> DateChange:
    if isinstance(thing, Commitment):
        return [thing.move(by, today + dt.timedelta(n), f"Reason {n}") for n in (1, 2, 3)][-1]
    return [thing.move(by, today + dt.timedelta(n), f"Reason {n}", today=today) for n in (1, 2, 3)][-1]


@pytest.fixture(params=["milestone", "promise"])
def asked(request, cast, today):
    return third(request.getfixturevalue(request.param), cast.rep, today)


def told(kind: str) -> list[str]:
    return sorted(Mail.objects.filter(kind=kind).values_list("recipient__name", flat=True))


def page(client, user, url="/") -> str:
    client.force_login(user)
    return client.get(url).content.decode()


def link_of(mail: CapturedMail) -> str:
    return re.search(r"/d/[a-z2-7]{26}/", bytes(mail.body).decode()).group()


def test_it_waits_on_the_owners_desk_and_on_the_list_for_nobody_else_to_decide(client, cast, owned, asked):
    words = "Ines asks for a third date"
    assert [name for name, user in cast.people.items() if words in page(client, user)] == ["list_owner"]
    url = f"/lists/{owned.pk}/"
    assert words in page(client, cast.rep, url)
    decide = f"/dates/{asked.pk}/agree/"
    assert [decide in page(client, user, url) for user in (cast.list_owner, cast.rep)] == [True, False]


def test_the_owner_gets_one_mail_and_decides_on_its_page(client, cast, asked, today):
    run_due()
    [mail] = CapturedMail.objects.filter(mail__kind="date_asked")
    assert mail.address == cast.list_owner.email
    assert "Ines asks for a third date" in mail.subject
    link = link_of(mail)
    before = fingerprint()
    assert "Reason 3" in client.get(link).content.decode()
    assert client.post(link, {"decision": "whatever"}).status_code == 200
    assert fingerprint() == before
    assert client.post(link, {"decision": "agree"}).status_code == 302
    asked = DateChange.objects.get(pk=asked.pk)
    assert (asked.state, asked.decided_by, asked.thing.due_on) == ("agreed", cast.list_owner, today + dt.timedelta(3))
    assert "The new date is agreed" in client.get(link).content.decode()
    client.post(link, {"decision": "refuse"})
    assert DateChange.objects.get(pk=asked.pk).state == "agreed"


def test_keeping_the_date_tells_who_asked(client, cast, asked, today):
    Mail.objects.filter(kind="news").delete()
    client.force_login(cast.list_owner)
    assert client.post(f"/dates/{asked.pk}/refuse/", {"next": "/"}).url == "/"
    asked = DateChange.objects.get(pk=asked.pk)
    assert (asked.state, asked.thing.due_on) == ("refused", today + dt.timedelta(2))
    assert told("news") == (["Ines Duarte", "Mara Lindqvist"] if asked.commitment else ["Ines Duarte"])
    run_due()
    assert "Jonas keeps the date" in CapturedMail.objects.filter(address=cast.rep.email).latest("pk").subject
    assert "asks for a third date" not in page(client, cast.list_owner)


def test_only_the_owner_decides(cast, asked):
    with pytest.raises(Refused, match="owner of the list agrees"):
        asked.agree(cast.manager)


@pytest.mark.parametrize("how", ["dropped", "kept", "newer"])
def test_what_is_settled_asks_for_no_date_any_more(client, cast, promise, today, how):
    asked = third(promise, cast.rep, today)
    if how == "dropped":
        promise.drop(cast.manager, "Not needed")
    elif how == "kept":
        answers.give(promise.follow_ups.get(state="planned"), cast.rep, "done", via="desk")
    else:
        promise.move(cast.rep, today + dt.timedelta(9), "Later still")
    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    run_due()
    # The desk and the mail know nothing of it; an older link says so.
    assert asked.pk not in DateChange.objects.to_decide_by(cast.list_owner).values_list("pk", flat=True)
    assert Mail.objects.get(kind="date_asked", subject_id=asked.pk).state == "withheld"
    token = DateToken.issue(date_change=asked, person=cast.list_owner)
    assert "no longer asked for" in client.get(f"/d/{token}/").content.decode()
    due_on = Commitment.objects.get(pk=promise.pk).due_on
    client.post(f"/d/{token}/", {"decision": "agree"})
    assert Commitment.objects.get(pk=promise.pk).due_on == due_on


def test_a_reached_milestone_asks_for_no_date_any_more(cast, milestone, today):
    asked = third(milestone, cast.rep, today)
    milestone.reach(cast.rep, today=today, evidence="Ten of ten")
    asked.refresh_from_db()
    assert asked.state == "withdrawn"


def test_a_new_owner_is_asked_and_the_old_link_ends(client, cast, owned, asked):
    run_due()
    link = link_of(CapturedMail.objects.get(mail__kind="date_asked"))
    owned.refresh_from_db()
    owned.change(cast.admin, owner=cast.other_rep)
    assert told("date_asked") == ["Jonas Weil", "Tom Okafor"]
    assert client.get(link).status_code == 410
    client.post(link, {"decision": "agree"})
    assert DateChange.objects.get(pk=asked.pk).state == "asked_for"


def test_the_owner_of_the_list_needs_no_agreement(cast, promise, today):
    assert third(promise, cast.list_owner, today).state == "agreed"
    assert told("date_asked") == []


# --- Moves and ends reach the other side ----------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("rep", ["Mara Lindqvist"]),
        ("manager", ["Ines Duarte"]),
        ("list_owner", ["Ines Duarte", "Mara Lindqvist"]),
    ],
)
def test_a_move_and_a_drop_reach_everybody_else_concerned(cast, promise, today, who, names):
    by = getattr(cast, who)
    promise.move(by, today + dt.timedelta(1), "The plant is closed")
    assert told("news") == names
    promise.drop(by, "Not needed")
    assert told("news") == sorted(names * 2)
    run_due()
    first = f"{names[0].split()[0].lower()}@tarnholm.example"
    [moved, dropped] = CapturedMail.objects.filter(mail__kind="news", address=first).order_by("mail_id")
    assert f"{by.first_name} moved a date: Try the sheet" in moved.subject
    assert "The plant is closed" in bytes(moved.body).decode()
    assert f"{by.first_name} dropped it" in dropped.subject


def test_a_request_that_is_taken_back_unanswered_is_no_news(cast, today):
    asked = Commitment.request(cast.manager, cast.rep, "Ring the plant", today)
    asked.drop(cast.manager, "Not needed")
    assert told("news") == []


def test_a_milestone_somebody_else_moved_reaches_the_responsible_person(cast, milestone, today):
    milestone.move(cast.manager, today + dt.timedelta(1), "The plant is closed", today=today)
    assert told("news") == ["Ines Duarte"]
