"""The same figures as `reviews.summaries`, reckoned from scratch by the database: to fill the sums anew, and to tell
whether they are right. Two ways that must agree, to the cent.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count, Q
from django.db.models.functions import TruncYear

from failforward.accounts.models import Team
from reviews.models import Contribution, Review, Summary
from reviews.models.summary import KEY, MEASURES
from reviews.summaries import COUNTED, WRITTEN, Chances, hold

# Reviews that are counted in one transaction, while others of their team wait.
MOST_AT_ONCE = 20_000
# Teams of one statement, which names the chances of each.
MOST_TEAMS = 200
RULES = {"stage_chances", "caused_weight", "contributed_weight"}
FIRST, LAST = dt.date(1, 1, 1), dt.date(9999, 12, 31)

# In which share each settled event bears its loss: as `cost.shares`, whose last units go to the largest remainders.
# The value is divided before it is multiplied, or a large one would be more than a column holds.
EXPECTED = """
WITH loss AS (
    SELECT r.id AS review_id, r.team_id, r.owner_id, {month} AS month, d.currency, d.stage_at_loss AS stage,
        chance.won, chance.decided, t.caused_weight, t.contributed_weight,
        COALESCE(d.amount_minor, d.list_price_minor) AS value_minor,
        COALESCE((2 * c.minutes * c.hour_rate_minor + 60) / 120
            + c.bid_minor + c.discount_minor + c.rework_minor, 0) AS direct
    FROM reviews_review r
    JOIN reviews_deal d ON d.id = r.deal_id
    JOIN accounts_team t ON t.id = r.team_id
    LEFT JOIN reviews_directcost c ON c.review_id = r.id
    LEFT JOIN {chances}
    WHERE r.kind = 'lost_deal' AND r.visibility = 'standard' AND r.state IN ({states}) {which}
), costed AS (
    SELECT loss.*, CASE WHEN value_minor IS NULL OR decided IS NULL THEN NULLIF(direct, 0)
        ELSE direct + value_minor / decided * won
            + (2 * (value_minor - value_minor / decided * decided) * won + decided) / (2 * decided) END AS total
    FROM loss
), weighed AS (
    SELECT costed.*, e.uuid, e.category,
        CASE WHEN e.verdict = 'systemic' THEN 1 ELSE 0 END AS systemic,
        CASE WHEN e.verdict <> 'systemic' THEN 0 WHEN e.causal_role = 'caused' THEN caused_weight
            WHEN e.causal_role = 'contributed' THEN contributed_weight ELSE 0 END AS weight
    FROM costed JOIN reviews_failureevent e ON e.review_id = costed.review_id
    WHERE e.merged_into_id IS NULL AND e.verdict IN ('systemic', 'one_off')
), dealt AS (
    SELECT whole.*, total * weight / NULLIF(weights, 0) AS part
    FROM (SELECT weighed.*, SUM(weight) OVER (PARTITION BY review_id) AS weights FROM weighed) AS whole
), placed AS (
    SELECT dealt.*, total - SUM(part) OVER (PARTITION BY review_id) AS left_over,
        ROW_NUMBER() OVER (
            PARTITION BY review_id ORDER BY COALESCE(total * weight - part * weights, 0) DESC, uuid) AS place
    FROM dealt
), borne AS (SELECT review_id, MAX(weight) AS weight FROM weighed GROUP BY review_id)
SELECT review_id, team_id, owner_id, category, month, currency, SUM(systemic) AS systemic,
    SUM(1 - systemic) AS one_offs, MAX(systemic) AS losses, 0 AS reviewed, 0 AS uncosted,
    CAST(COALESCE(SUM(part + CASE WHEN place <= left_over THEN 1 ELSE 0 END), 0) AS bigint) AS cost_minor,
    stage, won AS chance_won, decided AS chance_of
FROM placed
GROUP BY review_id, team_id, owner_id, category, month, currency, stage, won, decided
UNION ALL
SELECT costed.review_id, team_id, owner_id, '', month, currency, 0, 0,
    CASE WHEN total IS NULL OR COALESCE(borne.weight, 0) = 0 THEN 1 ELSE 0 END, 1,
    CASE WHEN total IS NULL THEN 1 ELSE 0 END,
    CASE WHEN COALESCE(borne.weight, 0) = 0 THEN COALESCE(total, 0) ELSE 0 END, stage, won, decided
FROM costed LEFT JOIN borne ON borne.review_id = costed.review_id
"""
# Taken as they were: what was put in says by which chance.
FROZEN = """(SELECT review_id AS counted_id, team_id AS of_team, stage AS at_stage, chance_won AS won,
    chance_of AS decided FROM reviews_contribution WHERE category = '') AS chance
    ON chance.counted_id = r.id AND chance.of_team = r.team_id AND chance.at_stage = d.stage_at_loss"""
ANEW = "({rows}) AS chance ON chance.of_team = r.team_id AND chance.stage = d.stage_at_loss"
KNOWN = """SELECT column1 AS of_team, column2 AS stage, column3 AS won, column4 AS decided
    FROM (VALUES {rows}) AS known"""
NONE = "SELECT 0 AS of_team, '' AS stage, 0 AS won, 0 AS decided WHERE 1 = 0"
ONE = "(CAST({} AS bigint), CAST(%s AS varchar(100)), CAST({} AS bigint), CAST({} AS bigint))"
SPAN = "team_id IN ({teams}) AND month >= %s AND month < %s"
REVIEWS = "AND r.team_id IN ({teams}) AND r.lost_on >= %s AND r.lost_on < %s"
COLUMNS = ", ".join(["review_id", *WRITTEN])
TAKEN_OVER = ", ".join(f"{name} = excluded.{name}" for name in WRITTEN if name != "category")
SUMS = ", ".join(f"SUM({name})" for name in MEASURES)


class Span(NamedTuple):
    """All of some small teams, or some years of a large one."""

    teams: list[int]
    since: dt.date = FIRST
    until: dt.date = LAST

    def where(self, sql: str) -> str:
        return sql.format(teams=", ".join(map(str, self.teams)))

    @property
    def values(self) -> list:
        return [day(self.since), day(self.until)]


class Difference(NamedTuple):
    """By how much what stands is off: of a sum, or of what one review put in."""

    is_sum: bool
    key: tuple
    off: dict[str, int]


def rebuild(teams: list[int] | None = None) -> None:
    """Fills the sums from what reviews say now, the chances of winning taken anew. In short transactions: people who
    work in a team meanwhile wait for a moment, and what they change is counted before or after."""
    for span in spans(teams):
        with transaction.atomic():
            fill(span, {team.pk: team for team in hold(Q(pk__in=span.teams))})


def follow_rules(team: Team, changed: Collection[str]) -> None:
    """Within the verb that changes what a team's losses cost; a hundred thousand of them take some seconds."""
    if RULES & set(changed):
        rebuild([team.pk])


def spans(teams: list[int] | None) -> Iterator[Span]:
    """Small teams together: to commit and to plan each by itself takes longer than to reckon it."""
    counted = Review.objects.filter(**COUNTED).order_by()
    sizes = dict(counted.values_list("team").annotate(Count("pk")))
    some: list[int] = []
    for team in Team.objects.order_by("pk").values_list("pk", flat=True):
        if teams is not None and team not in teams:
            continue
        if sizes.get(team, 0) > MOST_AT_ONCE:
            yield from years_of(team)
            continue
        if some and (sum(sizes.get(one, 0) for one in [*some, team]) > MOST_AT_ONCE or len(some) == MOST_TEAMS):
            yield Span(some)
            some = []
        some.append(team)
    if some:
        yield Span(some)


def years_of(team: int) -> Iterator[Span]:
    counted = Review.objects.filter(team=team, **COUNTED).order_by().values_list(TruncYear("lost_on"))
    since, size = FIRST, 0
    for year, number in sorted(counted.annotate(Count("pk"))):
        if size and size + number > MOST_AT_ONCE:
            yield Span([team], since, year)
            since, size = year, 0
        size += number
    yield Span([team], since)


def fill(span: Span, teams: dict[int, Team]) -> None:
    within = span.where(SPAN)
    for table in (Contribution, Summary):
        run(f"DELETE FROM {table._meta.db_table} WHERE {within}", span.values)  # noqa: S608
    chances, known = chances_of(span, teams)
    # What stands under another team or month by mistake is taken over.
    run(
        f"""INSERT INTO reviews_contribution ({COLUMNS})
            SELECT * FROM ({expected(chances, span.where(REVIEWS))}) AS wanted WHERE 1 = 1
            ON CONFLICT (review_id, category) DO UPDATE SET {TAKEN_OVER}""",  # noqa: S608
        [*known, *span.values],
    )
    run(
        f"""INSERT INTO reviews_summary ({", ".join(KEY + MEASURES)}) SELECT {", ".join(KEY)}, {SUMS}
            FROM reviews_contribution WHERE {within} GROUP BY {", ".join(KEY)}""",  # noqa: S608
        span.values,
    )


def chances_of(span: Span, teams: dict[int, Team]) -> tuple[str, list]:
    stages = run(
        f"""SELECT DISTINCT r.team_id, d.stage_at_loss FROM reviews_review r JOIN reviews_deal d ON d.id = r.deal_id
            WHERE r.state IN ({states()}) {span.where(REVIEWS)}""",  # noqa: S608
        span.values,
    )
    taken = Chances()
    known = [(team, stage, found) for team, stage in stages if (found := taken.now(teams[team], stage))]
    rows = ", ".join(ONE.format(team, found.won, found.of) for team, _stage, found in known)
    return ANEW.format(rows=KNOWN.format(rows=rows) if known else NONE), [stage for _team, stage, _found in known]


def differences() -> Iterator[Difference]:
    """What stands and should not, and the other way round; each statement sees one moment."""
    wanted = expected(FROZEN, "")
    for is_sum, key, right, stands in (
        (False, ["review_id", *KEY], wanted, "reviews_contribution"),
        (True, KEY, "SELECT * FROM reviews_contribution", "reviews_summary"),
    ):
        names, off = ", ".join(key), " OR ".join(f"SUM({name}) <> 0" for name in MEASURES)
        minus = ", ".join(f"-{name} AS {name}" for name in MEASURES)
        rows = run(
            f"""SELECT {names}, {SUMS} FROM (
                SELECT {names}, {", ".join(MEASURES)} FROM {stands}
                UNION ALL SELECT {names}, {minus} FROM ({right}) AS wanted
            ) AS both_ways GROUP BY {names} HAVING {off} ORDER BY {names}""",  # noqa: S608
        )
        for row in rows:
            found = dict(zip(MEASURES, row[len(key) :], strict=True))
            yield Difference(is_sum, row[len(key) - len(KEY) : len(key)], {n: int(v) for n, v in found.items() if v})


def expected(chances: str, which: str) -> str:
    month = "date_trunc('month', r.lost_on)::date" if connection.vendor == "postgresql" else MONTH_OF_SQLITE
    return EXPECTED.format(month=month, chances=chances, states=states(), which=which)


MONTH_OF_SQLITE = "date(r.lost_on, 'start of month')"


def states() -> str:
    return ", ".join(f"'{state}'" for state in COUNTED["state__in"])


def day(value: dt.date) -> str | dt.date:
    return connection.ops.adapt_datefield_value(value)


def run(sql: str, values: list | None = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []
