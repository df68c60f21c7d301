"""I1: rows a second through the importer, against `bulk_create` of the same deals in the same run, on SQLite."""

import csv
import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from benchmarks.table import Row

ROOT = Path(__file__).resolve().parent.parent
ROWS = 10_000
GOAL, GOAL_WITH_REVIEWS, GOAL_AGAIN, MEGABYTES_GOAL = 0.5, 0.15, 1, 200
BATCH = 1_000
HEADER = ["Deal ID", "Deal Name", "Owner", "Account", "Product", "Stage", "Amount", "Currency"]
HEADER += ["Created", "Close Date", "Competitor", "Lead Source"]
STAGES = ["Lost", "Won", "Proposal", "Lost to competitor"]


def main(rows: int = ROWS) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "VAR_DIR": folder,
            "DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "failforward.settings",
        }
        inner = [sys.executable, "-m", "benchmarks.import_deals", str(rows)]
        seen = json.loads(subprocess.run(inner, cwd=ROOT, env=environment, capture_output=True, check=True).stdout)
    limit = f"bulk_create {seen['limit']:,.0f} rows/s"
    goals = {"import": GOAL, "with reviews": GOAL_WITH_REVIEWS}
    table = [
        Row(
            f"{name}, SQLite",
            f"{seen[name]:,.0f} rows/s",
            limit,
            seen[name] / seen["limit"],
            f"≥ {goal}",
            seen[name] >= goal * seen["limit"],
        )
        for name, goal in goals.items()
    ]
    first = f"first time {seen['import']:,.0f} rows/s"
    again = seen["again"] / seen["import"]
    size = seen["megabytes"]
    return [
        *table,
        Row(
            "the same file again", f"{seen['again']:,.0f} rows/s", first, again, f"≥ {GOAL_AGAIN}", again >= GOAL_AGAIN
        ),
        Row("import memory", f"{size:.0f} MB", "", None, f"≤ {MEGABYTES_GOAL} MB", size <= MEGABYTES_GOAL),
    ]


def measure(rows: int) -> dict[str, float]:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    path = Path(os.environ["VAR_DIR"]) / "deals.csv"
    write(path, rows)
    once(path, "warm", "none", seconds=0)
    runs = [(limit(path), once(path, f"run {number}", "none")) for number in range(3)]
    return {
        "limit": rows / statistics.median(seconds for seconds, _ in runs),
        "import": rows / statistics.median(seconds for _, seconds in runs),
        "again": rows / once(path, "run 0", "none"),
        "with reviews": rows / once(path, "reviews", "all"),
        "megabytes": most_megabytes(),
    }


def write(path: Path, rows: int) -> None:
    first = dt.date(2020, 1, 1)
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(HEADER)
        for number in range(rows):
            opened = first + dt.timedelta(days=number % 2000)
            closed = opened + dt.timedelta(days=60)
            who = [f"Rep {number % 200}", f"Customer {number % 3000}", f"Product {number % 20}"]
            money = [STAGES[number % 4], f"{1000 + number % 90000}.50", "EUR"]
            lines.writerow(
                [f"D{number:07}", f"Deal {number}", *who, *money, opened, closed, f"Rival {number % 9}", "Web"]
            )


def once(path: Path, source: str, reviews_from: str, seconds: float = float("inf")) -> float:
    """Seconds for the whole import: both readings of the file, the checks, people, customers, deals, import rows."""
    from reviews.imports.check import Files
    from reviews.imports.run import carry_on, open_job
    from reviews.imports.survey import survey

    today = dt.date(2026, 11, 25)
    began = time.perf_counter()
    main = partial(path.open, "rb")
    job = open_job(
        name=path.name,
        source=source,
        survey=survey(main, today=today),
        currency="EUR",
        reviews_from=reviews_from,
        today=today,
    )
    carry_on(job.pk, files=Files(main, []), seconds=seconds, raises=True)
    return time.perf_counter() - began


def limit(path: Path) -> float:
    """Seconds to read the file plainly and `bulk_create` its deals by the thousand, without a check."""
    from django.db import transaction

    from failforward.accounts.models import Team
    from reviews.models import Deal

    team, source = Team.unassigned(), f"limit {time.perf_counter()}"
    began = time.perf_counter()
    with path.open(newline="") as file:
        batch: list[Deal] = []
        for row in csv.DictReader(file):
            batch.append(
                Deal(
                    source=source,
                    external_id=row["Deal ID"],
                    name=row["Deal Name"],
                    product=row["Product"],
                    amount_minor=int(float(row["Amount"]) * 100),
                    outcome="open",
                    opened_on=row["Created"],
                    closed_on=row["Close Date"],
                    competitor=row["Competitor"],
                    lead_source=row["Lead Source"],
                    team=team,
                )
            )
            if len(batch) == BATCH:
                with transaction.atomic():
                    Deal.objects.bulk_create(batch)
                batch = []
        Deal.objects.bulk_create(batch)
    return time.perf_counter() - began


def most_megabytes() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))) if len(sys.argv) > 1 else "\n".join(map(str, main())))
