"""The buyer's clock: the rule as a table, and the same rule asked of the database."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from failforward import testing
from failforward.guards import Refused
from reviews.models import Activity, ClientQuestion, Deal, JointMilestone
from reviews.stalling import BuyersClock

TODAY = testing.TODAY


def ago(days: int | None) -> date | None:
    return None if days is None else TODAY - timedelta(days)


# opened, buyer moved, agreed (days ago), parked until (days ahead) → stalled since how many days ago
TABLE = [
    (13, None, None, None, None),
    (14, None, None, None, 14),
    (90, 13, None, None, None),
    (90, 14, None, None, 14),
    (90, 40, 13, None, None),
    (90, 40, 20, None, 20),
    (90, 40, None, 1, None),
    # On its day it is taken up again, and the clock was never set back.
    (90, 40, None, 0, 40),
    (90, 40, None, -5, 40),
]


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_a_deal_stands_still_when_the_buyer_has_not_moved_for_two_weeks(row):
    opened, moved, agreed, parked, since = row
    parked_until = None if parked is None else TODAY + timedelta(parked)

    assert BuyersClock(ago(opened), ago(moved), ago(agreed), parked_until).stalled_since(TODAY) == ago(since)


@pytest.fixture
def cast(db):
    return testing.cast()


def still_open(cast, opened: int = 90, **fields) -> Deal:
    return testing.deal(cast, outcome="open", lost_on=None, closed_on=None, opened_on=ago(opened), **fields)


def add(cast, deal, direction: str, days: int, subject: str = "A call") -> Activity:
    return Activity.add(deal, cast.rep, direction=direction, happened_on=ago(days), subject=subject, today=TODAY)


def test_the_sellers_doing_never_resets_the_clock(cast):
    deal = still_open(cast)
    for days in (60, 20, 3, 0):
        add(cast, deal, "out", days)
    ClientQuestion.put(deal, cast.rep, question="What would move it?", asked_on=ago(1), today=TODAY)

    assert list(Deal.objects.stalled(TODAY)) == [deal]

    add(cast, deal, "in", 2)

    assert not Deal.objects.stalled(TODAY).exists()
    assert deal.clock_on(TODAY).since == ago(2)


def test_a_milestone_both_sides_agreed_resets_the_clock(cast):
    deal = still_open(cast)
    due = {"agreed_on": ago(3), "due_on": TODAY + timedelta(20), "today": TODAY}
    with pytest.raises(Refused) as alone:
        JointMilestone.agree(deal, cast.rep, what="The pilot runs", with_whom=" ", **due)
    assert alone.value.field == "with_whom"
    assert Deal.objects.stalled(TODAY).exists()

    made = JointMilestone.agree(deal, cast.rep, what="The pilot runs", with_whom="Anna Berg", **due)

    assert JointMilestone.agree(deal, cast.rep, what="The pilot runs", with_whom="Anna Berg", **due) == made
    assert not Deal.objects.stalled(TODAY).exists()


def test_a_parked_deal_rests_until_its_day(cast):
    deal = still_open(cast)
    for reason, until, field in (("", 5, "reason"), ("Budget round", 0, "until")):
        with pytest.raises(Refused) as no:
            deal.park(cast.rep, reason, TODAY + timedelta(until), today=TODAY)
        assert no.value.field == field

    deal.park(cast.rep, "Their budget round", TODAY + timedelta(30), today=TODAY)

    assert list(Deal.objects.parked(TODAY)) == [deal]
    assert not Deal.objects.stalled(TODAY).exists()
    assert list(Deal.objects.stalled(TODAY + timedelta(30))) == [deal]

    deal.take_up(cast.rep)
    deal.take_up(cast.rep)

    assert list(Deal.objects.stalled(TODAY)) == [deal]
    assert not Deal.objects.parked(TODAY).exists()


def test_only_who_may_write_the_deal_parks_it_and_only_while_it_is_open(cast):
    with pytest.raises(Refused):
        still_open(cast).park(cast.other_rep, "Because", TODAY + timedelta(5), today=TODAY)
    with pytest.raises(Refused):
        testing.deal(cast).park(cast.rep, "Because", TODAY + timedelta(5), today=TODAY)


def test_what_the_client_says_is_their_move_and_needs_an_answer(cast):
    deal = still_open(cast)
    asked = ClientQuestion.put(deal, cast.rep, question="What would move it?", asked_on=ago(4), today=TODAY)
    assert ClientQuestion.put(deal, cast.rep, question="What would move it?", asked_on=ago(4), today=TODAY) == asked
    assert asked.waits
    raised = {"said": "Their IT has to agree.", "said_on": ago(2), "today": TODAY}
    for more, field in (
        ({"said": ""}, "said"),
        ({"said_on": ago(5)}, "said_on"),
        ({"addresses": "yes"}, "answered"),
        ({"addresses": "not_ours"}, "options"),
    ):
        with pytest.raises(Refused) as no:
            asked.tell(cast.rep, **raised | more)
        assert no.value.field == field
    assert list(Deal.objects.stalled(TODAY)) == [deal]

    asked.tell(cast.rep, **raised)
    asked.tell(cast.rep, **raised)

    assert asked.waits
    assert list(deal.activities.values_list("direction", "happened_on", "subject")) == [
        ("in", ago(2), "Their IT has to agree.")
    ]
    assert not Deal.objects.stalled(TODAY).exists()

    asked.tell(cast.rep, **raised, addresses="not_ours", options="A call with our security lead, or a pilot unit.")

    assert not asked.waits
    assert deal.activities.count() == 1


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_database_and_the_rule_say_the_same(cast, data):
    days = st.integers(0, 30)
    deal = still_open(cast, data.draw(days), parked_because="", parked_until=None)
    if parked := data.draw(st.none() | st.integers(-3, 3)):
        deal.parked_until, deal.parked_because = TODAY + timedelta(parked), "Because"
        deal.save()
    for direction in data.draw(st.lists(st.sampled_from(["in", "out"]), max_size=3)):
        day = ago(data.draw(st.integers(-3, 30)))
        Activity.objects.create(deal=deal, direction=direction, happened_on=day, subject="A call")
    if (agreed := data.draw(st.none() | days)) is not None:
        JointMilestone.objects.create(
            deal=deal, what="Pilot", with_whom="Anna", agreed_on=ago(agreed), due_on=TODAY + timedelta(9)
        )

    found = Deal.objects.stalled(TODAY).filter(pk=deal.pk).exists()

    assert found == (deal.clock_on(TODAY).stalled_since(TODAY) is not None)
