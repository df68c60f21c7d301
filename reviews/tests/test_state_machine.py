"""Any verbs in any order: the review stands as `life.Book` says, every refusal is a sentence, nothing half done."""

import pytest
from django.db import transaction
from django.utils import translation
from django.utils.translation import _trans
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from actions import closing
from failforward import testing
from failforward.accounts.reach import forget
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.testing import NOW, TODAY
from reviews import coding, passes
from reviews.models import Coding, FailureEvent, OwnPart, Review
from reviews.passes import Half
from reviews.tests.life import ALLOWED, OWNER, Book, Event

pytestmark = pytest.mark.django_db

ROLES = ("caused", "contributed", "unrelated", "unknown")
CATEGORIES, VERDICTS = ("planning", "budget"), ("systemic", "one_off", "unsure")
who = st.sampled_from(("manager", "facilitator", "rep", "other_rep", "manager", "facilitator", "outsider"))
leader = st.sampled_from(("manager", "facilitator", "rep"))
pick = st.integers(0, 9)
reason = st.sampled_from(("Because.", "Because.", "Because.", " "))
reading = st.tuples(st.sampled_from(CATEGORIES), st.sampled_from(VERDICTS))


class Life(RuleBasedStateMachine):
    """The book is asked first, then the verb is called. Where the book says no, the verb must refuse."""

    cast, finding = None, None

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        people = (self.cast.rep, self.cast.other_rep, self.cast.facilitator)
        self.review = testing.review(
            self.cast, people, state="pending", opened_on=None, facilitator=self.cast.facilitator, readers_per_event=1
        )
        self.finding = testing.finding(self.cast)
        self.book = Book(on_it={"rep", "other_rep", "facilitator"}, facilitator="facilitator")

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    # Helpers

    def person(self, name: str):
        person = getattr(self.cast, name)
        forget(person)
        return person

    def names(self, ids) -> set[str]:
        return {name for name, person in self.cast.people.items() if person.pk in set(ids)}

    def one_of(self, number: int) -> tuple[Event, FailureEvent]:
        pk = [*self.book.events][number % len(self.book.events)]
        return self.book.events[pk], FailureEvent.everything.get(pk=pk)

    def fresh(self) -> Review:
        return Review.objects.get(pk=self.review.pk)

    def does(self, allowed: bool, verb, *args, **kwargs):
        """The verb's answer where it is allowed. A refusal says a translated sentence and leaves no trace."""
        before, noted = self.fresh().state, Change.objects.count()
        try:
            answer = verb(*args, **kwargs)
        except Refused as refused:
            said = str(refused)
            assert said.rstrip("»").endswith(".") and "«" in said, said
            assert Change.objects.count() == noted, f"refused, and yet it was noted: {said}"
            assert not allowed, f"refused although it is allowed: {said}"
            return None
        assert allowed, f"{verb} was not refused"
        after = self.fresh().state
        assert after == before or (before, after) in ALLOWED, (before, after)
        return answer

    # Choosing

    @initialize(stage=st.integers(0, 6), events=st.integers(1, 3), number=st.sampled_from((1, 2, 3)), said=reading)
    def begin(self, stage, events, number, said):
        """Some way into its life, or most runs would end before anything can go wrong."""
        if stage:
            self.choose("quick")
            self.ask_readers("manager", number)
        for _number in range(events):
            self.add_event("rep", False, "It rained.")
        for _step in range(stage):
            self.next_thing(said)

    @rule(said=reading)
    def go_on(self, said):
        self.next_thing(said)

    def next_thing(self, said) -> None:
        """What is to be done next, as far as it can be."""
        for number, event in enumerate(self.book.events.values()):
            if event.behind is not None:
                continue
            if not event.role:
                return self.judge("manager", number, "caused")
            if event.disputed:
                return self.adjudicate("manager", number, (said[0], "one_off"), "Because.")
            if not event.settled:
                missing = [name for name in sorted(self.book.able() - {"admin"}) if name not in event.readings]
                for name in missing[: self.book.readers_needed()]:
                    self.submit(name, number, said)
                return None
            if event.is_loose:
                return self.take("manager", number)
        return self.close(True) if self.book.accepted else self.accept("Because.")

    @rule(depth=st.sampled_from(("quick", "full")))
    def choose(self, depth):
        allowed = self.book.state != "closed"
        if self.does(allowed, self.fresh().choose, self.person("manager"), depth, TODAY):
            self.book.did_choose("manager", depth)

    @rule(why=reason)
    def waive(self, why):
        book = self.book
        is_new = book.state != "waived"
        self.does(book.may_waive() and (why.strip() or not is_new), self.fresh().waive, self.person("manager"), why)
        if book.may_waive() and why.strip():
            book.state = "waived"

    @rule()
    def put_back(self):
        allowed = self.book.may_put_back()
        if self.does(allowed or self.book.state == "pending", self.fresh().put_back, self.person("manager")):
            self.book.did_put_back()

    # Gathering

    @rule(by=who, anonymous=st.booleans(), what=st.sampled_from(("It rained.", " ")))
    def add_event(self, by, anonymous, what):
        allowed = self.book.state not in ("closed", "waived") and what.strip()
        made = self.does(bool(allowed), self.fresh().add_event, self.person(by), what, anonymous=anonymous)
        if made:
            self.book.events[made.pk] = Event()
            self.book.derive()

    @rule(by=who)
    def tell(self, by):
        if self.does(self.book.state != "closed", self.fresh().finish_telling, self.person(by)):
            self.book.told.add(by)

    @rule(by=who, text=st.sampled_from(("I did not ask.", "I forgot.", " ")), shares=st.booleans())
    def own_part(self, by, text, shares):
        book, before = self.book, OwnPart.objects.filter(review=self.review, author=self.person(by)).first()
        text_before = before.text if before else ""
        changes = text.strip() != text_before
        allowed = book.is_open and book.works(by) and (changes or text.strip()) and not (book.parts.get(by) and changes)
        part = self.does(bool(allowed), OwnPart.write, self.fresh(), self.person(by), text)
        if part is None:
            return
        book.parts.setdefault(by, False)
        if shares and self.does(bool(part.text), part.share, self.person(by)):
            book.parts[by] = True

    # Judging, joining

    @precondition(lambda self: self.book.events)
    @rule(by=who, number=pick, role=st.sampled_from((*ROLES, "")))
    def judge(self, by, number, role):
        mine, event = self.one_of(number)
        same = role == mine.role
        may = self.book.state != "closed" and mine.behind is None and role
        if self.does(bool(may and (same or self.book.hears(by))), event.judge, self.person(by), role):
            mine.role = role
            mine.in_finding = mine.in_finding and mine.may_feed
            self.book.derive()

    @precondition(lambda self: len(self.book.events) > 1)
    @rule(by=who, one=pick, two=pick, why=reason)
    def merge(self, by, one, two, why):
        (mine, gone), (_stays, kept) = self.one_of(one), self.one_of(two)
        done = mine.behind == kept.pk
        may = self.book.may_merge(by, gone.pk, kept.pk)
        allowed = done or may and (why.strip() or not self.book.differ(gone.pk, kept.pk))
        if self.does(bool(allowed), gone.merge_into, kept, self.person(by), why):
            mine.behind = kept.pk
            self.book.derive()

    @precondition(lambda self: self.book.events)
    @rule(by=who, number=pick)
    def separate(self, by, number):
        mine, event = self.one_of(number)
        book = self.book
        allowed = mine.behind is None or book.is_open and book.works(by) and book.hears(by)
        if self.does(allowed, event.separate, self.person(by)):
            mine.behind = None
            book.derive()

    # Reading

    @precondition(lambda self: self.book.events)
    @rule(by=who, number=pick, said=reading)
    def submit(self, by, number, said):
        mine, event = self.one_of(number)
        if self.does(self.book.may_read(by, mine), coding.submit, event, self.person(by), *said, now=NOW):
            self.book.did_read(by, mine, said)

    @precondition(lambda self: self.book.events)
    @rule(
        by=who,
        number=pick,
        said=st.tuples(st.sampled_from((*CATEGORIES, "", None)), st.sampled_from((*VERDICTS, None))),
    )
    def say_half(self, by, number, said):
        mine, event = self.one_of(number)
        allowed = self.book.may_read(by, mine) and by not in mine.readings
        before = Coding.objects.count()
        self.does(allowed, passes.say, event, self.person(by), Half(*said), now=NOW)
        if not allowed:
            return
        kept = mine.halves.get(by, ("", ""))
        whole = tuple(old if new is None else new for old, new in zip(kept, said, strict=True))
        mine.halves.pop(by, None)
        if all(whole):
            assert Coding.objects.count() == before + 1
            self.book.did_read(by, mine, whole)
        elif any(whole):
            mine.halves[by] = whole

    @precondition(lambda self: self.book.events)
    @rule(by=who, number=pick, said=reading, why=reason)
    def adjudicate(self, by, number, said, why):
        mine, event = self.one_of(number)
        may = self.book.is_open and self.book.leads(by) and mine.disputed and mine.behind is None
        allowed = may and why.strip() and said[1] != "unsure"
        if self.does(bool(allowed), coding.adjudicate, event, self.person(by), *said, why, now=NOW):
            self.book.settle(mine, said)

    @precondition(lambda self: self.book.events)
    @rule(by=leader, number=pick, why=reason)
    def ask_again(self, by, number, why):
        mine, event = self.one_of(number)
        may = self.book.is_open and self.book.leads(by) and mine.behind is None
        goes = may and mine.settled is not None and why.strip() and not mine.in_finding
        self.does(bool(goes or may and not mine.settled), coding.ask_again, event, self.person(by), why, now=NOW)
        if goes:
            self.book.did_ask_again(mine)

    @rule(by=leader, number=st.sampled_from((0, 1, 2, 3, 9)))
    def ask_readers(self, by, number):
        allowed = self.book.is_open and self.book.leads(by) and number
        if self.does(bool(allowed), coding.ask_readers, self.fresh(), self.person(by), number, now=NOW):
            self.book.asked_for = number
            self.book.weigh_again()

    # Findings

    @precondition(lambda self: self.book.events)
    @rule(by=who, number=pick)
    def take(self, by, number):
        mine, event = self.one_of(number)
        may = self.book.is_open and self.book.leads(by) and mine.may_feed and mine.behind is None
        self.does(mine.in_finding or may, self.finding.take, event, self.person(by))
        mine.in_finding = mine.in_finding or may

    @precondition(lambda self: self.book.events)
    @rule(by=who, number=pick)
    def release(self, by, number):
        mine, event = self.one_of(number)
        may = self.book.is_open and self.book.leads(by)
        self.does(not mine.in_finding or may, self.finding.release, event, self.person(by))
        mine.in_finding = mine.in_finding and not may

    @rule(why=reason)
    def accept(self, why):
        allowed = self.book.accepted or why.strip()
        self.does(bool(allowed), self.finding.accept, self.person("manager"), why)
        self.book.accepted = bool(allowed)

    # People

    @rule(name=who, goes=st.booleans())
    def come_and_go(self, name, goes):
        book, review = self.book, self.fresh()
        if not goes:
            self.does(True, review.add_person, self.person("manager"), self.person(name))
            book.on_it.add(name)
            return
        last = book.visibility != "standard" and book.on_it == {name}
        may = not last and book.state != "closed"
        if self.does(may, review.remove_person, self.person("manager"), self.person(name)):
            book.on_it.discard(name)
            book.told.discard(name)
            book.facilitator = None if book.facilitator == name else book.facilitator
        coding.weigh_again(review, NOW)
        book.weigh_again()

    @rule(visibility=st.sampled_from(("standard", "sealed", "nonsense")))
    def hide(self, visibility):
        review = self.fresh()
        if self.does(visibility != "nonsense", review.change_visibility, self.person("manager"), visibility):
            self.book.visibility = visibility
            if visibility == "sealed":
                self.book.on_it.add("manager")
        coding.weigh_again(review, NOW)
        self.book.weigh_again()

    # The end, and after

    @rule(whole=st.booleans())
    def close(self, whole):
        """By the verb alone, or by the way in that also asks who does something about each weakness."""
        book, review = self.book, self.fresh()
        judged = all(event.role for event in book.counted())
        answered = book.accepted or not any(event.in_finding for event in book.counted())
        allowed = book.may_close() and (not whole or book.depth == "quick" and judged and answered)
        if whole:
            self.does(allowed or book.state == "closed", closing.close, review, self.person("manager"), "", NOW)
        else:
            self.does(allowed or book.state == "closed", review.close, self.person("manager"), NOW)
        book.state = "closed" if allowed else book.state

    @rule(why=reason)
    def reopen(self, why):
        done = self.book.state == "reopened"
        allowed = self.book.state == "closed" and why.strip()
        self.does(bool(done or allowed), self.fresh().reopen, self.person("manager"), why)
        self.book.state = "reopened" if allowed else self.book.state

    @rule(text=reason)
    def add_note(self, text):
        allowed = self.book.state == "closed" and text.strip()
        self.does(bool(allowed), self.fresh().add_addendum, self.person("rep"), text)

    # What holds after each

    @invariant()
    def stands_as_the_book_says(self):
        review, book = self.fresh(), self.book
        assert review.state == book.state
        assert (review.depth, review.visibility) == (book.depth, book.visibility)
        assert self.names(review.persons.values_list("user", flat=True)) == book.on_it
        assert self.names([review.facilitator_id]) == ({book.facilitator} - {None})
        assert (review.closed_at is not None) == (book.state == "closed")

    @invariant()
    def events_stand_as_the_book_says(self):
        for row in FailureEvent.everything.filter(review=self.review).prefetch_related("codings", "half_readings"):
            mine = self.book.events[row.pk]
            assert (row.category, row.verdict) == (mine.settled or ("", ""))
            stands = (row.causal_role, row.is_settled, row.disputed_at is not None, row.asked_again)
            assert stands == (mine.role, mine.settled is not None, mine.disputed, mine.asked_again)
            assert (row.finding_id is not None, row.merged_into_id) == (mine.in_finding, mine.behind)
            assert row.readings == len(mine.readings)
            said = {(one.coder_id, one.category, one.verdict) for one in row.codings.all()}
            assert said == {(self.person(name).pk, *told) for name, told in mine.readings.items()}
            halves = {(one.reader_id, one.category, one.verdict) for one in row.half_readings.all()}
            assert halves == {(self.person(name).pk, *told) for name, told in mine.halves.items()}

    @invariant()
    def no_state_that_cannot_be(self):
        for event in self.book.counted():
            assert not event.in_finding or event.may_feed
            assert not (event.settled and event.disputed)
            if self.book.is_open and not event.settled and not event.disputed:
                assert event.asked_again or len(event.readings) < self.book.readers_needed()
        if self.book.state == "closed":
            assert self.book.counted() and not any(event.is_loose for event in self.book.counted())


@pytest.fixture
def translated(monkeypatch):
    """Every sentence that went through gettext is marked."""
    translation.gettext("loaded")
    monkeypatch.setattr(_trans, "gettext", lambda message: f"«{message}»")
    monkeypatch.setattr(_trans, "pgettext", lambda _context, message: f"«{message}»")


def test_no_verbs_in_any_order_reach_what_is_not_allowed(cast, translated):
    Life.cast = cast
    run_state_machine_as_test(Life, settings=settings(max_examples=20, stateful_step_count=25, deadline=None))


def test_the_owner_of_the_deal_is_who_the_book_says(cast):
    assert testing.review(cast).owner == getattr(cast, OWNER)
