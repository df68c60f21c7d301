import datetime as dt

import pytest

from actions.models import ActionItem, Commitment, DateChange, FollowUp, Milestone
from failforward import testing
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.outbox.models import Mail
from failforward.testing import NOW, TODAY

pytestmark = pytest.mark.django_db

NEXT_WEEK = dt.date(2026, 12, 2)
TUESDAY = dt.date(2026, 12, 8)


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def milestone(cast):
    owned = testing.action_list(cast, people=(cast.rep,))
    action = testing.action(cast, action_list=owned, state="committed", done_criterion="Not seen")
    return Milestone.objects.create(action=action, what="All gateways pair", due_on=NEXT_WEEK, first_due_on=NEXT_WEEK)


def promise(cast, **fields):
    fields = {"asked_by": cast.list_owner, "now": NOW} | fields
    return Commitment.make(cast.rep, cast.rep, fields.pop("what", "Try the gateways"), NEXT_WEEK, **fields)


def request(cast, **fields):
    return Commitment.request(cast.manager, cast.rep, "Try the gateways", NEXT_WEEK, now=NOW, **fields)


def verbs_of(commitment) -> list[str]:
    return list(Change.objects.about(commitment).order_by("pk").values_list("verb", flat=True))


def states() -> list[tuple]:
    return list(FollowUp.objects.order_by("pk").values_list("occurrence", "due_on", "state"))


def test_a_promise_of_ones_own_is_accepted_and_its_question_exists_at_once(cast):
    made = promise(cast)
    assert (made.state, made.agreed_on, made.first_due_on) == ("accepted", TODAY, NEXT_WEEK)
    asked = made.follow_ups.get()
    assert (asked.occurrence, asked.due_on, asked.hour, asked.zone) == (1, NEXT_WEEK, 16, "Europe/Berlin")
    assert asked.due_at == dt.datetime(2026, 12, 2, 15, tzinfo=dt.UTC)
    assert (asked.mail.key, asked.mail.kind, asked.mail.state) == (f"followup:{asked.pk}", "follow_up", "planned")
    assert asked.mail.due_at == asked.due_at
    assert verbs_of(made) == ["made"]


@pytest.mark.parametrize(
    ("who", "may"),
    [("manager", True), ("admin", True), ("list_owner", False), ("other_rep", False), ("outsider", False)],
)
def test_what_was_said_aloud_is_written_down_by_whoever_leads(cast, who, may):
    by = getattr(cast, who)
    if may:
        made = Commitment.make(by, cast.rep, "Ring them", NEXT_WEEK, agreed_where="the meeting", now=NOW)
        assert (made.state, made.asked_by) == ("accepted", by)
    else:
        with pytest.raises(Refused):
            Commitment.make(by, cast.rep, "Ring them", NEXT_WEEK, agreed_where="the meeting", now=NOW)
        assert not Commitment.objects.exists()


def test_the_owner_of_the_list_writes_down_what_was_said_in_its_meeting(cast, milestone):
    made = Commitment.make(
        cast.list_owner, cast.rep, "Ring", NEXT_WEEK, agreed_where="the meeting", milestone=milestone, now=NOW
    )
    assert (made.action_list, made.team) == (milestone.action.action_list, cast.north)
    assert made.asked_by == cast.list_owner


def test_what_was_said_aloud_says_where(cast):
    with pytest.raises(Refused) as refused:
        Commitment.make(cast.manager, cast.rep, "Ring them", NEXT_WEEK, now=NOW)
    assert refused.value.field == "agreed_where"


@pytest.mark.parametrize(
    ("what", "due_on", "field"),
    [
        ("  ", NEXT_WEEK, "what"),
        ("Ring", dt.date(2020, 1, 1), "due_on"),
        ("Ring", dt.date(9999, 12, 31), "due_on"),
        ("Ring", dt.date(1, 1, 1), "due_on"),
    ],
)
def test_a_promise_says_what_by_a_day_that_makes_sense(cast, what, due_on, field):
    with pytest.raises(Refused) as refused:
        Commitment.make(cast.rep, cast.rep, what, due_on, now=NOW)
    assert refused.value.field == field
    assert not FollowUp.objects.exists()


def test_nobody_promises_for_somebody_who_left(cast):
    cast.rep.is_active = False
    with pytest.raises(Refused):
        request(cast)


def test_a_request_asks_nobody_how_it_went_until_it_is_accepted(cast):
    asked = request(cast)
    assert (asked.state, asked.asked_by, asked.agreed_on) == ("requested", cast.manager, None)
    assert states() == []
    assert list(Mail.objects.values_list("kind", "recipient__name")) == [("request", "Ines Duarte")]
    asked.accept(cast.rep, now=NOW)
    assert (asked.state, asked.agreed_on) == ("accepted", TODAY)
    assert states() == [(1, NEXT_WEEK, "planned")]
    asked.accept(cast.rep, now=NOW)
    assert verbs_of(asked) == ["requested", "accepted"]


def test_another_date_is_a_yes_and_the_first_promised_day(cast):
    asked = request(cast)
    asked.redate(cast.rep, TUESDAY, now=NOW)
    assert (asked.state, asked.due_on, asked.first_due_on) == ("accepted", TUESDAY, TUESDAY)
    assert states() == [(1, TUESDAY, "planned")]
    assert list(Mail.objects.filter(kind="request_answer").values_list("recipient__name", flat=True)) == [
        "Mara Lindqvist"
    ]


def test_a_no_is_a_no_and_reaches_who_asked(cast):
    asked = request(cast)
    asked.decline(cast.rep, "I am away that week", now=NOW)
    asked.decline(cast.rep, now=NOW)
    assert (asked.state, asked.declined_because) == ("declined", "I am away that week")
    assert states() == []
    assert Mail.objects.filter(kind="request_answer", recipient=cast.manager).count() == 1
    with pytest.raises(Refused):
        asked.accept(cast.rep, now=NOW)


@pytest.mark.parametrize("verb", ["accept", "decline"])
def test_only_the_person_answers_a_request(cast, verb):
    asked = request(cast)
    with pytest.raises(Refused):
        getattr(asked, verb)(cast.manager)
    asked.refresh_from_db()
    assert asked.state == "requested"


def test_a_milestone_given_twice_is_one_request(cast, milestone):
    first = Commitment.request(cast.list_owner, cast.rep, "Pair them", NEXT_WEEK, milestone=milestone, now=NOW)
    again = Commitment.request(cast.list_owner, cast.rep, "Pair them", NEXT_WEEK, milestone=milestone, now=NOW)
    assert first == again
    assert Mail.objects.count() == 1


@pytest.mark.parametrize("who", ["rep", "list_owner"])
def test_a_proposal_asks_nobody(cast, milestone, who):
    ActionItem.objects.update(state="proposed")
    milestone = Milestone.objects.get()
    with pytest.raises(Refused, match="a proposal asks nobody"):
        milestone.give_to(cast.list_owner, getattr(cast, who))
    with pytest.raises(Refused, match="a proposal asks nobody"):
        Commitment.request(cast.list_owner, getattr(cast, who), "Pair them", NEXT_WEEK, action=milestone.action)
    assert not Commitment.objects.exists()


def test_asked_of_oneself_it_is_a_promise(cast):
    assert Commitment.request(cast.rep, cast.rep, "Ring", NEXT_WEEK, now=NOW).state == "accepted"


def test_a_private_promise_has_no_asker(cast):
    made = promise(cast, private=True, asked_by=cast.manager)
    assert made.asked_by is None
    people = {name for name, user in cast.people.items() if Commitment.objects.visible_to(user).exists()}
    assert people == {"rep"}


def test_what_hangs_from_an_action_cannot_be_private(cast, milestone):
    with pytest.raises(Refused):
        promise(cast, private=True, milestone=milestone)


def test_who_reads_a_shared_promise_of_a_list(cast, milestone):
    promise(cast, milestone=milestone)
    people = {name for name, user in cast.people.items() if Commitment.objects.visible_to(user).exists()}
    assert people == {"rep", "manager", "admin", "list_owner", "sponsor"}


@pytest.mark.parametrize("visibility", ["named", "sealed"])
def test_what_hangs_from_a_closed_circle_stays_in_it(cast, visibility):
    review = testing.review(cast, people=(cast.facilitator,), visibility=visibility)
    promise(cast, review=review)
    people = {name for name, user in cast.people.items() if Commitment.objects.visible_to(user).exists()}
    assert people == {"rep", "list_owner", "facilitator"}


def test_a_move_needs_a_reason_and_keeps_the_first_date(cast):
    made = promise(cast)
    with pytest.raises(Refused) as refused:
        made.move(cast.rep, TUESDAY, "  ", now=NOW)
    assert refused.value.field == "reason"
    made.move(cast.rep, TUESDAY, "They are away", now=NOW)
    assert (made.state, made.due_on, made.first_due_on) == ("moved", TUESDAY, NEXT_WEEK)
    assert states() == [(1, TUESDAY, "planned")]
    assert made.times_moved() == 1


def test_a_question_that_went_out_is_followed_by_another(cast):
    made = promise(cast)
    Mail.objects.update(state="sent")
    made.move(cast.rep, TUESDAY, "They are away", now=NOW)
    assert states() == [(1, NEXT_WEEK, "cancelled"), (2, TUESDAY, "planned")]


def test_a_third_move_of_a_milestone_waits_for_the_list_owner(cast, milestone):
    made = promise(cast, milestone=milestone)
    days = [dt.date(2026, 12, day) for day in (8, 9, 10, 11)]
    changes = [made.move(cast.rep, day, "Again", now=NOW).state for day in days[:3]]
    assert changes == ["agreed", "agreed", "asked_for"]
    assert (made.due_on, states()) == (days[1], [(1, days[2], "planned")])
    with pytest.raises(Refused):
        made.agree_to_move(cast.rep, now=NOW)
    made.agree_to_move(cast.list_owner, now=NOW)
    assert made.due_on == days[2]
    assert made.move(cast.list_owner, days[3], "Agreed by phone", now=NOW).state == "agreed"


def test_a_refused_date_leaves_the_promised_one(cast, milestone):
    made = promise(cast, milestone=milestone)
    for day in (8, 9, 10):
        made.move(cast.rep, dt.date(2026, 12, day), "Again", now=NOW)
    made.refuse_move(cast.list_owner, now=NOW)
    made.refuse_move(cast.list_owner, now=NOW)
    assert made.due_on == dt.date(2026, 12, 9)
    assert states() == [(1, dt.date(2026, 12, 9), "planned")]
    assert list(DateChange.objects.values_list("state", flat=True)) == ["agreed", "agreed", "refused"]


@pytest.mark.parametrize(
    ("who", "may"),
    [("rep", True), ("list_owner", True), ("manager", True), ("other_rep", False), ("outsider", False)],
)
def test_who_may_drop_it(cast, who, may):
    made = promise(cast, team=cast.north)
    if may:
        made.drop(getattr(cast, who), "No longer needed")
        made.drop(getattr(cast, who), "No longer needed")
        assert (made.state, states()) == ("dropped", [(1, NEXT_WEEK, "cancelled")])
        assert Mail.objects.get(kind="follow_up").state == "withheld"
        assert verbs_of(made) == ["made", "dropped"]
    else:
        with pytest.raises(Refused):
            made.drop(getattr(cast, who), "No longer needed")
        assert states() == [(1, NEXT_WEEK, "planned")]


def test_it_hangs_from_one_thing_at_most(cast, milestone):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        promise(cast, milestone=milestone, deal=testing.deal(cast))
