"""A2: what keeping the sums costs. Events told, judged and read with the sums kept, against the same without; and a
rebuild, against the plain SQL that writes the same rows at once with nobody beside it.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from datetime import date
from functools import partial

from benchmarks.databases import DATABASES, run
from benchmarks.table import Row

EVENTS = 15_000
PAIRS = 100
GOAL_KEEPING, GOAL_REBUILD = 1.15, 2
# The wide rows that `seed_many` gives its teams all stand at one stage.
STAGES = [["Proposal", 40]]
CHANCE = """(SELECT CAST('Proposal' AS varchar(100)) AS stage, CAST(40 AS bigint) AS won,
    CAST(100 AS bigint) AS decided) AS chance ON chance.stage = d.stage_at_loss"""


def main(events: int = EVENTS) -> list[Row]:
    table = []
    for name, database in DATABASES.items():
        with database() as environment:
            seen = run("benchmarks.summaries", environment, str(events))
        table += rows(name, seen, events)
    return table


def rows(name: str, seen: dict[str, float], events: int) -> list[Row]:
    keeping, rebuilding = seen["with"] / seen["without"], seen["rebuild"] / seen["plain"]
    return [
        Row(
            f"an event told, judged and read, sums kept, {name}",
            f"{seen['with'] * 1000:.1f} ms",
            f"without {seen['without'] * 1000:.1f} ms",
            keeping,
            f"≤ {GOAL_KEEPING}",
            keeping <= GOAL_KEEPING,
        ),
        Row(
            f"sums of {events:,} events rebuilt, {name}",
            f"{seen['rebuild']:.1f} s",
            f"plain SQL {seen['plain']:.1f} s",
            rebuilding,
            f"≤ {GOAL_REBUILD}",
            rebuilding <= GOAL_REBUILD,
        ),
        Row(f"sums that are wrong after it, {name}", str(seen["wrong"]), "", None, "0", seen["wrong"] == 0),
    ]


def measure(events: int) -> dict[str, float]:
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks import seed_many
    from failforward.accounts.models import Team
    from reviews import summary_sql
    from reviews.models import Review

    call_command("migrate", verbosity=0)
    seed_many.seed(events, events)
    Team.objects.update(stage_chances=STAGES, readers_per_event=1)
    plain, rebuilt = [], []
    for _round in range(3):
        plain.append(seconds(plainly))
        rebuilt.append(seconds(summary_sql.rebuild))
    bare, kept = [], []
    found = Review.objects.filter(state="acting", visibility="standard", events__isnull=True)[: 2 * PAIRS]
    for number, review in enumerate(found):
        # One after the other, so that a noisy machine is noisy for both.
        keeping = bool(number % 2)
        (kept if keeping else bare).append(seconds(partial(tell, review, keeping=keeping)))
    summary_sql.rebuild()
    return {
        "plain": statistics.median(plain),
        "rebuild": statistics.median(rebuilt),
        "without": statistics.median(bare),
        "with": statistics.median(kept),
        "wrong": len(list(summary_sql.differences())),
    }


def tell(review, *, keeping: bool) -> None:
    """An event of a review that was chosen, by the verbs that people use."""
    from django.utils import timezone

    from failforward.accounts.models import User
    from reviews import coding

    admin = User.objects.get(email="ada@many.example")
    with nullcontext() if keeping else left_alone():
        event = review.add_event(admin, "Nobody asked who signs.", happened_on=date(2026, 10, 9))
        event.judge(admin, "caused")
        coding.submit(event, admin, "planning", "systemic", now=timezone.now())


@contextmanager
def left_alone():
    from reviews.models import Review

    count_anew, Review.count_anew = Review.count_anew, lambda self: None
    try:
        yield
    finally:
        Review.count_anew = count_anew


def plainly() -> None:
    """The same rows, all teams in one statement a table, into empty tables."""
    from django.db import transaction

    from reviews.models.summary import KEY, MEASURES
    from reviews.summary_sql import COLUMNS, SUMS, expected, run

    with transaction.atomic():
        for table in ("reviews_contribution", "reviews_summary"):
            run(f"DELETE FROM {table}")  # noqa: S608
        run(f"INSERT INTO reviews_contribution ({COLUMNS}) {expected(CHANCE, '')}")
        key = ", ".join(KEY)
        run(
            f"""INSERT INTO reviews_summary ({key}, {", ".join(MEASURES)})
                SELECT {key}, {SUMS} FROM reviews_contribution GROUP BY {key}"""  # noqa: S608
        )


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
