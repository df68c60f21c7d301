"""Whether a fix helped: who looks, when, what decides, and what follows."""

import datetime as dt

import pytest

from actions.models import ActionItem, ActionList, EffectivenessCheck
from actions.tests import histories
from actions.tests.histories import day, done, losses
from failforward import testing
from failforward.guards import Refused
from failforward.history import words
from failforward.history.models import Change
from failforward.testing import NOW, TODAY

pytestmark = pytest.mark.django_db
cast, finding, action = histories.cast, histories.finding, histories.action
SAID = {"evidence": "The last ten reviews", "today": TODAY, "now": NOW}


def planned(cast, action, **answers) -> EffectivenessCheck:
    return action.plan_check(cast.list_owner, today=TODAY, **({"checker": cast.facilitator} | answers))


def begun(cast, action) -> EffectivenessCheck:
    check = planned(cast, action)
    check.begin(cast.facilitator, today=TODAY)
    return check


def refused(do, *args, **kwargs) -> str:
    with pytest.raises(Refused) as no:
        do(*args, **kwargs)
    return str(no.value)


def test_a_check_is_planned_before_the_work_and_waits_from_the_day_it_is_done(cast, finding):
    action = testing.action(cast, state="in_progress", done_criterion="Not seen")
    action.findings.add(finding)
    check = planned(cast, action, after_days=30)
    assert (check.state, check.fixed_on, check.due_on) == ("planned", None, None)
    action.claim_done(cast.rep)
    check.refresh_from_db()
    assert check.due_on == check.fixed_on + dt.timedelta(days=30)
    action.take_back(cast.rep)
    check.refresh_from_db()
    assert (check.fixed_on, check.due_on) == (None, None)


def test_what_showed_an_earlier_decision_stays_in_the_history(cast, action):
    check = begun(cast, action)
    by, link = cast.facilitator, "https://tarnholm.example/quotes"
    check.decide(by, "cannot_tell", "Three quotes only", evidence_url=link, today=TODAY, now=NOW)
    check.extend(by, day(30), "Few losses", today=TODAY)
    check.decide(by, "not_met", "Ten quotes, all late", today=TODAY, now=NOW)
    changes = Change.objects.about_any([action]).filter(verb__in=["check_inconclusive", "check_ineffective"])
    assert [words.phrase(one) for one in changes.order_by("pk")] == [
        f"could not tell yet whether it helped. What shows it: Three quotes only {link}",
        "found the criterion not met: it did not help. What shows it: Ten quotes, all late",
    ]


def test_a_decision_from_before_says_only_what_was_found(action):
    old = Change(subject=action._meta.label_lower, subject_id=action.pk, verb="check_effective", details={})
    assert words.phrase(old) == "found the criterion met: it helped"


def test_nobody_checks_their_own_work_while_there_is_somebody_else(cast, action):
    assert "Somebody other than the responsible person" in refused(planned, cast, action, checker=cast.rep)
    assert "neither on the list" in refused(planned, cast, action, checker=cast.outsider)
    check = planned(cast, action)
    assert check.by_responsible is False


def test_alone_one_checks_oneself_and_the_record_says_so(finding):
    company = testing.Team.open("One", None, started_on=dt.date(2026, 1, 1))
    alone = testing.person("Una Alone", company, "manager")
    owned = ActionList.objects.create(name="Mine", team=company, owner=alone)
    action = ActionItem.objects.create(
        action_list=owned, team=company, what="It", responsible=alone, state="claimed_done", done_criterion="Gone",
        claimed_done_at=NOW - dt.timedelta(days=100),
    )  # fmt: skip
    assert action.plan_check(alone, today=TODAY, checker=alone).by_responsible is True


def test_whoever_is_to_check_is_not_made_responsible(cast, finding):
    action = testing.action(cast, state="in_progress", done_criterion="Not seen")
    planned(cast, action)
    assert "is to check it" in refused(action.change, cast.list_owner, responsible=cast.facilitator)


def test_one_check_at_a_time(cast, action):
    planned(cast, action)
    assert "planned already" in refused(planned, cast, action)


@pytest.mark.parametrize("answers", [{"after_days": 0}, {"after_days": 1096}, {"method": "metric"}])
def test_a_plan_that_cannot_be(cast, action, answers):
    refused(planned, cast, action, **answers)
    assert not action.checks.exists()


def test_it_begins_when_its_day_has_come_and_not_before(cast, action):
    check = planned(cast, action, after_days=101)
    assert "its time to show until" in refused(check.begin, cast.facilitator, today=TODAY)
    check.begin(cast.facilitator, today=day(1))
    check.begin(cast.facilitator, today=day(1))
    action.refresh_from_db()
    assert (check.state, action.state) == ("under_way", "under_check")


def test_or_when_enough_losses_were_reviewed(cast, action, finding):
    check = planned(cast, action, after_days=200, after_losses=3)
    losses(cast, finding, 2, 0, day(-10))
    losses(cast, finding, 5, 0, day(-150))
    assert not EffectivenessCheck.objects.due(TODAY).exists()
    losses(cast, finding, 1, 1, day(-5))
    assert list(EffectivenessCheck.objects.waiting_for(cast.facilitator, TODAY)) == [check]
    assert not EffectivenessCheck.objects.waiting_for(cast.manager, TODAY).exists()
    check.begin(cast.facilitator, today=TODAY)


def test_only_the_checker_begins_and_decides(cast, action):
    check = planned(cast, action)
    for who in ("rep", "list_owner", "manager", "admin"):
        assert "Farid Haddad checks this." in refused(check.begin, getattr(cast, who), today=TODAY)
    check.begin(cast.facilitator, today=TODAY)
    assert "Farid Haddad checks this." in refused(check.decide, cast.list_owner, "met", **SAID)


def test_what_is_not_said_to_be_done_is_not_checked(cast, finding):
    action = testing.action(cast, state="in_progress", done_criterion="Not seen")
    check = planned(cast, action)
    assert "Nobody has said yet that it is done" in refused(check.begin, cast.facilitator, today=TODAY)


def test_met_proves_the_fix_and_its_finding_stays_on_watch(cast, action, finding):
    check = begun(cast, action)
    check.decide(cast.facilitator, "met", **SAID)
    action.refresh_from_db()
    finding.refresh_from_db()
    assert (check.outcome, check.verdict, check.on_watch) == ("effective", "inconclusive", True)
    assert (action.state, finding.state, finding.fixed_on) == ("effective", "fixed", check.fixed_on)
    check.retire(cast.list_owner, "Nobody sells it any more")
    check.refresh_from_db()
    assert (check.state, check.on_watch) == ("decided", False)


def test_a_finding_counts_as_fixed_when_all_its_actions_are_proved(cast, action, finding):
    other = done(cast, finding, action_list=action.action_list)
    begun(cast, action).decide(cast.facilitator, "met", **SAID)
    finding.refresh_from_db()
    assert finding.state == "being_fixed"
    begun(cast, other).decide(cast.facilitator, "met", **SAID)
    finding.refresh_from_db()
    assert finding.state == "fixed"


def test_not_met_opens_the_finding_again_unless_somebody_is_still_at_it(cast, action, finding):
    other = done(cast, finding, action_list=action.action_list)
    begun(cast, action).decide(cast.facilitator, "not_met", **SAID)
    action.refresh_from_db()
    finding.refresh_from_db()
    assert (action.state, finding.state) == ("ineffective", "being_fixed")
    begun(cast, other).decide(cast.facilitator, "not_met", **SAID)
    finding.refresh_from_db()
    assert finding.state == "reopened"
    fresh = ActionItem.propose(cast.list_owner, action.action_list, "Something else", [finding])
    assert fresh.state == "proposed"


def test_met_proves_nothing_while_counting_shows_that_nothing_changed(cast, action, finding):
    losses(cast, finding, 40, 30, day(-150), written_on=day(-150))
    losses(cast, finding, 70, 56, day(-20))
    check = begun(cast, action)
    check.decide(cast.facilitator, "met", **SAID)
    assert (check.said, check.verdict, check.outcome) == ("met", "ineffective", "inconclusive")


def test_a_decision_says_what_shows_it(cast, action):
    check = begun(cast, action)
    assert "Say what shows it" in refused(check.decide, cast.facilitator, "met", **(SAID | {"evidence": "  "}))
    assert "Say whether" in refused(check.decide, cast.facilitator, "perhaps", **SAID)
    assert "https://" in refused(check.decide, cast.facilitator, "met", **SAID, evidence_url="javascript:alert(1)")
    check.refresh_from_db()
    assert check.state == "under_way"


def test_what_could_not_be_told_is_extended(cast, action):
    check = begun(cast, action)
    check.decide(cast.facilitator, "cannot_tell", **SAID)
    action.refresh_from_db()
    assert action.state == "inconclusive"
    assert "Say why" in refused(check.extend, cast.facilitator, day(30), "", today=TODAY)
    assert "after today" in refused(check.extend, cast.facilitator, TODAY, "Two losses only", today=TODAY)
    check.extend(cast.facilitator, day(30), "Two losses only", today=TODAY)
    action.refresh_from_db()
    assert (check.state, check.due_on, action.state) == ("under_way", day(30), "under_check")
    assert not EffectivenessCheck.objects.due(TODAY).exists()


def test_a_proved_fix_is_checked_once_more_and_may_fail(cast, action, finding):
    begun(cast, action).decide(cast.facilitator, "met", **SAID)
    again = planned(cast, action, after_days=60)
    assert again.due_on == day(60)
    again.begin(cast.facilitator, today=day(60))
    again.decide(cast.facilitator, "not_met", **SAID)
    action.refresh_from_db()
    finding.refresh_from_db()
    assert (action.state, finding.state) == ("ineffective", "reopened")
    assert "over" in refused(planned, cast, action)


def test_a_check_that_ends_without_an_answer_leaves_all_as_it_was(cast, action):
    check = begun(cast, action)
    assert "Say why" in refused(check.retire, cast.list_owner, " ")
    check.retire(cast.list_owner, "The product is sold no more")
    check.retire(cast.list_owner, "The product is sold no more")
    action.refresh_from_db()
    assert (check.state, action.state) == ("retired", "claimed_done")
    assert "over" in refused(check.decide, cast.facilitator, "met", **SAID)
    verbs = Change.objects.about(action).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["check_planned", "check_begun", "check_ended", "check_retired"]


def test_the_checker_reads_the_action_although_they_are_not_on_its_list(cast, action):
    assert not ActionItem.objects.visible_to(cast.facilitator).exists()
    planned(cast, action)
    assert list(ActionItem.objects.visible_to(cast.facilitator)) == [action]


@pytest.mark.parametrize(("said", "state"), [("met", "effective"), ("cannot_tell", "inconclusive")])
def test_a_repeated_check_that_ends_leaves_what_the_first_one_found(cast, action, said, state):
    begun(cast, action).decide(cast.facilitator, said, **SAID)
    again = planned(cast, action, after_days=1)
    again.begin(cast.facilitator, today=day(1))
    again.retire(cast.list_owner, "Once is enough")
    action.refresh_from_db()
    assert action.state == state


def test_what_could_not_be_told_may_come_back(cast, action, finding):
    begun(cast, action).decide(cast.facilitator, "cannot_tell", **SAID)
    assert action.come_back(cast.manager, finding, TODAY) is True
    assert (action.state, action.recurred_on) == ("recurred", TODAY)
