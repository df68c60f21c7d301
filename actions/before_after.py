"""Is a weakness seen less often since a fix? Its events per reviewed loss before and after, counted from the reviews.

Counted are losses whose review is standard and sorted through, of the finding's team and the teams below it, by the day
of the loss; a loss counts once, however often it shows the weakness. Before the fix, losses are left out that show it
only in events that were known when the finding was opened: without them there would be no finding, and counting them
would make every fix look good. Looked at are two years before the fix.
"""

import math
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.formats import date_format

from actions import effect
from actions.effect import EFFECTIVE, INCONCLUSIVE, INEFFECTIVE, RateRatio
from failforward.accounts.models import Team
from failforward.working_days import local_date
from reviews.models import FailureEvent, Finding, Review
from reviews.models.review_state import State as ReviewState

if TYPE_CHECKING:
    from actions.models import ActionItem, EffectivenessCheck

# Every event of these is sorted. Closed ones alone would not do: losses without a weakness are closed sooner.
SORTED = [ReviewState.ACTING, ReviewState.CLOSED, ReviewState.REOPENED]
LOOK_BACK = timedelta(730)


class Seen(NamedTuple):
    """In how many losses the weakness was seen, and how many were reviewed."""

    events: int
    losses: int


@dataclass(frozen=True)
class Compared:
    """`ratio` is None while there is nothing to compare on one of the two sides."""

    finding: Finding
    fixed_on: date
    before: Seen
    after: Seen
    ratio: RateRatio | None = field(init=False)

    def __post_init__(self) -> None:
        both = self.before.losses and self.after.losses
        object.__setattr__(self, "ratio", effect.rate_ratio(*self.before, *self.after) if both else None)

    @property
    def verdict(self) -> str:
        return self.ratio.verdict if self.ratio else INCONCLUSIVE

    @property
    def more_losses(self) -> int | None:
        """About how many more reviewed losses would tell, if it goes on as it does; None where counting never would."""
        if self.verdict != INCONCLUSIVE or not self.before.losses:
            return None
        worse = self.ratio is not None and self.ratio.ratio is not None and self.ratio.ratio >= 1
        if worse:
            enough = self.ratio.needed
        else:
            enough = effect.quiet_needed(*self.before, seen_after=self.after.events)
        return max(1, math.ceil(enough - self.after.losses)) if enough < math.inf else None


def reviewed_losses() -> QuerySet[Review]:
    return Review.objects.standard().filter(kind=Review.Kind.LOST_DEAL, state__in=SORTED)


def losses_since(day: F | OuterRef | date, team_path: OuterRef | str) -> Coalesce:
    """As a column: how many losses from that day on were reviewed."""
    found = reviewed_losses().filter(lost_on__gte=day, team__path__startswith=team_path).order_by()
    # Counted over no column, so that it is one number and not one a row.
    number = found.annotate(one=Coalesce(F("pk") * 0, 0)).values("one").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def losses_reviewed_since(check: "EffectivenessCheck") -> int:
    team = check.action.team
    return reviewed_losses().filter(lost_on__gte=check.fixed_on, team__path__startswith=team.path).count()


def compared(action: "ActionItem", fixed_on: date, today: date) -> list[Compared]:
    """One for each finding of the action: three queries, however many there are."""
    findings = list(action.findings.select_related("team").order_by("pk"))
    begin = fixed_on - LOOK_BACK
    events = events_of(findings, begin, today)
    counts = counts_of(findings, begin, fixed_on, today)
    return [compare(finding, fixed_on, events.get(finding.pk, {}), counts[finding.pk]) for finding in findings]


def verdict_of(found: list[Compared]) -> str:
    """Of all findings of an action together: as bad as the worst."""
    verdicts = {one.verdict for one in found}
    if INEFFECTIVE in verdicts:
        return INEFFECTIVE
    return EFFECTIVE if verdicts == {EFFECTIVE} else INCONCLUSIVE


class Shown(NamedTuple):
    """One loss that shows the weakness: its day, and when the first and the last of its events were written down."""

    lost_on: date
    written: list[date]


def events_of(findings: list[Finding], begin: date, today: date) -> dict[int, dict[int, Shown]]:
    """By finding and review."""
    rows = FailureEvent.objects.filter(
        finding__in=findings, review__in=reviewed_losses().filter(lost_on__gte=begin, lost_on__lte=today)
    )
    paths = {finding.pk: finding.team.path for finding in findings}
    found: dict[int, dict[int, Shown]] = {}
    columns = ("finding", "review", "review__lost_on", "created_on", "review__team__path")
    for finding, review, lost_on, written, path in rows.order_by().values_list(*columns):
        if path.startswith(paths[finding]):
            found.setdefault(finding, {}).setdefault(review, Shown(lost_on, [])).written.append(written)
    return found


def counts_of(findings: list[Finding], begin: date, fixed_on: date, today: date) -> dict[int, tuple[int, int]]:
    """Reviewed losses before and after the fix, by finding."""
    asked = {}
    for finding in findings:
        mine = Q(team__path__startswith=finding.team.path)
        asked[f"before_{finding.pk}"] = Count("pk", filter=mine & Q(lost_on__lt=fixed_on))
        asked[f"after_{finding.pk}"] = Count("pk", filter=mine & Q(lost_on__gte=fixed_on))
    counted = reviewed_losses().filter(lost_on__gte=begin, lost_on__lte=today).order_by().aggregate(**asked)
    return {one.pk: (counted[f"before_{one.pk}"], counted[f"after_{one.pk}"]) for one in findings}


def compare(finding: Finding, fixed_on: date, shown: dict[int, Shown], counts: tuple[int, int]) -> Compared:
    opened_on = day_of(finding.opened_at, finding.team)
    earlier = [one for one in shown.values() if one.lost_on < fixed_on]
    opening = [one for one in earlier if max(one.written) <= opened_on]
    before = Seen(len(earlier) - len(opening), counts[0] - len(opening))
    return Compared(finding, fixed_on, before, Seen(len(shown) - len(earlier), counts[1]))


def day_of(moment: datetime, team: Team) -> date:
    return local_date(moment, team.time_zone)


def day(value: date | None) -> str:
    return date_format(value, "D j M Y") if value else ""
