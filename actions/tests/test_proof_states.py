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
# Ways that go each of these arrows; what else is tried on them is what the table does not allow there.
WAYS = [
    "claim_done take_back claim_done begin met begin retire begin accept",
    "claim_done begin retire begin cannot_tell extend cannot_tell begin retire begin not_met",
    "claim_done begin met accept",
    "claim_done begin met begin cannot_tell accept",
]
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


def go(world: World, verb: str, state: str, gone: set[tuple[str, str, str]]) -> str:
    with contextlib.suppress(Refused):
        world.verbs().get(verb, bool)()
    world.action.refresh_from_db()
    after = check(world, state, verb)
    if after != state:
        gone.add((state, verb, after))
    world.today += dt.timedelta(world.dice.choice([0, 1, 3]))
    return after


def walk(world: World, gone: set[tuple[str, str, str]], way: str = "") -> None:
    """Along `way`, then at random."""
    state = "in_progress"
    for verb in way.split():
        state = go_on(world, verb, state, gone)
    for _ in range(0 if state in OVER else 25):
        state = go(world, world.dice.choice(sorted(world.verbs().keys() - ENDING)), state, gone)
    for _ in range(5):
        state = go(world, world.dice.choice(sorted(world.verbs())), state, gone)


def go_on(world: World, verb: str, state: str, gone: set[tuple[str, str, str]]) -> str:
    """Tries it, by whomever and among what leads nowhere from here, until it leads on."""
    # A planned check changes no state, and what could not be told is not extended beside it.
    leads_on = {arrow[1] for arrow in TABLE if arrow[0] == state} | {"plan", "retire"}
    before = "plan" if verb == "begin" else verb
    for _ in range(60):
        nowhere = sorted(world.verbs().keys() - leads_on)
        after = go(world, world.dice.choice([verb, before, world.dice.choice(nowhere)]), state, gone)
        if after != state:
            return after
    raise AssertionError(f"{verb} does not lead on from {state}")


def test_no_sequence_of_verbs_leaves_the_table(monkeypatch):
    cast, gone = testing.cast(), set()
    for seed, way in enumerate([*WAYS, *[""] * 8]):
        with transaction.atomic():
            world = World(cast, random.Random(seed))
            monkeypatch.setattr("django.utils.timezone.now", lambda world=world: world.now)
            walk(world, gone, way)
            transaction.set_rollback(True)
    assert gone == TABLE
