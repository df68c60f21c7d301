"""What is counted before and after a fix, and what is left out. The figures are written down by hand."""

import datetime as dt
import math

import pytest

from actions import before_after, proof_words
from actions.before_after import Compared, Seen
from actions.tests import histories
from actions.tests.histories import day, losses
from failforward import testing
from failforward.testing import NOW, TODAY

pytestmark = pytest.mark.django_db
cast, finding, action = histories.cast, histories.finding, histories.action
FIXED_ON = TODAY - dt.timedelta(days=100)
OPENED_ON = TODAY - dt.timedelta(days=300)


def seen(action) -> tuple[Seen, Seen]:
    (one,) = before_after.compared(action, FIXED_ON, TODAY)
    return one.before, one.after


def test_the_events_that_opened_the_finding_are_left_out_with_their_losses(cast, action, finding):
    losses(cast, finding, 10, 4, day(-310), written_on=OPENED_ON)
    losses(cast, finding, 8, 2, day(-310), written_on=OPENED_ON + dt.timedelta(days=1))
    losses(cast, finding, 5, 1, day(-10))
    assert seen(action) == (Seen(2, 14), Seen(1, 5))


def test_a_loss_counts_once_however_often_it_shows_it(cast, action, finding):
    review = testing.review(cast, state="acting", deal=testing.deal(cast, lost_on=day(-10)))
    for _ in range(3):
        testing.event(review, finding=finding, verdict="systemic", category="planning", settled_at=NOW)
    assert seen(action) == (Seen(0, 0), Seen(1, 1))


@pytest.mark.parametrize(
    "fields",
    [
        {"visibility": "named"},
        {"visibility": "sealed"},
        {"state": "gathering"},
        {"state": "coding"},
        {"state": "pending"},
        {"state": "waived", "waived_because": "Small"},
        {"kind": "win"},
        {"kind": "hand_off"},
    ],
    ids=str,
)
def test_what_is_not_a_reviewed_loss_of_all_is_not_counted(cast, action, finding, fields):
    fields = {"state": "acting", "deal": testing.deal(cast, lost_on=day(-10))} | fields
    review = testing.review(cast, **fields)
    testing.event(review, finding=finding, verdict="systemic", category="planning", settled_at=NOW)
    assert seen(action) == (Seen(0, 0), Seen(0, 0))


def test_another_teams_losses_are_not_counted_and_those_of_teams_below_are(cast, action, finding):
    south = testing.deal(cast, lost_on=day(-10), team=cast.south, owner=cast.outsider)
    review = testing.review(cast, state="closed", closed_at=NOW, deal=south)
    testing.event(review, finding=finding, verdict="systemic", category="planning", settled_at=NOW)
    assert seen(action) == (Seen(0, 0), Seen(0, 0))
    type(finding).objects.filter(pk=finding.pk).update(team=cast.company)
    assert seen(action) == (Seen(0, 0), Seen(1, 1))


def test_the_day_of_the_fix_is_after_it_and_older_than_two_years_is_not_looked_at(cast, action, finding):
    losses(cast, finding, 1, 0, FIXED_ON)
    losses(cast, finding, 1, 0, FIXED_ON - dt.timedelta(days=1))
    losses(cast, finding, 1, 0, FIXED_ON - dt.timedelta(days=730))
    losses(cast, finding, 1, 0, FIXED_ON - dt.timedelta(days=731))
    losses(cast, finding, 1, 0, day(1))
    assert seen(action) == (Seen(0, 2), Seen(0, 1))


def test_three_queries_for_one_finding_and_for_five(cast, action, finding, django_assert_num_queries):
    for _ in range(4):
        action.findings.add(testing.finding(cast))
    with django_assert_num_queries(3):
        assert len(before_after.compared(action, FIXED_ON, TODAY)) == 5


def said(before: Seen, after: Seen) -> str:
    return proof_words.counted(Compared(None, FIXED_ON, before, after))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (Seen(5, 14), Seen(1, 0), "No loss since the fix has been reviewed yet."),
        (Seen(0, 0), Seen(1, 7), "there is nothing to compare."),
        (Seen(11, 18), Seen(2, 16), "That is less often than chance explains."),
        (Seen(30, 40), Seen(56, 70), "That is as often as before, and for long enough to know."),
        (Seen(0, 14), Seen(0, 7), "It is seen too seldom for counting to tell; the criterion decides."),
        (Seen(5, 14), Seen(0, 4), "about 12 more reviewed losses. The done criterion decides; "),
        (Seen(1, 200), Seen(0, 4), "more than 200 further reviewed losses."),
        (Seen(2, 14), Seen(5, 10), "Counting alone will not tell; the criterion decides."),
    ],
)
def test_what_a_manager_reads(before, after, words):
    assert words in said(before, after)


@pytest.mark.parametrize(
    ("before", "after"), [((5, 14), (0, 4)), ((9, 20), (2, 9)), ((20, 40), (4, 12)), ((3, 3), (0, 1))]
)
def test_so_many_more_quiet_losses_would_tell_and_one_fewer_would_not(before, after):
    one = Compared(None, FIXED_ON, Seen(*before), Seen(*after))
    later = [Seen(after[0], after[1] + one.more_losses + more) for more in (-1, 1)]
    assert one.verdict == "inconclusive"
    assert [Compared(None, FIXED_ON, one.before, then).verdict for then in later] == ["inconclusive", "effective"]
    assert one.more_losses < math.inf
