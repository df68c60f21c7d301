"""No sequence of checks, decisions and returns, by whomever and how often, leaves what is allowed.

The table is written down here by hand, from the words of the specification and not from the code.
"""

import contextlib
import datetime as dt
import random

import pytest
from django.db import transaction

from actions.models import ActionItem, Recurrence
from failforward import testing
from failforward.guards import Refused
from failforward.testing import NOW, TODAY
from reviews.models import Finding

pytestmark = pytest.mark.django_db

# From, by which verb, to. What is not here does not happen; `check` stands for planning, changing and retiring.
TABLE = {
    ("in_progress", "claim_done", "claimed_done"),
    ("claimed_done", "take_back", "in_progress"),
    ("claimed_done", "begin", "under_check"),
    ("effective", "begin", "under_check"),
    ("inconclusive", "begin", "under_check"),
    ("under_check", "met", "effective"),
    ("under_check", "not_met", "ineffective"),
    ("under_check", "cannot_tell", "inconclusive"),
    ("inconclusive", "extend", "under_check"),
    ("under_check", "retire", "claimed_done"),
    ("under_check", "retire", "effective"),
    ("under_check", "retire", "inconclusive"),
    ("effective", "accept", "recurred"),
    ("under_check", "accept", "recurred"),
    ("inconclusive", "accept", "recurred"),
}
OVER = {"ineffective", "recurred"}
ENDING = {"accept", "not_met"}
MAY_BE_DONE = {"claimed_done", "under_check", "effective", "ineffective", "inconclusive", "recurred"}


class World:
    """One action on one finding, and a clock that only goes on."""

    def __init__(self, cast: testing.Cast, dice: random.Random) -> None:
        self.cast, self.dice, self.today = cast, dice, TODAY
        self.finding = testing.finding(self.cast, state="being_fixed")
        self.action = testing.action(self.cast, state="in_progress", done_criterion="Not seen")
        self.action.findings.add(self.finding)
        self.number = 0

    @property
    def now(self) -> dt.datetime:
        return NOW + (self.today - TODAY)

    def somebody(self):
        cast = self.cast
        return self.dice.choice([cast.facilitator] * 4 + [cast.rep, cast.list_owner])

    def verbs(self) -> dict:
        action, dice, by = self.action, self.dice, self.somebody()
        check, checker = action.checks.order_by("-pk").first(), dice.choice([by, self.cast.facilitator])
        found = {
            "claim_done": lambda: action.claim_done(by),
            "take_back": lambda: action.take_back(by),
            "plan": lambda: action.plan_check(by, today=self.today, checker=checker, after_days=dice.choice([0, 1, 9])),
            "accept": lambda: self.seen_again().accept(self.cast.manager, now=self.now),
        }
        if check is None:
            return found
        decide = {"today": self.today, "now": self.now, "evidence": dice.choice(["", "Seen", "Seen"])}
        return found | {
            "begin": lambda: check.begin(by, today=self.today),
            "met": lambda: check.decide(by, "met", **decide),
            "not_met": lambda: check.decide(by, "not_met", **decide),
            "cannot_tell": lambda: check.decide(by, "cannot_tell", **decide),
            "extend": lambda: check.extend(
                by, self.today + dt.timedelta(dice.choice([0, 3])), dice.choice(["", "Few losses"]), today=self.today
            ),
            "retire": lambda: check.retire(by, dice.choice(["", "Sold no more"])),
            "change": lambda: check.change(by, after_days=dice.choice([2, 5]), checker=self.cast.facilitator),
        }

    def seen_again(self) -> Recurrence:
        review = testing.review(
            self.cast, people=(self.cast.manager,), deal=testing.deal(self.cast, lost_on=self.today)
        )
        event = testing.event(review, causal_role="caused", category="planning", verdict="systemic", settled_at=NOW)
        return Recurrence.objects.create(event=event, finding=self.finding, proposed_at=self.now)


def check(world: World, before: str, verb: str) -> str:
    action = ActionItem.objects.get(pk=world.action.pk)
    state, finding = action.state, Finding.objects.get()
    assert state == before or (before, verb, state) in TABLE, (before, verb, state)
    assert bool(action.claimed_done_at) == (state in MAY_BE_DONE)
    assert bool(action.recurred_on) == (state == "recurred")
    checks = list(action.checks.all())
    still_open = [one for one in checks if one.state in ("planned", "under_way")]
    assert len(still_open) <= 1
    assert [one.latest for one in checks].count(True) == (1 if checks else 0)
    assert (state == "under_check") == any(one.state == "under_way" for one in checks)
    for one in checks:
        assert bool(one.due_on) == bool(one.fixed_on)
        assert (one.state == "decided") == bool(one.outcome and one.said and one.decided_at)
        assert one.checker_id != action.responsible_id
    if state in ("effective", "ineffective", "inconclusive"):
        assert [one for one in checks if one.state == "decided"][-1].outcome == state
    # Proved alone on its finding it fixes it; a finding is never fixed by what did not help.
    assert finding.state != "fixed" or state in ("effective", "under_check", "inconclusive")
    assert state != "effective" or finding.state == "fixed"
    return state


def walk(dice: random.Random, world: World, gone: set[tuple[str, str, str]]) -> None:
    """Adds the arrows that are gone. What the table allows and nobody has gone yet is tried often, anything now and
    then."""
    state = "in_progress"
    for _ in range(35):
        verbs = world.verbs()
        fresh = sorted({arrow[1] for arrow in TABLE - gone if arrow[0] == state and arrow[1] in verbs})
        verb = dice.choice([*fresh, "plan"] if dice.random() < 0.5 else sorted(verbs.keys() - ENDING))
        before = state
        with contextlib.suppress(Refused):
            verbs[verb]()
        world.action.refresh_from_db()
        state = check(world, before, verb)
        if state != before:
            gone.add((before, verb, state))
        world.today += dt.timedelta(dice.choice([0, 1, 3]))
        if state in OVER and dice.random() < 0.3:
            break


def test_no_sequence_of_verbs_leaves_the_table(monkeypatch):
    cast, gone = testing.cast(), set()
    for seed in range(18):
        dice = random.Random(seed)
        with transaction.atomic():
            world = World(cast, dice)
            monkeypatch.setattr("django.utils.timezone.now", lambda world=world: world.now)
            walk(dice, world, gone)
            transaction.set_rollback(True)
    # Each arrow is tested by name elsewhere; here most are gone, so that the walks do not stand still.
    assert len(gone) >= 8
