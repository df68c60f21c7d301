"""What one review's page shows, read in a fixed number of queries."""

from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest

from failforward.accounts.models import User
from failforward.history.models import Change
from failforward.history.pages import history_of
from failforward.prepared import prepared
from failforward.templatetags.ui import shortened
from reviews import capture, permissions, readers
from reviews.homes import Home, homes_of
from reviews.models import Activity, Debrief, FailureEvent, Finding, LooseEnd, OwnPart, Review
from reviews.models.finding_state import UNFIXED, State
from reviews.models.review_state import State as Stage
from reviews.review_log import LogEvent, read_log

OFFERED = 30
MOST_HOMES = 2


@dataclass
class Page:
    review: Review
    user: User
    events: list[LogEvent]
    open_event: FailureEvent | None
    waiting: int
    # The weakness that a form names, offered however old it is.
    named: int = 0

    @cached_property
    def icons_drawn(self) -> dict[str, str]:
        return {}

    @property
    def settled(self) -> int:
        return sum(event.is_settled for event in self.events)

    @property
    def events_before(self) -> list[LogEvent]:
        return self.events[: self.place_of_open]

    @property
    def events_after(self) -> list[LogEvent]:
        return self.events[self.place_of_open + 1 :]

    @cached_property
    def place_of_open(self) -> int:
        places = {event.pk: place for place, event in enumerate(self.events)}
        return places[self.open_event.pk] if self.open_event else len(self.events)

    @cached_property
    def asked_to_read(self) -> int:
        return self.review.readers_needed()

    @cached_property
    def readers_needed(self) -> int:
        return readers.readers_needed_for(self.review, self.asked_to_read)

    @cached_property
    def other_readers(self) -> list[User]:
        coded = self.open_event.read_by if self.open_event.readings else []
        return coded or readers.on_it_besides(self.review, self.user)

    @property
    def other_reader_names(self) -> str:
        return ", ".join(user.first_name for user in self.other_readers[:3])

    @property
    def own_reading(self) -> tuple[str, str]:
        """What the person in front of the page has said of the open event, or two empty words."""
        return self.open_event.own_category or "", self.open_event.own_verdict or ""

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
        """The team's weaknesses: the one the event is in, then those of its category, then the newest others."""
        event = self.open_event
        category = event.category or self.own_reading[0]
        return offered(self.review.team_id, event.finding_id or 0, self.named, category=category)

    @property
    def homes(self) -> list[Home]:
        """The likest of those offered, by their own words alone; `homes.homes_for` looks further."""
        event = self.open_event
        others = [one for one in self.findings if one.pk != event.finding_id and one.state in UNFIXED]
        return homes_of(event.what, event.category or self.own_reading[0], others)[:MOST_HOMES]

    @property
    def contacts(self) -> list[Activity]:
        return self.review.contacts_read

    @property
    def addenda(self) -> list:
        return self.review.addenda_read

    @cached_property
    def loose_ends(self) -> list[LooseEnd]:
        return self.review.ends_read

    @property
    def thanked(self) -> list:
        return [person for person in self.persons if person.thanked_at]

    @property
    def to_thank(self) -> list:
        """For whom words wait; one's own are somebody else's to send."""
        waiting = [person for person in self.persons if person.thanked_for and not person.thanked_at]
        return [person for person in waiting if person.user_id != self.user.pk]

    @property
    def asked_to_thank(self) -> str:
        """The name, as the history of the review tells it."""
        asked = Change.objects.about(self.review).filter(verb="thanks_asked").order_by("-at", "-pk").first()
        return asked.details.get("person", "") if asked else ""

    @cached_property
    def persons(self) -> list:
        return sorted(self.review.crew, key=lambda person: person.user.name)

    @property
    def names(self) -> list[str]:
        return [person.user.name for person in self.persons]

    @cached_property
    def hears_all(self) -> bool:
        return permissions.hears_all(self.user, self.review)

    @property
    def asked_to_tell(self) -> list:
        """All but whoever facilitates: they hear all from the beginning, and are not asked."""
        return [person for person in self.review.crew if person.user_id != self.review.facilitator_id]

    @property
    def told(self) -> int:
        return sum(person.has_told for person in self.asked_to_tell)

    @property
    def debriefs(self) -> list[Debrief]:
        return self.review.debriefs_read

    @cached_property
    def own_parts(self) -> list[OwnPart]:
        """One's own, and what the others shared."""
        return self.review.own_parts_read

    @property
    def own_part(self) -> OwnPart | None:
        return next((part for part in self.own_parts if part.author_id == self.user.pk), None)

    @property
    def asks_own_part(self) -> bool:
        """First of all, and until they have said that they told everything."""
        if self.review.depth != Review.Depth.FULL or self.own_part:
            return False
        return any(person.user_id == self.user.pk and not person.has_told for person in self.review.crew)

    @property
    def begins(self) -> bool:
        """A full review that is being told; a hand-off has an order of its own."""
        return self.is_at(Stage.GATHERING) and self.review.kind != Review.Kind.HAND_OFF

    def is_at(self, stage: Stage) -> bool:
        return (self.review.depth, self.review.state) == (Review.Depth.FULL, stage)

    @property
    def own_part_is_late(self) -> bool:
        return not self.is_at(Stage.GATHERING) and not self.own_part

    @property
    def closes_later(self) -> bool:
        """Closing is one line until events are read, unless somebody has begun with it."""
        is_far = self.begins or self.is_at(Stage.CAUSALITY)
        return is_far and not (self.review.lesson or self.loose_ends)

    @property
    def shared_parts(self) -> list[OwnPart]:
        return [part for part in self.own_parts if part.is_shared] if self.hears_all else []

    @cached_property
    def why_not_ask(self) -> str:
        return capture.why_not(self.review)


def page_of(review: Review, user: User, chosen: str = "") -> Page:
    """`chosen` is the id of the event to open; without one it is the first that waits for this reader."""
    hears_all = permissions.hears_all(user, review)
    events = read_log(review, user, hears_all=hears_all)
    waiting = [event for event in events if waits(event)]
    opened = event_to_open(events, waiting, review, user, chosen)
    return Page(review, user, events, opened.to_change() if opened else None, len(waiting))


@prepared
def offered(team: int, chosen: int, named: int, *, category: str) -> QuerySet[Finding]:
    first = When(pk__in=[chosen, named], then=Value(0))
    near = Case(first, When(category=category, then=Value(1)), default=Value(2))
    of_team = Q(team=team) & ~Q(state=State.MERGED)
    findings = Finding.objects.filter(of_team | Q(pk=chosen)).order_by(near, "-pk")
    return findings.only("title", "category", "description", "state")[:OFFERED]


def waits(event: LogEvent) -> bool:
    """For the person in front of the page: it is not judged, or not read by them."""
    if event.is_settled or event.disputed_at:
        return False
    return not event.causal_role or event.own_category is None


def event_to_open(
    events: list[LogEvent], waiting: list[LogEvent], review: Review, user: User, chosen: str
) -> LogEvent | None:
    if not (permissions.can_edit_review(user, review) and permissions.hears_all(user, review)):
        return None
    for event in events:
        if str(event.pk) == chosen:
            return event
    return waiting[0] if waiting and not chosen else None


def changes_of(request: HttpRequest, page: Page) -> list[Change] | None:
    """Newest first; a change of an event says which event. What was done without a name stands at the beginning of
    its day, because its place among the others would tell its hour."""
    rows = history_of(request, chain([page.review], (FailureEvent(pk=event.pk) for event in page.events)))
    if rows is None:
        return None
    names = {event.pk: shortened(event.what, 45) for event in page.events}
    for row in rows:
        row.thing = names.get(row.subject_id, "") if row.subject == FailureEvent._meta.label_lower else ""
    return sorted(rows, key=lambda row: row.at, reverse=True)
