"""The whole life of an action, by whomever and in whatever order: nothing leads where the table does not.

The table is written down here by hand, from the words of the specification and not from the code. Hypothesis looks for
a sequence that leaves it, and shortens what it finds.
"""

import contextlib
import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from actions.models import ActionItem, Dependency, Drop, Recurrence
from failforward import testing
from failforward.guards import Refused
from failforward.testing import NOW, TODAY

pytestmark = pytest.mark.django_db

# From, by which verb, to. What is not here does not happen.
TABLE = {
    ("proposed", "commit", "committed"),
    ("committed", "start", "in_progress"),
    ("committed", "block", "blocked"),
    ("in_progress", "block", "blocked"),
    ("blocked", "unblock", "in_progress"),
    ("committed", "claim_done", "claimed_done"),
    ("in_progress", "claim_done", "claimed_done"),
    ("claimed_done", "take_back", "in_progress"),
    *(
        (state, verb, "dropped")
        for state in ("proposed", "committed", "in_progress", "blocked")
        for verb in ("drop", "agree")
    ),
    ("dropped", "take_up", "proposed"),
    ("dropped", "take_up", "committed"),
    ("dropped", "take_up", "in_progress"),
    ("dropped", "take_up", "blocked"),
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
# Ways that go every arrow between them; Hypothesis tries everything else.
COMMITTED = "steps who milestone commit"
DONE = f"{COMMITTED} start reach claim_done"
WAYS = [
    "drop take_up ask agree take_up",
    f"{COMMITTED} drop take_up ask agree take_up block drop take_up ask agree take_up unblock drop take_up ask agree",
    f"{COMMITTED} reach ask claim_done",
    f"{COMMITTED} ask refuse ask withdraw ask block unblock agree",
    f"{COMMITTED} block unblock block other_done unblock reach claim_done take_back claim_done",
    f"{COMMITTED} reach claim_done plan begin retire plan begin met plan begin retire plan begin cannot_tell "
    "plan begin retire accept",
    f"{DONE} plan begin met plan begin accept",
    f"{DONE} plan begin not_met",
    f"{DONE} plan begin met accept",
    f"{DONE} plan begin cannot_tell extend cannot_tell",
]
OPEN = {"proposed", "committed", "in_progress", "blocked"}
RUNNING = OPEN - {"proposed"}
MAY_BE_DONE = {"claimed_done", "under_check", "effective", "ineffective", "inconclusive", "recurred"}
PEOPLE = ["list_owner", "rep", "manager", "facilitator"]
# Mostly something is said: what is refused for want of words leads nowhere.
WORDS = ["Because of Lena", "Because of Lena", "Because of Lena", ""]
STARTS = [f"{COMMITTED} start reach", f"{COMMITTED} reach ask", f"{DONE} plan", f"{DONE} plan begin met", "steps who"]


class World:
    """One action and another one that it may wait for, and a clock that only goes on."""

    def __init__(self, cast: testing.Cast) -> None:
        self.cast, self.now, self.gone = cast, NOW, set()
        self.owned = testing.action_list(cast, people=(cast.rep, cast.facilitator))
        self.finding = testing.finding(cast)
        self.action = ActionItem.propose(cast.list_owner, self.owned, "Write the sheet", [self.finding])
        whole = {"state": "in_progress", "done_criterion": "Not seen", "no_steps_needed": True}
        self.other = testing.action(cast, action_list=self.owned, what="Ask the board", **whole)

    @property
    def today(self) -> dt.date:
        return TODAY + (self.now.date() - NOW.date())

    @property
    def state(self) -> str:
        return ActionItem.objects.values_list("state", flat=True).get(pk=self.action.pk)

    def try_it(self, verb: str, by: str = "facilitator", words: str = "Because of Lena", number: int = 1) -> bool:
        """One verb, whatever comes of it, and everything that must still hold. Whether it was done."""
        before = self.state
        done = False
        with contextlib.suppress(Refused):
            getattr(self, verb)(getattr(self.cast, by), words, number)
            done = True
        self.look(before, verb)
        self.now += dt.timedelta(number)
        return done

    # --- The verbs, each with a person, words and a number to choose by -------------------------------

    def steps(self, by, words, number):
        self.fresh().change(by, no_steps_needed=bool(words))

    def who(self, by, words, number):
        self.fresh().change(by, responsible=self.cast.rep if words else None)

    def milestone(self, by, words, number):
        if self.action.milestones.count() < 3:
            self.fresh().add_milestone(by, words, self.today + dt.timedelta(number), today=self.today)

    def reach(self, by, words, number):
        for milestone in self.action.milestones.all():
            milestone.reach(by, today=self.today, evidence=words)

    def unreach(self, by, words, number):
        for milestone in self.action.milestones.all()[:1]:
            milestone.take_back(by)

    def commit(self, by, words, number):
        action = self.fresh()
        missing = [str(part.sentence) for part in ActionItem.objects.for_list().get(pk=action.pk).missing()]
        try:
            action.commit(by)
        except Refused as refused:
            # The guard says what is missing, each in its sentence.
            assert self.state != "proposed" or missing and all(part in str(refused) for part in missing)
            raise
        assert missing == []

    def start(self, by, words, number):
        self.fresh().start(by)

    def block(self, by, words, number):
        person = self.cast.manager if number == 2 else None
        self.fresh().block(by, words, person=person, action=self.other if number != 2 and words else None)

    def unblock(self, by, words, number):
        self.fresh().unblock(by)

    def wait(self, by, words, number):
        pair = (self.fresh(), ActionItem.objects.get(pk=self.other.pk))
        one, other = pair if words else pair[::-1]
        one.wait_for(by, other)

    def wait_no_more(self, by, words, number):
        self.fresh().wait_no_more(by, self.other)

    def other_done(self, by, words, number):
        self.other.refresh_from_db()
        self.other.claim_done(by)
        self.action.refresh_from_db()
        if self.action.state == "blocked":
            self.fresh().block(by, "the printer")
            self.fresh().wait_no_more(by, self.other)

    def claim_done(self, by, words, number):
        self.fresh().claim_done(by)

    def take_back(self, by, words, number):
        self.fresh().take_back(by)

    def ask(self, by, words, number):
        asked = [self.cast.manager, self.cast.sponsor, by, None][number % 4]
        self.fresh().ask_to_drop(by, words, asked, now=self.now)

    def agree(self, by, words, number):
        self.waiting().agree(self.cast.sponsor if number == 1 else by, now=self.now)

    def refuse(self, by, words, number):
        self.waiting().refuse(self.cast.sponsor if number == 1 else by, now=self.now)

    def withdraw(self, by, words, number):
        self.waiting().withdraw(by)

    def drop(self, by, words, number):
        self.fresh().drop(by, words, [None, self.cast.rep, by][number % 3], now=self.now)

    def take_up(self, by, words, number):
        self.fresh().take_up_again(by)

    def plan(self, by, words, number):
        checker = self.cast.facilitator if words else by
        self.fresh().plan_check(by, today=self.today, checker=checker, after_days=number)

    def begin(self, by, words, number):
        self.check().begin(by, today=self.today)

    def met(self, by, words, number):
        self.decide("met", by, words)

    def not_met(self, by, words, number):
        self.decide("not_met", by, words)

    def cannot_tell(self, by, words, number):
        self.decide("cannot_tell", by, words)

    def decide(self, said, by, words):
        self.check().decide(by, said, words, today=self.today, now=self.now)

    def extend(self, by, words, number):
        self.check().extend(by, self.today + dt.timedelta(number), words, today=self.today)

    def retire(self, by, words, number):
        self.check().retire(by, words)

    def accept(self, by, words, number):
        cast = self.cast
        review = testing.review(cast, people=(cast.manager,), deal=testing.deal(cast, lost_on=self.today))
        event = testing.event(review, causal_role="caused", category="planning", verdict="systemic", settled_at=NOW)
        seen = Recurrence.objects.create(event=event, finding=self.finding, proposed_at=self.now)
        seen.accept(cast.manager, now=self.now)

    # --- What must hold ------------------------------------------------------------------------------

    def fresh(self) -> ActionItem:
        return ActionItem.objects.get(pk=self.action.pk)

    def waiting(self) -> Drop:
        found = Drop.objects.asked_for().first()
        if found is None:
            raise Refused("Nobody asked to drop it.")
        return found

    def check(self):
        found = self.action.checks.order_by("-pk").first()
        if found is None:
            raise Refused("There is no check.")
        return found

    def look(self, before: str, verb: str) -> None:
        action = ActionItem.objects.for_list().get(pk=self.action.pk)
        state = action.state
        assert state == before or (before, verb, state) in TABLE, (before, verb, state)
        if state != before:
            self.gone.add((before, verb, state))
        if state in RUNNING | {"claimed_done"}:
            assert action.missing() == []
        # What is dropped keeps what it waited for, in case it is taken up again.
        assert state == "dropped" or (state == "blocked") == bool(action.waits_in_words)
        assert bool(action.claimed_done_at) == (state in MAY_BE_DONE)
        assert bool(action.recurred_on) == (state == "recurred")
        self.look_at_drops(action)
        self.look_at_checks(action)
        if state == "claimed_done":
            assert not action.dependencies.filter(waits_for__state__in=OPEN).exists()
            assert action.next_milestone is None
        pairs = set(Dependency.objects.values_list("action", "waits_for"))
        assert not any((after, before) in pairs for before, after in pairs)

    def look_at_drops(self, action: ActionItem) -> None:
        assert (action.state == "dropped") == bool(action.dropped_because)
        drops = list(action.drops.all())
        assert len([one for one in drops if one.waits]) <= (1 if action.state in OPEN else 0)
        for one in drops:
            if one.state == "agreed":
                # On this list there is always a second person.
                assert one.decided_by is not None and one.decided_by != one.by and not one.alone
        if action.state == "dropped":
            assert [one.state for one in drops].count("agreed") >= 1

    def look_at_checks(self, action: ActionItem) -> None:
        states = list(action.checks.values_list("state", flat=True))
        still_open = [one for one in states if one in ("planned", "under_way")]
        assert len(still_open) <= (0 if action.state == "dropped" else 1)
        assert (action.state == "under_check") == ("under_way" in states)


VERBS = [name for name, value in vars(World).items() if name in {arrow[1] for arrow in TABLE}]
BESIDES = ["steps", "who", "milestone", "reach", "unreach", "ask", "refuse", "withdraw", "plan", "wait", "wait_no_more"]
BESIDES += ["other_done"]
ANY = {"by": st.sampled_from(PEOPLE), "words": st.sampled_from(WORDS), "number": st.integers(0, 3)}


def machine(cast: testing.Cast, clock: dict, gone: set) -> type[RuleBasedStateMachine]:
    class Life(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.block_of_rows = transaction.atomic()
            self.block_of_rows.__enter__()
            clock["world"] = self.world = World(cast)

        @initialize(way=st.sampled_from(STARTS))
        def begin_somewhere(self, way):
            for verb in way.split():
                assert self.world.try_it(verb)

        @rule(verb=st.sampled_from(VERBS + BESIDES), **ANY)
        def anything(self, verb, by, words, number):
            self.world.try_it(verb, by, words, number)

        @precondition(lambda self: self.world.state != "proposed")
        @rule(number=st.integers(0, 9))
        def go_on(self, number):
            """An arrow that leads on from here, so that the later states are met as well."""
            ahead = sorted({arrow[1] for arrow in TABLE if arrow[0] == self.world.state})
            if ahead:
                self.world.try_it(ahead[number % len(ahead)])

        def teardown(self) -> None:
            gone.update(self.world.gone)
            transaction.set_rollback(True)
            self.block_of_rows.__exit__(None, None, None)

    return Life


def test_every_arrow_can_be_gone_and_nothing_leads_elsewhere(monkeypatch):
    cast, clock, gone = testing.cast(), {}, set()
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock["world"].now if clock else NOW)
    for way in WAYS:
        with transaction.atomic():
            clock["world"] = world = World(cast)
            for verb in way.split():
                assert world.try_it(verb), f"{verb} is refused in {world.state} on “{way}”"
            gone |= world.gone
            transaction.set_rollback(True)
    assert gone == TABLE
    life = settings(
        max_examples=40, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(machine(cast, clock, gone), settings=life)
    assert gone == TABLE


@pytest.mark.parametrize("state", ["claimed_done", "under_check", "effective", "ineffective", "inconclusive"])
def test_what_is_done_or_checked_is_never_dropped(state):
    cast = testing.cast()
    action = testing.action(cast, state=state, claimed_done_at=NOW, done_criterion="Not seen", no_steps_needed=True)
    for drop in (
        lambda: action.drop(cast.list_owner, "No use", cast.manager),
        lambda: action.ask_to_drop(cast.list_owner, "No use", cast.manager),
    ):
        with pytest.raises(Refused):
            drop()
    assert (ActionItem.objects.get().state, Drop.objects.count()) == (state, 0)
