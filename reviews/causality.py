"""What was found out about events that count: whether wins had it too, and why it happened."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import IntegerField
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from failforward.prepared import prepared
from reviews.base_rate import BaseRate
from reviews.models import FailureEvent
from reviews.models.event import EventQuerySet


@dataclass(frozen=True)
class Whys:
    """How many answers there are, how many of them are assumed, how many chains still ask on."""

    shown: int = 0
    assumed: int = 0
    escapes: int = 0
    asking: int = 0

    def __bool__(self) -> bool:
        return bool(self.shown or self.assumed or self.escapes)

    @property
    def in_words(self) -> str:
        number, parts = self.shown + self.assumed, []
        if number:
            parts.append(ngettext("one why", "%(n)s whys", number) % {"n": number})
        if self.assumed:
            parts.append(ngettext("one assumed", "%(n)s assumed", self.assumed) % {"n": self.assumed})
        if self.escapes:
            parts.append(_("why it was not noticed sooner"))
        if self.asking:
            parts.append(ngettext("one question open", "%(n)s questions open", self.asking) % {"n": self.asking})
        return ", ".join(parts)


WINS = "SELECT COUNT(*) FROM reviews_comparison WHERE event_id = reviews_failureevent.id AND present = "
WHYS = "SELECT COUNT(*) FROM reviews_why AS said WHERE event_id = reviews_failureevent.id AND out_with_id IS NULL AND "
ANSWERED = "SELECT 1 FROM reviews_why AS below WHERE below.parent_id = said.id AND below.out_with_id IS NULL"
# By hand: made by the ORM, seven counts take longer to write than to run.
BASE_RATE = {"present": f"{WINS} 'yes'", "absent": f"{WINS} 'no'", "unknown": f"{WINS} 'unknown'"}
WHY_COUNTS = {
    "shown": f"{WHYS} kind = 'why' AND NOT assumed",
    "assumed": f"{WHYS} kind = 'why' AND assumed",
    "escapes": f"{WHYS} kind = 'escape'",
    "asking": f"{WHYS} ends_in_person AND aside_because = '' AND NOT EXISTS ({ANSWERED})",
}
COUNTS = {f"n_{name}": sql for name, sql in (BASE_RATE | WHY_COUNTS).items()}
COUNTED = list(COUNTS)


def with_causality(events: EventQuerySet) -> EventQuerySet:
    """Counted in the query that reads them; `tell` says it of each."""
    return events.annotate(**{name: RawSQL(f"({sql})", [], IntegerField()) for name, sql in COUNTS.items()})


def tell(event: FailureEvent, counted: FailureEvent | None = None) -> None:
    """Sets `base_rate` and `why_counts`, where something was counted with the event or with its like."""
    counted = counted or event
    if not any(getattr(counted, name) for name in COUNTED):
        return
    event.base_rate = BaseRate(**{name: getattr(counted, f"n_{name}") for name in BASE_RATE})
    event.why_counts = Whys(**{name: getattr(counted, f"n_{name}") for name in WHY_COUNTS})


def add_causality(events: Iterable[FailureEvent]) -> None:
    """The same of events that were read already, by one query; none where none counts."""
    counting = {event.pk: event for event in events if event.counts}
    if counting:
        for counted in counted_of(*counting):
            tell(counting[counted.pk], counted)


@prepared
def counted_of(*events: int) -> EventQuerySet:
    return with_causality(FailureEvent.objects.filter(pk__in=events)).only("pk")
