"""A page of one thing costs the same however much hangs on it: ten queries, session and person included, and 60 KB."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions.models import (
    ActionFinding,
    ActionHelper,
    ActionItem,
    Answer,
    Dependency,
    Drop,
    EffectivenessCheck,
    EvidenceFile,
    FollowUp,
    Milestone,
    Partner,
    Recurrence,
    SilenceStep,
    SponsorRequest,
    Step,
    Update,
)
from failforward import testing
from failforward.accounts.models import Absence
from failforward.history.models import record
from failforward.inbound.models import InboundMail
from failforward.outbox.models import Mail
from failforward.testing import NOW, TODAY, Cast
from reviews.models import Activity, Coding, Debrief, OwnPart

QUERIES, BYTES = 10, 60_000
MANY, ACTIONS, PEOPLE = 50, 20, 5
# Fifty events and, when asked for, fifty changes of them.
MORE_BYTES = {"review, its history": 70_000}
SETTLED = {"causal_role": "caused", "category": "planning", "verdict": "systemic", "settled_at": NOW, "readings": 1}


class World:
    """One of each thing, on which more and more hangs."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        on_it = (cast.manager, cast.rep)
        self.review = testing.review(cast, people=on_it, facilitator=cast.manager, state="coding")
        self.sorted = testing.review(cast, people=on_it, facilitator=cast.manager, state="acting")
        self.full = testing.review(cast, people=on_it, facilitator=cast.rep, depth="full")
        self.full.finish_telling(cast.manager)
        self.finding = testing.finding(cast)
        self.list = testing.action_list(cast, sponsor=cast.sponsor)
        self.action = testing.action(cast, action_list=self.list, done_criterion="Not seen again", state="in_progress")
        ActionFinding.objects.create(action=self.action, finding=self.finding)
        self.commitment = testing.commitment(cast, action_list=self.list)
        self.talk = testing.talk(cast)
        self.event = testing.event(self.review, causal_role="caused")
        self.disputed = testing.event(self.review, causal_role="caused", disputed_at=NOW, readings=2)
        for coder, verdict in [(cast.rep, "systemic"), (cast.manager, "one_off")]:
            reading = {"category": "planning", "verdict": verdict, "submitted_at": NOW}
            Coding.objects.create(event=self.disputed, coder=coder, **reading)
        self.number = 0

    def grow(self) -> None:
        """One event and one contact more; of the rest there are fewer in the biggest of reviews."""
        cast, self.number = self.cast, self.number + 1
        day = TODAY + dt.timedelta(days=self.number)
        said = {"what": f"The quote came late, for the {self.number}th time.", "source": "the CRM", "author": cast.rep}
        testing.event(self.review, **said, causal_role="caused" if self.number % 2 else "")
        testing.event(self.full, **said)
        record(testing.event(self.sorted, **said, **SETTLED, finding=self.finding), "edited", cast.rep)
        contact = {"direction": "in", "happened_on": TODAY, "subject": "They asked again", "by": cast.rep}
        Activity.objects.create(deal=self.review.deal, **contact)
        if self.number <= PEOPLE:
            person = testing.person(f"P{self.number} Extra", cast.north)
            self.full.add_person(cast.manager, person)
            OwnPart.write(self.full, person, "I did not ask.").share(person)
            self.review.add_person(cast.manager, person)
            self.list.add_person(cast.manager, person)
        if self.number <= ACTIONS:
            action = testing.action(cast, action_list=self.list, what=f"Try dryer {self.number} before the quote")
            ActionFinding.objects.create(action=action, finding=self.finding)
            self.go_on(action, day)
            self.go_on(self.action, day)
            self.ask_without_answer(testing.commitment(cast, action_list=self.list), day)
            self.agree_in_talk(day)
            asked = {"occurrence": self.number, "due_on": day, "hour": 16, "zone": "Europe/Berlin", "state": "skipped"}
            FollowUp.objects.create(commitment=self.commitment, due_at=NOW + dt.timedelta(days=self.number), **asked)

    def ask_without_answer(self, made, day: dt.date) -> None:
        mail = {"state": "sent", "sent_at": NOW, "due_at": NOW, "next_at": NOW, "recipient": self.cast.rep}
        mail = Mail.objects.create(key=f"asked:{made.pk}", kind="follow_up", **mail)
        asked = {"due_on": day, "hour": 16, "zone": "Europe/Berlin", "mail": mail}
        question = FollowUp.objects.create(commitment=made, due_at=NOW, **asked)
        SilenceStep.take(question, "nudge", self.cast.rep, None, NOW)
        SilenceStep.take(question, "list_owner", self.cast.list_owner, None, NOW)

    def agree_in_talk(self, day: dt.date) -> None:
        made = testing.commitment(self.cast, talk=self.talk, team=None)
        asked = {"due_on": day, "hour": 16, "zone": "Europe/Berlin", "state": "answered"}
        question = FollowUp.objects.create(commitment=made, due_at=NOW, **asked)
        said = {"outcome": "It went", "learned": "To ask", "might_change": "The order"}
        Answer.objects.create(follow_up=question, status="partly", by=self.cast.rep, answered_at=NOW, **said)

    def go_on(self, action, day: dt.date) -> None:
        Step.objects.create(action=action, position=self.number, what="Ask around")
        seen = {"reached_on": TODAY, "seen_by": self.cast.rep} if self.number % 2 else {}
        milestone = Milestone.objects.create(action=action, what="Tried", due_on=day, first_due_on=day, **seen)
        milestone.date_changes.create(from_on=TODAY, to_on=day, reason="Ill", by=self.cast.rep)

    def surround(self) -> None:
        """What comes before the action and after it, who helps, a file for a milestone; and it is to be dropped."""
        cast, number = self.cast, self.number
        first, after = (
            testing.action(cast, action_list=self.list, what=f"{what} {number}") for what in ("Ask", "Tell")
        )
        Dependency.objects.create(action=self.action, waits_for=first)
        Dependency.objects.create(action=after, waits_for=self.action)
        ActionHelper.objects.create(action=self.action, user=testing.person(f"H{number} Helps", cast.north))
        file = {"name": f"quote-{number}.pdf", "kind": "pdf", "size": 9_000, "stored_as": f"{number}", "by": cast.rep}
        EvidenceFile.objects.create(milestone=self.action.milestones.last(), **file)
        Drop.objects.get_or_create(action=self.action, by=cast.rep, asked=cast.manager, reason="In the CRM now")

    def complete(self) -> None:
        """Whatever there may be on the action, the list, the promise and the full review, several of each."""
        for _number in range(2):
            self.grow()
            self.surround()
            self.ask_for_the_action()
            self.ask_on_the_list()
        self.promise_everything()
        self.review_everything()

    def ask_for_the_action(self) -> None:
        """It is blocked and checked; what came of it, what its sponsor is asked, who promised what."""
        cast, day, action = self.cast, TODAY + dt.timedelta(days=self.number), self.action
        told = {"action": action, "by": cast.rep, "on": TODAY, "at": NOW, "question": "Which dryer?", "hill": 3}
        asked = Update.objects.create(text="Asked", **told)
        reached = action.milestones.filter(reached_on__isnull=False).first()
        Update.objects.create(text="It came", learned="The one with a lid", milestone=reached, settles=asked, **told)
        last = action.milestones.last()
        for parent in ({"action": action}, {"milestone": last}, {"step": action.steps.last()}):
            testing.commitment(cast, action_list=self.list, **parent)
        last.date_changes.update(state="asked_for")
        self.ask_the_sponsor(day, action)
        self.check(action)
        on_it = {"blocked_by_person": cast.sponsor, "blocked_by_action": action.dependencies.first().waits_for}
        ActionItem.objects.filter(pk=action.pk).update(state="blocked", blocked_by="the new budget", **on_it)
        action.refresh_from_db()

    def ask_on_the_list(self) -> None:
        """Of its sponsor and its people, one of whom is away and one cannot be reached; a check is due."""
        cast, day = self.cast, timezone.localdate()
        done = {"state": "under_check", "done_criterion": "Not seen", "claimed_done_at": NOW}
        self.check(testing.action(cast, action_list=self.list, **done))
        self.ask_the_sponsor(day)
        silent = testing.commitment(cast, action_list=self.list, person=cast.other_rep)
        mail = {"state": "bounced", "due_at": NOW, "next_at": NOW, "recipient": cast.other_rep}
        mail = Mail.objects.create(key=f"lost:{silent.pk}", kind="follow_up", **mail)
        asked = {"due_on": day, "hour": 16, "zone": "Europe/Berlin", "mail": mail}
        FollowUp.objects.create(commitment=silent, due_at=NOW, **asked)
        away = testing.person(f"A{self.number} Away", cast.north)
        testing.commitment(cast, action_list=self.list, person=away)
        Absence.objects.create(person=away, from_on=day, until_on=day, stand_in=cast.rep)

    def ask_the_sponsor(self, day: dt.date, action: ActionItem | None = None) -> None:
        cast = self.cast
        said = {"state": "agreed", "answer": "Yes", "answered_on": TODAY, "answered_at": NOW}
        asked = {"sponsor": cast.sponsor, "asked_by": cast.list_owner, "asked_on": TODAY, "asked_at": NOW}
        for answer in ({}, said):
            SponsorRequest.objects.create(
                action_list=self.list, action=action, what="Money", needed_by=day, **asked, **answer
            )

    def check(self, action: ActionItem) -> None:
        today = timezone.localdate()
        action.checks.update(state="retired", retired_because="Later", latest=False)
        EffectivenessCheck.objects.create(action=action, checker=self.cast.other_rep, fixed_on=today, due_on=today)

    def promise_everything(self) -> None:
        """On a milestone, one before it and one after it, with partners, a third date asked for, answers that led on,
        replies that changed nothing, a person who is away."""
        cast, made, today = self.cast, self.commitment, timezone.localdate()
        made.previous, made.milestone = testing.commitment(cast), self.action.milestones.last()
        made.save(update_fields=["previous", "milestone"])
        for who, answer in [(cast.sponsor, {"state": "ended", "ended_at": NOW}), (cast.partner, {"state": "agreed"})]:
            partner = Partner.objects.create(commitment=made, person=who, asked_at=NOW, **answer)
            partner.notes.create(text="Well done", at=NOW)
        for state in ("agreed", "asked_for"):
            made.date_changes.create(from_on=TODAY, to_on=TODAY, reason="Ill", by=cast.rep, state=state)
        asked = {"commitment": made, "due_at": NOW, "due_on": TODAY, "hour": 16, "zone": "Europe/Berlin"}
        for number in (100, 101):
            question = FollowUp.objects.create(occurrence=number, state="answered", **asked)
            said = {"by": cast.rep, "answered_at": NOW, "outcome": "It went", "seen_by": cast.list_owner}
            led_to = testing.commitment(cast, previous=made)
            answer = Answer.objects.create(follow_up=question, status="partly", next_commitment=led_to, **said)
            for kind in ("thanks", "read"):
                answer.replies.create(kind=kind, by=cast.manager)
        mail = {"state": "sent", "sent_at": NOW, "due_at": NOW, "next_at": NOW, "recipient": cast.rep}
        mail = Mail.objects.create(key=f"asked:{made.pk}", kind="follow_up", **mail)
        question = FollowUp.objects.create(occurrence=102, next_step_at=NOW, mail=mail, **asked)
        Mail.objects.filter(pk=mail.pk).update(subject_id=question.pk)
        SilenceStep.take(question, "nudge", cast.rep, None, NOW)
        came = {"size": 9, "channel": "pipe", "received_at": NOW, "next_at": NOW, "state": "note", "why": "late"}
        for number in range(2):
            InboundMail.objects.create(sha256=f"{number}", answers=mail, person=cast.rep, text="Late", **came)
        Absence.objects.create(person=cast.rep, from_on=today, until_on=today, stand_in=cast.other_rep)

    def review_everything(self) -> None:
        """Being told, with what the customer said, own parts, loose ends, a note from before it was reopened, lessons
        of deals like it, and something that looks like a weakness that counts as fixed."""
        cast, review = self.cast, self.full
        review.readers_per_event = 2
        first = review.events.in_order().first()
        Coding.objects.create(event=first, coder=cast.rep, category="planning", verdict="systemic", submitted_at=NOW)
        first.causal_role, first.readings = "caused", 1
        first.save(update_fields=["causal_role", "readings"])
        again = testing.event(review, **SETTLED | {"finding": None})
        fixed = testing.finding(cast, state="fixed")
        Recurrence.objects.create(finding=fixed, event=again, proposed_at=NOW)
        testing.event(review, what="Sorted", author=cast.manager, **SETTLED, finding=self.finding)
        for who in ("Ann", "Ben"):
            Debrief.add(review, cast.rep, who=who, said_on=TODAY, channel="phone", reasons=["Price"], today=TODAY)
        OwnPart.write(review, cast.manager, "I did not call.")
        review.settle_ends(cast.rep, ["files", "customer"], NOW)
        review.addenda.create(by=cast.rep, text="They called")
        review.reopened_because = "They called"
        review.save(update_fields=["reopened_because", "readers_per_event"])


PAGES: dict[str, Callable[[World], str]] = {
    "review": lambda world: reverse("review_detail", args=[world.review.pk]),
    "review, full": lambda world: reverse("review_detail", args=[world.full.pk]),
    "board": lambda world: reverse("review_board", args=[world.review.pk]),
    "review, all sorted": lambda world: reverse("review_detail", args=[world.sorted.pk]),
    "review, its history": lambda world: reverse("review_detail", args=[world.sorted.pk]) + "?do=history",
    "event": lambda world: reverse("event_edit", args=[world.event.pk]),
    "reading": lambda world: reverse("coding_event", args=[world.event.pk]),
    "coding": lambda world: reverse("coding"),
    "cards": lambda world: reverse("coding_cards"),
    "verdicts": lambda world: reverse("coding_verdicts") + "?hat=splitter",
    "disputes": lambda world: reverse("coding_disputes"),
    "adjudicate": lambda world: reverse("adjudicate", args=[world.disputed.pk]),
    "deal": lambda world: reverse("deal_detail", args=[world.review.deal_id]),
    "finding": lambda world: reverse("finding_detail", args=[world.finding.pk]),
    "action": lambda world: reverse("action_detail", args=[world.action.pk]),
    "list": lambda world: reverse("list_detail", args=[world.list.pk]),
    "talk": lambda world: reverse("talk_detail", args=[world.talk.pk]),
    "commitment": lambda world: reverse("commitment_detail", args=[world.commitment.pk]),
}


@pytest.fixture
def world(db):
    return World(testing.cast())


@pytest.mark.parametrize("readers", [1, 2])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_one_thing_costs_the_same_for_one_row_and_fifty(client, world, page, readers):
    type(world.cast.north).objects.update(readers_per_event=readers)
    client.force_login(world.cast.manager)
    world.grow()
    one, _size = cost(client, PAGES[page](world))
    for _number in range(MANY - 1):
        world.grow()

    queries, size = cost(client, PAGES[page](world))

    assert len(queries) == len(one), sorted(set(queries) - set(one))
    assert len(queries) <= QUERIES, queries
    assert size <= MORE_BYTES.get(page, BYTES)


def test_the_page_of_an_action_costs_the_same_with_all_that_may_stand_around_it(client, world):
    client.force_login(world.cast.manager)
    world.grow()
    bare, _size = cost(client, PAGES["action"](world))
    for _number in range(PEOPLE):
        world.grow()
        world.surround()

    queries, size = cost(client, PAGES["action"](world))

    assert len(queries) == len(bare), sorted(set(queries) - set(bare))
    assert len(queries) <= QUERIES, queries
    assert size <= BYTES
    around = client.get(PAGES["action"](world)).context["around"]
    assert (len(around.first), len(around.after), len(around.helpers)) == (PEOPLE, PEOPLE, PEOPLE)
    assert (around.drop.by, around.drop.asked) == (world.cast.rep, world.cast.manager)
    page = client.get(PAGES["action"](world)).content.decode()
    assert [page.count(f"quote-{number}.pdf</a>") for number in range(2, PEOPLE + 2)] == [1] * PEOPLE


READ_BY = {
    "action": ["admin", "manager", "rep", "other_rep", "list_owner", "sponsor"],
    "list": ["admin", "manager", "list_owner", "sponsor"],
    "commitment": ["admin", "manager", "rep", "list_owner", "sponsor"],
    "review, full": ["admin", "manager", "rep"],
}


def test_with_all_that_may_be_on_them_pages_ask_no_more_for_whoever_reads_them(client, world):
    world.complete()
    for page, readers in READ_BY.items():
        for who in readers:
            # The history is one more, the same for everybody.
            more = "?do=history" if who == readers[0] else ""
            client.force_login(getattr(world.cast, who))
            queries, _size = asked_for(client, PAGES[page](world) + more)
            assert len(queries) <= QUERIES - (not more), (page, who, queries)


def cost(client, url: str) -> tuple[list[str], int]:
    client.get(url)
    return asked_for(client, url)


def asked_for(client, url: str) -> tuple[list[str], int]:
    with CaptureQueriesContext(connection) as asked:
        response = client.get(url)
    assert response.status_code == 200
    return [query["sql"][:400] for query in asked], len(response.content)
