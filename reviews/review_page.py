"""What one review's page shows, read in a fixed number of queries."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.text import Truncator

from failforward.accounts.models import User
from failforward.history.models import Change
from reviews import capture, coding, permissions
from reviews.models import Activity, Coding, FailureEvent, Finding, Review
from reviews.sorting import reading_of

OFFERED = 30
CONTACTS = 5
CHANGES = 50


@dataclass
class Page:
    review: Review
    user: User
    events: list[FailureEvent]
    open_event: FailureEvent | None
    waiting: int

    @property
    def settled(self) -> int:
        return sum(event.is_settled for event in self.events)

    @cached_property
    def readers_needed(self) -> int:
        return coding.readers_needed(self.review)

    @cached_property
    def other_readers(self) -> list[User]:
        return coding.other_readers(self.open_event, self.user)

    @property
    def other_reader_names(self) -> str:
        return ", ".join(user.first_name for user in self.other_readers[:3])

    @cached_property
    def own_reading(self) -> tuple[str, str]:
        return reading_of(self.open_event, self.user)

    @cached_property
    def may_join(self) -> bool:
        """With two readers a weakness is chosen after both have read, so that the choice tells nothing."""
        may = permissions.leads_review(self.user, self.review)
        return may and (self.open_event.is_settled or self.readers_needed == 1)

    @cached_property
    def may_edit(self) -> bool:
        return permissions.can_edit_event(self.user, self.open_event)

    @cached_property
    def findings(self) -> list[Finding]:
        """The team's weaknesses, those of the event's category first, the one it is in always among them."""
        event = self.open_event
        own = list(Finding.objects.filter(pk=event.finding_id)) if event.finding_id else []
        team = Finding.objects.filter(team=self.review.team_id).exclude(pk=event.finding_id).order_by("-pk")
        category = event.category or self.own_reading[0]
        same = list(team.filter(category=category)[:OFFERED]) if category else []
        others = list(team.exclude(category=category)[: OFFERED - len(same)])
        return own + same + others

    @cached_property
    def contacts(self) -> list[Activity]:
        return list(self.review.deal.activities.order_by("-happened_on", "-pk")[:CONTACTS])

    @cached_property
    def addenda(self) -> list:
        return list(self.review.addenda.select_related("by"))

    @cached_property
    def changes(self) -> list[Change]:
        """Newest first; a change of an event says which event. What was done without a name stands at the beginning
        of its day, because its place among the others would tell its hour."""
        names = {event.pk: Truncator(event.what).chars(45) for event in self.events}
        rows = list(Change.objects.about_any([self.review, *self.events])[:CHANGES])
        rows.sort(key=lambda row: row.at, reverse=True)
        for row in rows:
            row.thing = names.get(row.subject_id, "") if row.subject == FailureEvent._meta.label_lower else ""
        return rows

    @cached_property
    def persons(self) -> list:
        return sorted(self.review.persons.all(), key=lambda person: person.user.name)

    @property
    def names(self) -> list[str]:
        return [person.user.name for person in self.persons]

    @cached_property
    def why_not_ask(self) -> str:
        return capture.why_not(self.review)

    @cached_property
    def was_asked(self) -> bool:
        return capture.was_asked(self.review)


def page_of(review: Review, user: User, chosen: str = "") -> Page:
    """`chosen` is the id of the event to open; without one it is the first that waits for this reader."""
    events = list(review.events.in_order().select_related("finding", "author"))
    read = set(Coding.objects.filter(event__in=events, coder=user.pk).values_list("event", flat=True))
    for event in events:
        event.review = review
        event.read_by_me = event.pk in read
    waiting = [event for event in events if waits(event)]
    return Page(review, user, events, event_to_open(events, waiting, review, user, chosen), len(waiting))


def waits(event: FailureEvent) -> bool:
    """For the person in front of the page: it is not judged, or not read by them."""
    if event.is_settled or event.disputed_at:
        return False
    return not event.causal_role or not event.read_by_me


def event_to_open(
    events: list[FailureEvent], waiting: list[FailureEvent], review: Review, user: User, chosen: str
) -> FailureEvent | None:
    if not permissions.can_edit_review(user, review):
        return None
    for event in events:
        if str(event.pk) == chosen:
            return event
    return waiting[0] if waiting and not chosen else None
