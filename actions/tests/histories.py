"""Losses before and after a fix: a finding of 300 days ago, and an action that was said to be done 200 days later."""

import datetime as dt

import pytest

from failforward import testing
from failforward.testing import NOW, TODAY


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def finding(cast):
    found = testing.finding(cast, state="being_fixed")
    type(found).objects.filter(pk=found.pk).update(opened_at=NOW - dt.timedelta(days=300))
    found.refresh_from_db()
    return found


@pytest.fixture
def action(cast, finding):
    return done(cast, finding)


def done(cast, finding, days_ago=100, **fields):
    """Said to be done a hundred days ago."""
    action = testing.action(
        cast,
        state="claimed_done",
        done_criterion="Not seen",
        claimed_done_at=NOW - dt.timedelta(days=days_ago),
        **fields,
    )
    action.findings.add(finding)
    return action


def losses(cast, finding, number: int, seen: int, lost_on: dt.date, written_on: dt.date | None = None) -> None:
    """Reviewed losses, some of which show the weakness."""
    for place in range(number):
        review = testing.review(cast, state="closed", closed_at=NOW, deal=testing.deal(cast, lost_on=lost_on))
        if place < seen:
            event = testing.event(review, finding=finding, verdict="systemic", category="planning", settled_at=NOW)
            type(event).objects.filter(pk=event.pk).update(created_on=written_on or lost_on)
