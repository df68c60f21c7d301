import pytest

from actions.models import ActionItem, ActionList
from failforward import testing
from failforward.guards import Conflict, Refused
from failforward.history.models import Change
from failforward.testing import TODAY
from reviews.categories import BY_CODE
from reviews.models import Finding

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def owned(cast):
    return ActionList.open(cast.manager, "Quotes", cast.north, cast.list_owner, cast.sponsor, people=[cast.rep])


@pytest.fixture
def finding(cast):
    return testing.finding(cast, category="planning")


@pytest.fixture
def action(cast, owned, finding):
    return ActionItem.propose(cast.list_owner, owned, "Book the next step with the quote", [finding])


@pytest.fixture
def whole(cast, action):
    action.change(cast.list_owner, no_steps_needed=True, responsible=cast.rep)
    action.add_milestone(cast.list_owner, "Ten quotes with a date", TODAY, today=TODAY)
    return action


@pytest.fixture
def running(cast, whole):
    whole.commit(cast.list_owner)
    return whole


def verbs(obj):
    return [change.verb for change in Change.objects.about(obj).order_by("pk")]


def sentences(action):
    return [part.sentence for part in ActionItem.objects.for_list().get(pk=action.pk).missing()]


def test_a_proposal_takes_the_criterion_of_its_findings_category(cast, action, finding, owned):
    assert action.done_criterion == str(BY_CODE["planning"].criterion)
    assert (action.state, action.team, action.created_by) == ("proposed", cast.north, cast.list_owner)
    assert set(action.findings.all()) == {finding}
    twins = [testing.finding(cast, category=code) for code in ("planning", "planning", "budget")]
    both = ActionItem.propose(cast.list_owner, owned, "Two at once", [*twins, twins[0]])
    assert both.done_criterion == f"{BY_CODE['planning'].criterion}\n{BY_CODE['budget'].criterion}"
    assert set(both.findings.all()) == set(twins)
    own = ActionItem.propose(cast.list_owner, owned, "My own words", [finding], done_criterion=" Not seen again ")
    assert own.done_criterion == "Not seen again"


def test_a_proposal_says_in_words_which_answers_are_missing(cast, action):
    assert sentences(action) == [
        "There are no interim steps yet. “No interim steps needed” is an answer too.",
        "There is no milestone with a deadline yet. One is enough.",
        "Nobody is responsible yet.",
    ]
    action.change(cast.list_owner, done_criterion="", responsible=cast.rep)
    action.add_step(cast.rep, "Ask Ines how she does it")
    assert [part.anchor for part in action.missing()] == ["milestones", "criterion"]


def test_an_incomplete_proposal_is_not_committed(cast, action, finding):
    with pytest.raises(Refused, match="Nobody is responsible yet") as refused:
        action.commit(cast.list_owner)
    assert refused.value.field == "steps"
    action.refresh_from_db()
    assert (action.state, action.committed_at) == ("proposed", None)


@pytest.mark.parametrize("verb", ["start", "unblock", "claim_done"])
def test_a_proposal_is_not_worked_on(cast, whole, verb):
    with pytest.raises(Refused, match="still a proposal"):
        getattr(whole, verb)(cast.rep)
    with pytest.raises(Refused, match="still a proposal"):
        whole.block(cast.rep, "the printer")


def test_committing_once_or_twice_makes_its_findings_being_fixed(cast, whole, finding):
    whole.commit(cast.list_owner)
    whole.commit(cast.manager)
    finding.refresh_from_db()
    assert (whole.state, finding.state) == ("committed", "being_fixed")
    assert verbs(whole) == ["proposed", "changed", "milestone_added", "committed"]


def test_the_way_from_committed_to_claimed_done(cast, running):
    for _ in range(2):
        running.start(cast.rep)
    assert running.state == "in_progress"
    for _ in range(2):
        running.block(cast.rep, " the new printer ")
    assert (running.state, running.blocked_by) == ("blocked", "the new printer")
    running.block(cast.rep, "Lena")
    with pytest.raises(Refused, match="It still waits: Lena"):
        running.claim_done(cast.rep)
    for _ in range(2):
        running.unblock(cast.rep)
    assert (running.state, running.blocked_by) == ("in_progress", "")
    running.milestones.get().reach(cast.rep, today=TODAY, evidence="The sheet of November")
    for _ in range(2):
        running.claim_done(cast.rep)
    assert running.state == "claimed_done"
    assert running.claimed_done_at is not None
    assert verbs(running)[4:] == ["started", "blocked", "blocked", "unblocked", "milestone_reached", "claimed_done"]


def test_what_is_blocked_waits_for_something(cast, running):
    with pytest.raises(Refused, match="Say what or whom it waits for") as refused:
        running.block(cast.rep, "  ")
    assert refused.value.field == "blocked_by"
    assert running.state == "committed"


def test_done_is_claimed_when_every_milestone_is_reached_or_called_off(cast, running):
    second = running.add_milestone(cast.rep, "Second", TODAY, today=TODAY)
    running.milestones.get(what="Ten quotes with a date").reach(cast.rep, today=TODAY, seen_by=cast.manager)
    with pytest.raises(Refused, match="“Second” is not reached yet"):
        running.claim_done(cast.rep)
    second.call_off(cast.rep, "The first one shows it")
    running.claim_done(cast.rep)
    assert running.state == "claimed_done"


def test_what_is_claimed_done_is_read_only_until_it_is_taken_back(cast, running):
    milestone = running.milestones.get()
    milestone.reach(cast.rep, today=TODAY, evidence="Seen")
    running.claim_done(cast.rep)
    for change in (
        lambda: running.change(cast.rep, what="Other"),
        lambda: running.add_step(cast.rep, "One more"),
        lambda: milestone.take_back(cast.rep),
        lambda: running.add_finding(cast.list_owner, testing.finding(cast)),
    ):
        with pytest.raises(Refused, match="Take that back first"):
            change()
    for _ in range(2):
        running.take_back(cast.rep)
    assert (running.state, running.claimed_done_at) == ("in_progress", None)
    running.change(cast.rep, what="Other")
    assert running.what == "Other"


@pytest.mark.parametrize(
    ("answers", "field", "says"),
    [
        ({"what": " "}, "what", "Say what is to be done"),
        ({"done_criterion": " "}, "done_criterion", "keeps its five answers. Nobody has said yet how"),
        ({"responsible": None}, "responsible", "keeps its five answers. Nobody is responsible"),
        ({"no_steps_needed": False}, "no_steps_needed", "keeps its five answers. There are no interim steps"),
    ],
)
def test_a_committed_action_keeps_each_answer(cast, running, answers, field, says):
    with pytest.raises(Refused, match=says) as refused:
        running.change(cast.list_owner, **answers)
    assert refused.value.field == field
    running.refresh_from_db()
    assert (running.missing(), running.version) == ([], 3)


def test_the_last_step_and_the_last_milestone_of_a_committed_action_stay(cast, whole):
    step = whole.add_step(cast.list_owner, "Only step")
    whole.commit(cast.list_owner)
    with pytest.raises(Refused, match="keeps its five answers. There are no interim steps"):
        step.leave_out(cast.list_owner)
    with pytest.raises(Refused, match="keeps its five answers. There is no milestone"):
        whole.milestones.get().call_off(cast.list_owner, "Not needed")
    step.refresh_from_db()
    assert step.left_out_at is None
    assert whole.milestones.get().called_off_because == ""


def test_an_answer_can_be_changed_after_committing(cast, running):
    running.change(cast.list_owner, responsible=cast.other_rep, done_criterion="Five of five")
    running.refresh_from_db()
    assert (running.responsible, running.done_criterion) == (cast.other_rep, "Five of five")
    assert Change.objects.about(running).first().details["responsible"] == ["Ines Duarte", "Tom Okafor"]


def test_a_change_on_an_older_version_is_sent_back(cast, action):
    action.change(cast.list_owner, seen=1, what="First")
    with pytest.raises(Conflict):
        action.change(cast.manager, seen=1, what="Second")
    action.refresh_from_db()
    assert action.what == "First"


def test_responsible_is_a_member_of_the_list_or_team(cast, owned, action):
    says = "Oda Outsider is neither on the list “Quotes” nor in its team"
    with pytest.raises(Refused, match=says) as refused:
        action.change(cast.list_owner, responsible=cast.outsider)
    assert refused.value.field == "responsible"
    with pytest.raises(Refused, match=says):
        ActionItem.propose(cast.list_owner, owned, "What", [testing.finding(cast)], responsible=cast.outsider)
    owned.add_person(cast.list_owner, cast.outsider)
    action.change(cast.list_owner, responsible=cast.outsider)
    assert action.responsible == cast.outsider


def test_no_steps_needed_does_not_go_with_steps(cast, action):
    action.add_step(cast.list_owner, "A step")
    with pytest.raises(Refused, match="There are steps"):
        action.change(cast.list_owner, no_steps_needed=True)


def test_an_action_answers_findings_that_its_author_may_see(cast, owned, action):
    foreign = testing.finding(cast, team=cast.south)
    for propose in (
        lambda: ActionItem.propose(cast.list_owner, owned, "What", [foreign]),
        lambda: action.add_finding(cast.list_owner, foreign),
    ):
        with pytest.raises(Refused, match="There is no such finding") as refused:
            propose()
        assert refused.value.field == "findings"
    with pytest.raises(Refused, match="Choose the finding"):
        ActionItem.propose(cast.list_owner, owned, "What", [])
    with pytest.raises(Refused, match="Say what is to be done"):
        ActionItem.propose(cast.list_owner, owned, " ", [testing.finding(cast)])
    assert ActionItem.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "says"), [("accepted", "accepted as not worth fixing"), ("fixed", "counts as fixed")]
)
def test_a_settled_finding_gets_no_action_before_it_is_reopened(cast, owned, state, says):
    settled = testing.finding(cast, state=state, accepted_because="Too dear")
    with pytest.raises(Refused, match=says):
        ActionItem.propose(cast.list_owner, owned, "What", [settled])


def test_a_finding_that_joins_a_running_action_is_being_fixed(cast, running):
    late = testing.finding(cast)
    for _ in range(2):
        running.add_finding(cast.list_owner, late)
    late.refresh_from_db()
    assert late.state == "being_fixed"
    assert running.findings.count() == 2
    assert verbs(running).count("finding_added") == 1


def test_actions_are_read_on_the_list_by_managers_and_by_who_is_responsible(cast, action):
    action.change(cast.list_owner, responsible=cast.other_rep)
    readers = {name for name, user in cast.people.items() if ActionItem.objects.visible_to(user).exists()}
    assert readers == {"admin", "manager", "rep", "other_rep", "list_owner", "sponsor"}


def test_a_committed_action_cannot_lose_its_answers_behind_the_verbs(cast, running):
    from django.db import IntegrityError, transaction

    for values in ({"responsible": None}, {"done_criterion": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ActionItem.objects.filter(pk=running.pk).update(**values)
    assert Finding.objects.count() == 1
