"""A look at the whole file before anything is written: what is in it, what would change, what is wrong."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _

from reviews.imports import joins
from reviews.imports.csv_text import Opener
from reviews.imports.pending import DEFAULT, Pending
from reviews.imports.problems import SENTENCES, Problem
from reviews.imports.rows import DealRow
from reviews.imports.save import BATCH, Saver
from reviews.imports.survey import Survey, deal_rows
from reviews.models.deal import LOSSES

MOST_EXAMPLES = 3


class Files(NamedTuple):
    main: Opener
    joined: list[tuple[str, Opener]]

    def read_joined(self, currency: str) -> joins.Joined:
        joined = joins.Joined()
        for name, opener in self.joined:
            joins.add(joined, name, opener, currency)
        return joined


@dataclass
class Found:
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    won: int = 0
    lost: int = 0
    open: int = 0
    losses_without_value: int = 0
    people: int = 0
    reviews_recent: int = 0
    reviews_all: int = 0
    stages: list[tuple[str, int]] = field(default_factory=list)
    problems: list[dict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict:
        return asdict(self) | {"importable": self.read - self.rejected}

    def line(self) -> str:
        return counts_line(self.read, self.created, self.updated, self.unchanged, self.rejected)


def counts_line(read: int, created: int, updated: int, unchanged: int, rejected: int) -> str:
    return f"read={read} created={created} updated={updated} unchanged={unchanged} rejected={rejected}"


def check(
    files: Files,
    surveyed: Survey,
    *,
    source: str,
    currency: str,
    today: dt.date,
    on_rejected: Callable[[int, str, list[str]], None] = lambda number, reason, cells: None,
) -> Found:
    """A dry run of every row; writes nothing."""
    joined = files.read_joined(currency)
    saver = Saver(source, joined, currency=currency, writes=False)
    saver.set_up()
    found = Found(notes=[*surveyed.notes, *joined.notes])
    tally = Tally(found, saver, today)
    rows: dict[int, DealRow] = {}
    for record, read in deal_rows(files.main, surveyed):
        found.read += 1
        if isinstance(read, DealRow):
            rows[record.number] = read
        else:
            tally.reject(record.number, read)
            on_rejected(record.number, said(read), record.cells)
        if len(rows) == BATCH:
            tally.add(rows)
            rows = {}
    tally.add(rows)
    tally.finish()
    return found


class Tally:
    def __init__(self, found: Found, saver: Saver, today: dt.date) -> None:
        self.found, self.saver = found, saver
        self.recent, self.every = Pending(DEFAULT, today), Pending("all", today)
        self.stages: Counter = Counter()
        self.owners: set[str] = set()
        self.groups: dict[tuple[str, str], dict] = {}

    def add(self, rows: dict[int, DealRow]) -> None:
        batch = self.saver.compare(rows)
        self.found.created += len(batch.created)
        self.found.updated += len(batch.updated)
        self.found.unchanged += len(batch.unchanged)
        deals = batch.deals()
        for deal in deals:
            ended = "lost" if deal.outcome in LOSSES else deal.outcome
            setattr(self.found, ended, getattr(self.found, ended) + 1)
            self.found.losses_without_value += ended == "lost" and not (deal.amount_minor or deal.list_price_minor)
        self.stages.update(row.stage for row in rows.values() if row.stage)
        self.owners.update(joins.name_key(row.owner) for row in rows.values() if row.owner)
        missing = self.every.without_review(deals)
        self.found.reviews_all += len(missing)
        self.found.reviews_recent += sum(self.recent.wants(deal) for deal in missing)

    def reject(self, number: int, problems: list[Problem]) -> None:
        self.found.rejected += 1
        for problem in problems:
            group = self.groups.setdefault((problem.code, problem.column), {"count": 0, "examples": []})
            group["count"] += 1
            if len(group["examples"]) < MOST_EXAMPLES:
                group["examples"].append([number, said([problem])])

    def finish(self) -> None:
        self.found.people = len(self.owners)
        self.found.stages = self.stages.most_common(20)
        self.found.problems = sorted(self.groups.values(), key=lambda group: -group["count"])
        if self.found.losses_without_value:
            self.found.notes.append(
                _("Losses with neither an amount nor a list price: {count}. Their value is “not stated”.").format(
                    count=self.found.losses_without_value
                )
            )


def said(problems: list[Problem]) -> str:
    """The problems as sentences in the reader's language."""
    return " ".join(_(SENTENCES[problem.code]).format(column=problem.column, **problem.values) for problem in problems)
