"""Keeps the sums of failure events and their cost: what a review puts in is told by the difference to what it put in.

Within the transaction of the verb that changes it, through `Review.count_anew`. `reviews.summary_sql` reckons the same
from scratch.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from failforward.accounts.models import Team
from failforward.prepared import prepared
from reviews import cost
from reviews.cost import Chance, LossCost
from reviews.loss_costs import Rates, cost_with, parts_of
from reviews.models import Contribution, FailureEvent, Review, Summary, Verdict, Visibility
from reviews.models.direct_cost import PARTS
from reviews.models.review import CHOSEN_STATES
from reviews.models.summary import KEY, MEASURES, NOT_STATED

FROZEN = ["stage", "chance_won", "chance_of"]
WRITTEN = [*KEY, *MEASURES, *FROZEN]
COUNTED = {"kind": Review.Kind.LOST_DEAL, "visibility": Visibility.STANDARD, "state__in": CHOSEN_STATES}
# Making the SQL of whole rows takes longer than reading them.
OF_TEAM = ["stage_chances", "caused_weight", "contributed_weight"]
OF_REVIEW = ["team_id", "owner_id", "lost_on", *(f"direct_cost__{name}" for name in PARTS)]
OF_REVIEW += [f"deal__{name}" for name in ("currency", "amount_minor", "list_price_minor", "stage_at_loss")]
Keyed = dict[tuple, Counter]


# Of a batch that is under way: what is counted at its end.
_batch: ContextVar[set[int] | None] = ContextVar("reviews counted together", default=None)


@contextmanager
def together() -> Iterator[None]:
    """In one transaction: what many verbs of it change is counted once, when they are done. Their teams are held for
    as long as that takes, and not from the first of hundreds on."""
    reviews: set[int] = set()
    token = _batch.set(reviews)
    try:
        yield
    finally:
        _batch.reset(token)
    count_anew(reviews)


def count_anew(reviews: Iterable[int]) -> None:
    """A fixed number of queries, whatever the number of reviews."""
    if (batch := _batch.get()) is not None:
        batch.update(reviews)
        return
    ids = sorted(reviews)
    if not ids:
        return
    # Without a savepoint: it is a part of the verb, and fails with it.
    with transaction.atomic(savepoint=False):
        teams = {team.pk: team for team in teams_of(*ids)}
        before = {(one.review_id, one.category): one for one in put_in_before(*ids)}
        after = {(one.review_id, one.category): one for one in put_in_by(ids, teams, before)}
        changed = [one for at, one in after.items() if at not in before or values(one) != values(before[at])]
        gone = [one for at, one in before.items() if at not in after]
        if gone:
            Contribution.objects.filter(pk__in=[one.pk for one in gone]).delete()
        if changed:
            write(changed)
            gone += [before[one.review_id, one.category] for one in changed if (one.review_id, one.category) in before]
        move(changed, gone)


@prepared
def teams_of(*reviews: int) -> QuerySet[Team]:
    """Of now and of before."""
    now = Q(pk__in=Review.objects.filter(pk__in=reviews).values("team"))
    return hold(now | Q(pk__in=Contribution.objects.filter(review__in=reviews).values("team")))


def hold(which: Q) -> QuerySet[Team]:
    """The teams whose sums move, held in one order until the transaction ends: within a team one writer comes after
    the other, so that no two wait for each other. New deals and reviews of the team are not held up."""
    return Team.objects.filter(which).order_by("pk").only(*OF_TEAM).select_for_update(no_key=True)


@prepared
def put_in_before(*reviews: int) -> QuerySet[Contribution]:
    return Contribution.objects.filter(review__in=reviews)


@prepared
def counted_of(*reviews: int) -> QuerySet[Review]:
    return Review.objects.filter(pk__in=reviews, **COUNTED).select_related("deal", "direct_cost").only(*OF_REVIEW)


@prepared
def sorted_of(*reviews: int) -> QuerySet[FailureEvent]:
    events = FailureEvent.objects.filter(review__in=reviews, verdict__in=[Verdict.SYSTEMIC, Verdict.ONE_OFF])
    return events.only("review_id", "uuid", "category", "verdict", "causal_role")


def put_in_by(ids: list[int], teams: dict[int, Team], before: Mapping[tuple, Contribution]) -> Iterable[Contribution]:
    counted = counted_of(*ids)
    events = defaultdict(list)
    for event in sorted_of(*ids):
        events[event.review_id].append(event)
    chances = Chances()
    for review in counted:
        review.team = teams[review.team_id]
        chance = chances.of(review, before.get((review.pk, NOT_STATED)))
        yield from rows_of(review, chance, figures_of(review, events[review.pk], cost_with(review, chance)))


class Chances:
    """Of winning where the deal was lost: as it was taken before, else as it is now."""

    def __init__(self) -> None:
        self.rates: dict[int, Rates] = {}

    def of(self, review: Review, before: Contribution | None) -> Chance | None:
        stage = review.deal.stage_at_loss
        if before and before.chance_of and (before.team_id, before.stage) == (review.team_id, stage):
            return Chance(before.chance_won, before.chance_of, "")
        return self.now(review.team, stage)

    def now(self, team: Team, stage: str) -> Chance | None:
        """The team's own deals are counted only where its table does not say."""
        if not stage.strip():
            return None
        if found := cost.chance_at(stage, team.stage_chances, {}, 0):
            return found
        if team.pk not in self.rates:
            self.rates[team.pk] = Rates([team.pk], timezone.localdate())
        rates = self.rates[team.pk]
        return cost.chance_at(stage, team.stage_chances, rates.lost[team.pk], rates.won[team.pk])


def figures_of(review: Review, events: list[FailureEvent], loss: LossCost) -> dict[str, Counter]:
    found: dict[str, Counter] = defaultdict(Counter)
    for event in events:
        found[event.category]["systemic" if event.verdict == Verdict.SYSTEMIC else "one_offs"] += 1
    for figures in found.values():
        figures["losses"] = bool(figures["systemic"])
    parts = parts_of(review, loss, events)
    for part in parts:
        found[part.event.category]["cost_minor"] += part.minor
    known = loss.total_minor is not None
    left_over = loss.total_minor if known and not parts else 0
    found[NOT_STATED].update(reviewed=1, uncosted=not known, losses=not (known and parts), cost_minor=left_over)
    return found


def rows_of(review: Review, chance: Chance | None, found: dict[str, Counter]) -> Iterable[Contribution]:
    key = {"team_id": review.team_id, "owner_id": review.owner_id, "month": review.lost_on.replace(day=1)}
    key |= {"review_id": review.pk, "currency": review.deal.currency, "stage": review.deal.stage_at_loss}
    key |= {"chance_won": chance and chance.won, "chance_of": chance and chance.of}
    for category, figures in found.items():
        yield Contribution(category=category, **key, **{name: int(figures[name]) for name in MEASURES})


def values(one: Contribution) -> list:
    return [getattr(one, name) for name in WRITTEN]


def move(put_in: Iterable[Contribution], taken_out: Iterable[Contribution]) -> None:
    """By the difference, in the order of the keys."""
    deltas: Keyed = defaultdict(Counter)
    for sign, rows in ((1, put_in), (-1, taken_out)):
        for one in rows:
            for name in MEASURES:
                deltas[tuple(getattr(one, part) for part in KEY)][name] += sign * getattr(one, name)
    rows = sorted(
        ((key, delta) for key, delta in deltas.items() if any(delta.values())),
        key=lambda row: [part or 0 if name == "owner_id" else part for name, part in zip(KEY, row[0], strict=True)],
    )
    table, names = Summary._meta.db_table, [*KEY, *MEASURES]
    added = [f"{name} = {table}.{name} + excluded.{name}" for name in MEASURES]
    upsert(table, names, [[*key, *(delta[name] for name in MEASURES)] for key, delta in rows], OF_A_KIND, added)


def write(rows: Iterable[Contribution]) -> None:
    names = ["review_id", *WRITTEN]
    said = [[getattr(one, name) for name in names] for one in rows]
    upsert(Contribution._meta.db_table, names, said, OF_A_REVIEW, [f"{name} = excluded.{name}" for name in WRITTEN])


# What tells one row from another, as the two constraints say.
OF_A_KIND = "team_id, COALESCE(owner_id, 0), category, month, currency"
OF_A_REVIEW = "review_id, category"
# SQLite takes no more than 32,766 values at once.
MOST_ROWS = 1_000


def upsert(table: str, names: list[str], rows: list[list], of: str, changes: list[str]) -> None:
    """The same words on both databases; Django's own upsert can set a column, and not add to it."""
    row, month = f"({', '.join(['%s'] * len(names))})", names.index("month")
    for one in rows:
        one[month] = connection.ops.adapt_datefield_value(one[month])
    for start in range(0, len(rows), MOST_ROWS):
        some = rows[start : start + MOST_ROWS]
        sql = f"""INSERT INTO {table} ({", ".join(names)}) VALUES {", ".join([row] * len(some))}
            ON CONFLICT ({of}) DO UPDATE SET {", ".join(changes)}"""  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(sql, [value for one in some for value in one])
