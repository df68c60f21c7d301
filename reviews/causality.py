"""What was found out about events that count: whether wins had it too, and why it happened. One query for a page."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.base_rate import BaseRate
from reviews.models import Comparison, FailureEvent, Why
from reviews.models.comparison import ANSWERS
from reviews.models.why import Kind


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


def add_causality(events: Iterable[FailureEvent]) -> None:
    """Sets `base_rate` and `why_counts` on each. Nothing is asked where none counts."""
    events = list(events)
    counts = counts_of([event.pk for event in events if event.counts])
    for event in events:
        said = counts[event.pk]
        event.base_rate = BaseRate(*(said[code] for code in ANSWERS))
        event.why_counts = Whys(*(said[code] for code in ("shown", "assumed", "escape", "asking")))


def counts_of(pks: list[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    if not pks:
        return found
    compared = Comparison.objects.told().filter(event__in=pks)
    whys = Why.objects.standing().filter(event__in=pks)
    below = Why.objects.standing().filter(parent=OuterRef("pk"))
    asking = whys.filter(~Exists(below), ends_in_person=True, aside_because="")
    code = Case(
        When(Q(kind=Kind.ESCAPE), then=Value("escape")),
        When(assumed=True, then=Value("assumed")),
        default=Value("shown"),
        output_field=CharField(),
    )
    rows = number(compared.values_list("event", "present")).union(
        number(whys.annotate(code=code).values_list("event", "code")),
        number(asking.annotate(code=Value("asking", CharField())).values_list("event", "code")),
        all=True,
    )
    for event, what, times in rows:
        found[event][what] = times
    return found


def number(rows):
    return rows.order_by().annotate(times=Count("pk"))
