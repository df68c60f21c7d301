"""What losses cost and what each weakness bears of it: reads rows, and lets `reviews.cost` reckon."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Upper

from failforward.accounts.models import Team
from failforward.money import about
from failforward.prepared import prepared
from reviews import cost
from reviews.cost import Chance, Direct, LossCost
from reviews.models import Deal, FailureEvent, Finding, Outcome, Review, Verdict
from reviews.models.deal import LOSSES
from reviews.models.direct_cost import PARTS
from reviews.priorities import Priority

# Own deals of the last two years tell the chance at a stage; a year is what "per year" means.
TWO_YEARS, YEAR = timedelta(days=730), timedelta(days=365)
# The newest losses behind a finding; older ones are not of this year and change no priority.
MOST_LOSSES = 500
# A review's page names so many events beside their shares; more are counted by weight.
SHOWN = 5


class Rates:
    """Each team's own deals, counted once for a page."""

    def __init__(self, teams: Iterable[int], today: date) -> None:
        self.won, self.lost = defaultdict(int), defaultdict(lambda: defaultdict(int))
        for team, outcome, stage, number in decided(*sorted(teams), today=today):
            if outcome == Outcome.WON:
                self.won[team] += number
            else:
                self.lost[team][stage] += number

    def cost_of(self, review: Review) -> LossCost:
        return cost_of(review, self.lost[review.team_id], self.won[review.team_id])


@prepared
def decided(*teams: int, today: date) -> QuerySet[Deal]:
    rows = Deal.objects.filter(team__in=teams, sort_on__gte=today - TWO_YEARS, outcome__in=[Outcome.WON, *LOSSES])
    return rows.order_by().values_list("team", "outcome", "stage_at_loss").annotate(number=Count("pk"))


def with_decided(reviews: QuerySet[Review], today: date) -> QuerySet[Review]:
    """With the own deals of one review's team, won and lost at its stage, in the query that reads it."""
    own = Deal.objects.filter(team=OuterRef("team"), sort_on__gte=today - TWO_YEARS).order_by().values("team")
    here = own.alias(at=Upper("stage_at_loss")).filter(at=Upper(OuterRef("deal__stage_at_loss")), outcome__in=LOSSES)
    return reviews.annotate(deals_won=counted(own.filter(outcome=Outcome.WON)), deals_lost_here=counted(here))


def counted(deals: QuerySet[Deal]) -> Coalesce:
    return Coalesce(Subquery(deals.annotate(number=Count("pk")).values("number")), 0)


def cost_of(review: Review, lost: Mapping[str, int], won: int) -> LossCost:
    """The review is read with its deal, its team and what was spent on it."""
    return cost_with(review, cost.chance_at(review.deal.stage_at_loss, review.team.stage_chances, lost, won))


def cost_with(review: Review, chance: Chance | None) -> LossCost:
    deal = review.deal
    value, value_from = cost.value_of(deal.amount_minor, deal.list_price_minor)
    return LossCost(deal.currency, value, value_from, chance, direct_of(review))


def direct_of(review: Review) -> Direct:
    stated = getattr(review, "direct_cost", None)
    return stated.as_direct if stated else Direct()


def weight_of(event: "FailureEvent | Bearing", team: Team) -> int:
    if event.verdict != Verdict.SYSTEMIC:
        return 0
    return {cost.CAUSED: team.caused_weight, cost.CONTRIBUTED: team.contributed_weight}.get(event.causal_role, 0)


@dataclass(frozen=True)
class Part:
    """What one systemic event bears of a loss."""

    event: "FailureEvent | Bearing"
    weight: int
    minor: int


@dataclass(frozen=True)
class Shared:
    loss: LossCost
    parts: list[Part]

    @property
    def weights(self) -> int:
        return sum(part.weight for part in self.parts)

    @property
    def shown(self) -> list[Part]:
        return self.parts if len(self.parts) <= SHOWN else []

    @property
    def others(self) -> list[tuple[int, int, int]]:
        """Of more events than are named: weight, how many, and what they bear together."""
        found: dict[int, list[int]] = defaultdict(list)
        for part in self.parts if len(self.parts) > SHOWN else []:
            found[part.weight].append(part.minor)
        return [(weight, len(minors), sum(minors)) for weight, minors in sorted(found.items(), reverse=True)]


def shared_out(review: Review, events: Iterable[FailureEvent]) -> Shared:
    """For the page of one review, which is read `with_decided`."""
    loss = cost_of(review, {review.deal.stage_at_loss: review.deals_lost_here}, review.deals_won)
    return Shared(loss, parts_of(review, loss, events))


def parts_of(review: Review, loss: LossCost, events: "Iterable[FailureEvent | Bearing]") -> list[Part]:
    # In the same order wherever it is reckoned, as that decides who bears the last unit.
    bearing = [(event, weight_of(event, review.team)) for event in sorted(events, key=lambda event: event.uuid)]
    bearing = [(event, weight) for event, weight in bearing if weight]
    dealt = cost.shares(loss.total_minor or 0, [weight for _, weight in bearing])
    return [Part(event, weight, minor) for (event, weight), minor in zip(bearing, dealt, strict=True)]


@dataclass
class Borne:
    """What a finding bears in one currency of `losses`: in all, and of those of the last year."""

    currency: str
    minor: int = 0
    lost_minor: int = 0
    losses: int = 0
    estimate_minor: int = 0
    priority: Priority | None = None

    @property
    def year_minor(self) -> int:
        return self.lost_minor + self.estimate_minor

    @property
    def year_told(self) -> int:
        """As its two parts are told, without cents, so that they add up to it."""
        return about(self.lost_minor, self.currency) + about(self.estimate_minor, self.currency)


@dataclass
class FindingCost:
    """Standard reviews only, the same for everybody. Of `not_stated` losses nobody knows the cost; in `no_part` it had
    no part, as far as anybody said."""

    borne: list[Borne] = field(default_factory=list)
    not_stated: int = 0
    no_part: int = 0


def cost_of_finding(finding: Finding, today: date) -> FindingCost:
    """Three queries, whatever the number of losses. The estimate joins what is borne in the team's currency, a year."""
    losses = losses_behind(finding)
    rates = Rates({review.team_id for review, _events in losses}, today) if losses else None
    found, by_currency = FindingCost(), {}
    if finding.estimate_minor is not None:
        currency = finding.team.currency
        by_currency[currency] = Borne(currency, estimate_minor=finding.estimate_minor)
    for review, events in losses:
        loss = rates.cost_of(review)
        mine = [part for part in parts_of(review, loss, events) if part.event.finding_id == finding.pk]
        if not mine or loss.total_minor is None:
            found.no_part += not mine
            found.not_stated += bool(mine)
            continue
        bears = sum(part.minor for part in mine)
        borne = by_currency.setdefault(loss.currency, Borne(loss.currency))
        borne.minor += bears
        borne.losses += 1
        if review.lost_on > today - YEAR:
            borne.lost_minor += bears
    for borne in by_currency.values():
        borne.priority = Priority(borne.year_minor, finding.confidence, finding.effort_days, borne.currency)
    found.borne = sorted(by_currency.values(), key=lambda borne: borne.currency)
    return found


def losses_behind(finding: Finding) -> list[tuple[Review, list["Bearing"]]]:
    """The newest losses that feed it, each with all of its systemic events."""
    events = defaultdict(list)
    for row in events_behind(finding.pk):
        events[row[0]].append(Bearing(*row[1:]))
    return [(review, events[review.pk]) for review in reviews_behind(finding.pk)]


class Bearing(NamedTuple):
    """What is asked of an event to say what it bears."""

    uuid: UUID
    verdict: str
    causal_role: str
    finding_id: int | None


# What a loss costs: whole rows of four tables take four times as long.
WEIGHED = ["lost_on", "team"]
WEIGHED += [f"deal__{name}" for name in ("currency", "amount_minor", "list_price_minor", "stage_at_loss")]
WEIGHED += [f"team__{name}" for name in ("stage_chances", "caused_weight", "contributed_weight")]
WEIGHED += [f"direct_cost__{name}" for name in PARTS]


@prepared
def reviews_behind(finding: int) -> QuerySet[Review]:
    newest = newest_fed_by(finding).select_related("deal", "team", "direct_cost")
    return newest.only(*WEIGHED)[:MOST_LOSSES]


@prepared
def events_behind(finding: int) -> QuerySet[FailureEvent]:
    mine = Q(verdict=Verdict.SYSTEMIC) | Q(finding=finding)
    rows = FailureEvent.objects.filter(mine, review__in=newest_fed_by(finding)[:MOST_LOSSES])
    return rows.order_by("pk").values_list("review", *Bearing._fields)


def newest_fed_by(finding: int) -> QuerySet[Review]:
    fed = FailureEvent.objects.filter(finding=finding).values("review")
    reviews = Review.objects.standard().filter(pk__in=fed, kind=Review.Kind.LOST_DEAL)
    return reviews.order_by("-lost_on", "-pk")
