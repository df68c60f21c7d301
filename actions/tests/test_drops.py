"""An action is given up with a reason and a second person, wherever there is one."""

import datetime as dt
import functools

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string

from actions.models import ActionItem, ActionList, Commitment, Drop, EffectivenessCheck, SponsorRequest
from failforward import testing
from failforward.accounts.models import Membership, User
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.history.words import phrase
from failforward.outbox.models import Mail
from failforward.testing import NOW, TODAY
from reviews.models import Finding

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def finding(cast):
    return testing.finding(cast)


@pytest.fixture
def running(cast, finding):
    action = ActionItem.propose(
        cast.list_owner,
        testing.action_list(cast, people=(cast.rep,)),
        "Write the sheet",
        [finding],
        responsible=cast.rep,
        no_steps_needed=True,
    )
    action.add_milestone(cast.list_owner, "Ten quotes", TODAY, today=TODAY)
    action.commit(cast.list_owner)
    action.start(cast.rep)
    return action


def told():
    return set(Mail.objects.filter(kind="news").values_list("recipient__name", flat=True))


def state_of(obj):
    return type(obj).objects.get(pk=obj.pk).state


def verbs(action):
    return list(Change.objects.about(action).order_by("pk").values_list("verb", flat=True))


def test_a_drop_waits_for_the_second_person_and_nothing_changes_before(cast, running):
    drop = running.ask_to_drop(cast.rep, "The sheet is in the CRM now", cast.manager, now=NOW)
    assert (drop.state, drop.asked, drop.by) == ("asked_for", cast.manager, cast.rep)
    assert state_of(running) == "in_progress"
    assert told() == {"Mara Lindqvist", "Jonas Weil"}
    assert list(Drop.objects.to_decide_by(cast.manager)) == [drop]
    assert list(Drop.objects.to_decide_by(cast.rep)) == []
    drop.agree(cast.manager, now=NOW)
    drop.agree(cast.manager, now=NOW)
    running.refresh_from_db()
    assert (running.state, running.dropped_because) == ("dropped", "The sheet is in the CRM now")
    drop.refresh_from_db()
    assert (drop.state, drop.decided_by, drop.alone, drop.from_state) == ("agreed", cast.manager, False, "in_progress")
    assert verbs(running).count("dropped") == 1


def test_the_second_person_may_say_no(cast, running):
    drop = running.ask_to_drop(cast.rep, "No time", cast.manager, now=NOW)
    drop.refuse(cast.manager, now=NOW)
    drop.agree(cast.manager, now=NOW)
    assert (state_of(running), state_of(drop)) == ("in_progress", "refused")
    assert verbs(running)[-2:] == ["drop_asked_for", "drop_refused"]


@pytest.mark.parametrize("who", ["rep", "other_rep", "sponsor"])
def test_nobody_but_the_second_person_or_who_leads_the_list_agrees(cast, running, who):
    drop = running.ask_to_drop(cast.rep, "No time", cast.facilitator, now=NOW)
    for answer in (drop.agree, drop.refuse):
        with pytest.raises(Refused):
            answer(getattr(cast, who), now=NOW)
    assert state_of(running) == "in_progress"
    drop.agree(cast.list_owner, now=NOW)
    assert state_of(running) == "dropped"


def test_who_is_asked_reads_the_action_for_as_long(cast, running):
    assert not ActionItem.objects.visible_to(cast.facilitator).filter(pk=running.pk).exists()
    drop = running.ask_to_drop(cast.rep, "No time", cast.facilitator, now=NOW)
    assert ActionItem.objects.visible_to(cast.facilitator).filter(pk=running.pk).exists()
    drop.refuse(cast.facilitator, now=NOW)
    assert not ActionItem.objects.visible_to(cast.facilitator).filter(pk=running.pk).exists()


@pytest.mark.parametrize(
    ("reason", "approver", "field"),
    [
        ("  ", "manager", "reason"),
        ("x" * 301, "manager", "reason"),
        ("No time", None, "approver"),
        ("No time", "rep", "approver"),
        ("No time", "outsider", "approver"),
        ("No time", "partner", "approver"),
    ],
)
def test_a_drop_in_the_meeting_needs_a_reason_and_somebody_else(cast, running, reason, approver, field):
    with pytest.raises(Refused) as refused:
        running.drop(cast.rep, reason, approver and getattr(cast, approver))
    assert refused.value.field == field
    assert (state_of(running), Drop.objects.count()) == ("in_progress", 0)


def test_somebody_present_is_the_second_person(cast, running):
    for _ in range(2):
        running.drop(cast.list_owner, "No time", cast.rep, now=NOW)
    drop = Drop.objects.get()
    assert (state_of(running), drop.by, drop.decided_by) == ("dropped", cast.list_owner, cast.rep)


def test_where_nobody_else_is_there_it_is_dropped_and_the_record_says_so(cast, finding):
    alone = testing.action_list(cast, team=cast.company, owner=cast.admin, sponsor=None)
    action = testing.action(cast, action_list=alone, responsible=cast.admin)
    drop = action.ask_to_drop(cast.admin, "No use", now=NOW)
    assert (state_of(action), drop.alone, drop.decided_by) == ("dropped", True, None)
    assert verbs(action) == ["dropped_alone"]


def test_somebody_who_left_is_nobody_to_ask(cast, running):
    User.objects.exclude(pk=cast.rep.pk).update(is_active=False)
    assert running.ask_to_drop(cast.rep, "No use", now=NOW).alone


def test_a_second_request_takes_the_place_of_the_first(cast, running):
    first = running.ask_to_drop(cast.rep, "No time", cast.manager, now=NOW)
    assert running.ask_to_drop(cast.rep, "No time", cast.manager, now=NOW).pk == first.pk
    second = running.ask_to_drop(cast.rep, "No money", cast.manager, now=NOW)
    assert (state_of(first), state_of(second)) == ("withdrawn", "asked_for")
    second.withdraw(cast.rep)
    second.agree(cast.manager, now=NOW)
    assert state_of(running) == "in_progress"


def test_only_who_asked_or_leads_the_list_takes_it_back_and_both_hear_of_it(cast, running):
    drop = running.ask_to_drop(cast.list_owner, "No money", cast.manager, now=NOW)
    before = Mail.objects.filter(kind="news").count()
    with pytest.raises(Refused, match="Jonas Weil asked for it"):
        running.keep_after_all(cast.rep)
    assert (state_of(drop), verbs(running)[-1]) == ("asked_for", "drop_asked_for")
    running.keep_after_all(cast.admin)
    running.keep_after_all(cast.admin)
    assert (state_of(drop), verbs(running)[-1]) == ("withdrawn", "drop_withdrawn")
    told_of_it = Mail.objects.filter(kind="news").order_by("pk")[before:]
    assert {mail.recipient for mail in told_of_it} == {cast.list_owner, cast.manager}


def test_somebody_elses_request_is_not_replaced(cast, running):
    first = running.ask_to_drop(cast.list_owner, "No money", cast.manager, now=NOW)
    with pytest.raises(Refused, match="Jonas Weil wants to drop it already"):
        running.ask_to_drop(cast.rep, "No time", cast.support, now=NOW)
    assert list(Drop.objects.asked_for()) == [first]


def test_who_is_asked_no_more_because_it_was_asked_otherwise_hears_of_it(cast, running):
    running.ask_to_drop(cast.rep, "No time", cast.support, now=NOW)
    running.ask_to_drop(cast.rep, "No money", cast.manager, now=NOW)
    assert verbs(running)[-3:] == ["drop_asked_for", "drop_withdrawn", "drop_asked_for"]
    taken_back = Change.objects.about(running).get(verb="drop_withdrawn")
    assert [mail.recipient for mail in Mail.objects.filter(kind="news", subject_id=taken_back.pk)] == [cast.support]


def test_what_is_done_is_not_dropped_and_what_is_done_meanwhile_needs_no_answer(cast, running):
    drop = running.ask_to_drop(cast.rep, "No time", cast.manager, now=NOW)
    running.milestones.get().reach(cast.rep, today=TODAY, evidence="Ten")
    running.claim_done(cast.list_owner)
    assert state_of(drop) == "withdrawn"
    told = Change.objects.about(running).get(verb="drop_overtaken")
    assert phrase(told) == "went on with it: nobody needs to agree any more that it is dropped"
    hearing = Mail.objects.filter(kind="news", subject_id=told.pk)
    assert {mail.recipient for mail in hearing} == {cast.rep, cast.manager}
    subject = render_to_string("emails/news/subject.txt", {"change": told, "other": cast.list_owner})
    assert subject.strip() == "It went on, nobody needs to agree any more"
    with pytest.raises(Refused):
        running.drop(cast.rep, "No time", cast.manager)


def test_dropped_at_once_with_somebody_else_who_was_asked_before_hears_so(cast, running):
    running.ask_to_drop(cast.rep, "No time", cast.support, now=NOW)
    running.drop(cast.rep, "No time", cast.manager, now=NOW)
    told = Change.objects.about(running).get(verb="dropped")
    assert cast.support in {mail.recipient for mail in Mail.objects.filter(kind="news", subject_id=told.pk)}


@pytest.mark.parametrize("at_once", [False, True])
def test_whoever_agrees_gets_no_mail_about_it(cast, running, at_once):
    drop = running.ask_to_drop(cast.list_owner, "No time", cast.rep, now=NOW)
    if at_once:
        running.drop(cast.list_owner, "No time", cast.rep, now=NOW)
    else:
        drop.agree(cast.rep, now=NOW)
    told = Change.objects.about(running).get(verb="dropped")
    assert not Mail.objects.filter(kind="news", subject_id=told.pk).exists()


def test_who_asked_hears_that_the_second_person_agreed(cast, running):
    drop = running.ask_to_drop(cast.list_owner, "No time", cast.manager, now=NOW)
    for _press in range(2):
        drop.agree(cast.manager, now=NOW)
    agreed = Change.objects.about(running).get(verb="drop_agreed")
    [mail] = Mail.objects.filter(kind="news", subject_id=agreed.pk)
    assert (mail.recipient, phrase(agreed)) == (cast.list_owner, "agreed to drop it, and so it is dropped")
    subject = render_to_string("emails/news/subject.txt", {"other": cast.manager, "change": agreed})
    assert subject.strip() == "Mara agreed to drop it"


def test_what_hangs_on_it_ends_with_it(cast, running, finding):
    milestone = running.milestones.get()
    promise = Commitment.make(cast.rep, cast.rep, "Ten", TODAY, asked_by=cast.manager, milestone=milestone, now=NOW)
    mine = testing.commitment(cast, action=running, private=True, asked_by=None, team=None)
    running.plan_check(cast.list_owner, today=TODAY, checker=cast.manager)
    for number in range(3):
        milestone.move(cast.rep, TODAY + dt.timedelta(number + 1), "Later", today=TODAY)
    running.drop(cast.list_owner, "No time", cast.rep, now=NOW)
    assert (state_of(promise), state_of(mine)) == ("dropped", "accepted")
    assert promise.follow_ups.waiting().count() == 0
    assert EffectivenessCheck.objects.get().state == "retired"
    assert list(milestone.date_changes.values_list("state", flat=True)) == ["agreed", "agreed", "withdrawn"]
    assert Finding.objects.get(pk=finding.pk).state == "reopened"


def test_the_sponsor_is_not_asked_any_more_what_a_dropped_action_needed(cast, running):
    ActionList.objects.filter(pk=running.action_list_id).update(sponsor=cast.sponsor)
    running.action_list.refresh_from_db()
    ask = functools.partial(SponsorRequest.ask, cast.list_owner, needed_by=TODAY, now=NOW, today=TODAY)
    given, silent, other = ask(running, "A day"), ask(running, "A room"), ask(running.action_list, "A desk")
    given.give(cast.sponsor, "agreed", now=NOW, today=TODAY)
    running.drop(cast.list_owner, "No time", cast.rep, now=NOW)
    assert [state_of(one) for one in (given, silent, other)] == ["agreed", "withdrawn", "asked"]
    assert not silent.remind(NOW, NOW)
    running.take_up_again(cast.list_owner)
    assert state_of(silent) == "withdrawn" and verbs(running).count("sponsor_request_withdrawn") == 1


def test_a_finding_that_another_action_is_at_stays_being_fixed(cast, running, finding):
    other = ActionItem.propose(cast.list_owner, running.action_list, "Other", [finding])
    running.add_finding(cast.list_owner, testing.finding(cast))
    ActionItem.objects.filter(pk=other.pk).update(
        state="in_progress", responsible=cast.rep, done_criterion="x", no_steps_needed=True
    )
    running.drop(cast.list_owner, "No time", cast.rep, now=NOW)
    assert Finding.objects.get(pk=finding.pk).state == "being_fixed"


def test_those_who_wait_for_it_are_told(cast, running):
    other = testing.action(cast, action_list=running.action_list, responsible=cast.other_rep)
    other.wait_for(cast.list_owner, running)
    running.drop(cast.list_owner, "No time", cast.rep, now=NOW)
    assert verbs(other) == ["waits_for", "waited_for_dropped"]
    assert "Tom Okafor" in told()


@pytest.mark.parametrize(("before", "waits"), [("proposed", ""), ("blocked", "the lab")])
def test_what_was_dropped_too_early_is_taken_up_again_as_it_was(cast, running, finding, before, waits):
    ActionItem.objects.filter(pk=running.pk).update(state=before, blocked_by=waits)
    running.drop(cast.list_owner, "No time", cast.rep, now=NOW)
    running.take_up_again(cast.list_owner)
    running.take_up_again(cast.list_owner)
    running.refresh_from_db()
    assert (running.state, running.dropped_because, running.blocked_by) == (before, "", waits)
    running.drop(cast.list_owner, "Now really", cast.rep, now=NOW)
    assert (state_of(running), Drop.objects.filter(state="agreed").count()) == ("dropped", 2)


def test_nothing_of_it_changes_while_it_is_dropped(cast, running):
    running.drop(cast.list_owner, "No time", cast.rep, now=NOW)
    milestone = running.milestones.get()
    for verb in (
        lambda: running.start(cast.rep),
        lambda: running.commit(cast.list_owner),
        lambda: running.block(cast.rep, "Lena"),
        lambda: running.claim_done(cast.rep),
        lambda: running.change(cast.list_owner, what="Else"),
        lambda: milestone.reach(cast.rep, today=TODAY, evidence="x"),
        lambda: running.ask_to_drop(cast.rep, "Again", cast.manager),
        lambda: running.plan_check(cast.list_owner, today=TODAY, checker=cast.manager),
    ):
        with pytest.raises(Refused):
            verb()
    assert state_of(running) == "dropped"


def test_in_the_list_of_all_no_milestone_comes_next_of_what_was_dropped(client, cast, running):
    client.force_login(cast.list_owner)
    assert "Ten quotes" in client.get("/actions/").content.decode()
    running.drop(cast.list_owner, "No time", cast.rep, now=NOW)
    page = client.get("/actions/?state=dropped").content.decode()
    assert "Write the sheet" in page and "Ten quotes" not in page


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "agreed"},
        {"state": "agreed", "decided_by": "rep"},
        {"state": "agreed", "decided_by": "manager", "alone": True},
        {"state": "asked_for"},
        {"state": "asked_for", "asked": "rep"},
        {"state": "withdrawn", "reason": ""},
    ],
)
def test_the_database_knows_the_second_person_too(cast, running, fields):
    fields = {key: getattr(cast, value) if key in ("asked", "decided_by") else value for key, value in fields.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Drop.objects.create(action=running, by=cast.rep, **{"reason": "x"} | fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        ActionItem.objects.filter(pk=running.pk).update(state="dropped")


def test_a_team_member_may_be_asked_also_from_another_list(cast, running):
    assert Membership.objects.filter(user=cast.support, team=cast.north).exists()
    assert running.ask_to_drop(cast.rep, "No time", cast.support, now=NOW).asked == cast.support
