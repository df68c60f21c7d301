"""One row of deals and its checks: cells in, a deal or its problems out. No Django."""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, field, replace
from functools import cached_property

from reviews.imports import amounts, dates, outcomes
from reviews.imports.headers import CURRENCY_SIGNS
from reviews.imports.problems import Problem, Unreadable, clipped

LIMITS = {
    "external_id": 100,
    "name": 200,
    "account": 200,
    "owner": 150,
    "product": 200,
    "stage": 100,
    "stage_at_loss": 100,
    "competitor": 200,
    "lead_source": 100,
}
DATES = ("opened_on", "closed_on", "lost_on")
EXCEL_ERROR = re.compile(r"#(REF!|N/A|NV|NAME\?|VALUE!|WERT!|DIV/0!|NULL!|NUM!|BEZUG!)")
SHORTENED_ID = re.compile(r"\d([.,]\d+)?E\+\d+")
# What an export of ours puts before a cell that a spreadsheet would calculate.
DISARMED = re.compile(r"'(?=[\s\"']*[=+\-@＝＋－＠])")


@dataclass
class Layout:
    """How one file is to be read; decided over the whole file and the same for each of its rows."""

    header: list[str]
    columns: dict[str, int]
    date_orders: dict[str, str] = field(default_factory=dict)
    decimal_mark: str = ""
    currency: str = "EUR"
    today: str = ""

    @cached_property
    def titles(self) -> dict[str, str]:
        return {field: " ".join(self.header[place].split()) for field, place in self.columns.items()}

    @cached_property
    def texts(self) -> list[str]:
        """The columns that are neither days nor amounts."""
        return [field for field in self.columns if field not in (*DATES, "amount")]

    def title(self, field: str) -> str:
        return self.titles.get(field, field)

    def loss_date_title(self) -> str:
        return next((self.title(field) for field in ("lost_on", "closed_on") if field in self.columns), "")


@dataclass(frozen=True)
class DealRow:
    """A deal as one row states it. Empty and None mean that the row does not state it."""

    external_id: str
    name: str
    account: str
    owner: str
    product: str
    outcome: str
    stage: str
    stage_at_loss: str
    amount_minor: int | None
    currency: str
    opened_on: dt.date | None
    closed_on: dt.date | None
    competitor: str
    lead_source: str


def read(cells: list[str], layout: Layout) -> DealRow | list[Problem]:
    if len(cells) < len(layout.header) or any(cell.strip() for cell in cells[len(layout.header) :]):
        return [Problem("ragged", "", {"found": len(cells), "expected": len(layout.header)})]
    return _Row(cells, layout).deal()


class _Row:
    def __init__(self, cells: list[str], layout: Layout) -> None:
        self.layout = layout
        self.cells = cells
        self.problems: list[Problem] = []

    def deal(self) -> DealRow | list[Problem]:
        texts = {field: self.text(field) for field in self.layout.texts}
        outcome = self.outcome(texts)
        days = {field: self.day(field) for field in DATES if field in self.layout.columns}
        amount, currency = self.amount(texts.get("currency", ""))
        is_loss = outcome in outcomes.LOSSES
        closed_on = days.get("lost_on") or days.get("closed_on") if is_loss else days.get("closed_on")
        if is_loss and closed_on and closed_on.isoformat() > (self.layout.today or "9"):
            self.problems.append(Problem("loss_ahead", self.layout.loss_date_title(), {"value": closed_on.isoformat()}))
        if is_loss and closed_on is None and not self.has_problem_in(("closed_on", "lost_on")):
            title = self.layout.loss_date_title()
            self.problems.append(Problem("no_loss_date" if title else "no_loss_column", title))
        name = texts.get("name") or texts.get("product") or texts.get("account") or ""
        if not name and not self.has_problem_in(("name", "product", "account")):
            self.problems.append(Problem("no_name"))
        deal_id = self.external_id(texts)
        if self.problems:
            return self.problems
        stage = self.stage(texts, outcome)
        return DealRow(
            external_id=deal_id,
            name=name,
            account=texts.get("account", ""),
            owner=texts.get("owner", ""),
            product=texts.get("product", ""),
            outcome=outcome,
            stage=stage if outcome == outcomes.OPEN else "",
            stage_at_loss=texts.get("stage_at_loss") or ("status" in texts and is_loss and stage) or "",
            # A CRM writes 0 where nobody stated an amount; only a won deal can be worth nothing.
            amount_minor=None if amount == 0 and outcome != outcomes.WON else amount,
            currency=currency,
            opened_on=days.get("opened_on"),
            closed_on=None if outcome == outcomes.OPEN else closed_on,
            competitor=texts.get("competitor", "") if is_loss else "",
            lead_source=texts.get("lead_source", ""),
        )

    def raw(self, field: str) -> str:
        return self.cells[self.layout.columns[field]]

    def text(self, field: str) -> str:
        text = " ".join(armed(self.raw(field)).split())
        if "\x00" in text:
            self.problems.append(Problem("nul", self.layout.title(field)))
        elif text.startswith("#") and EXCEL_ERROR.fullmatch(text):
            self.problems.append(Problem("excel_error", self.layout.title(field), {"value": text}))
        elif len(text) > LIMITS.get(field, 10_000):
            self.problems.append(Problem("too_long", self.layout.title(field), {"limit": LIMITS.get(field, 10_000)}))
        return text

    def outcome(self, texts: dict[str, str]) -> str:
        field = "status" if texts.get("status") or "stage" not in texts else "stage"
        word = texts.get(field, "")
        if not word:
            self.problems.append(Problem("no_stage", self.layout.title(field)))
        return outcomes.with_reason(outcomes.outcome_of(word), texts.get("loss_reason", ""))

    def stage(self, texts: dict[str, str], outcome: str) -> str:
        """The stage, which a word that only says how the deal stands is not."""
        word = texts.get("stage") or (texts.get("status", "") if outcome == outcomes.OPEN else "")
        return word if outcomes.is_stage(word) else ""

    def external_id(self, texts: dict[str, str]) -> str:
        if "external_id" not in self.layout.columns:
            return derived_id(texts, self.raw("opened_on") if "opened_on" in self.layout.columns else "")
        value, title = texts["external_id"], self.layout.title("external_id")
        if not value:
            self.problems.append(Problem("no_id", title))
        elif SHORTENED_ID.fullmatch(value):
            self.problems.append(Problem("short_id", title, {"value": value}))
        return value

    def day(self, field: str) -> dt.date | None:
        try:
            return dates.read_date(self.raw(field), self.layout.date_orders[field], self.layout.title(field))
        except Unreadable as unreadable:
            self.problems.append(unreadable.problem)
            return None

    def amount(self, stated_currency: str) -> tuple[int | None, str]:
        currency = CURRENCY_SIGNS.get(stated_currency, stated_currency.upper()) or self.layout.currency
        if not re.fullmatch(r"[A-Z]{3}", currency):
            values = {"value": clipped(stated_currency)}
            self.problems.append(Problem("bad_currency", self.layout.title("currency"), values))
            return None, self.layout.currency
        if "amount" not in self.layout.columns:
            return None, currency
        try:
            return amounts.read_amount(
                armed(self.raw("amount")), self.layout.decimal_mark, currency, self.layout.title("amount")
            )
        except Unreadable as unreadable:
            self.problems.append(unreadable.problem)
            return None, currency

    def has_problem_in(self, fields: tuple[str, ...]) -> bool:
        titles = {self.layout.title(field) for field in fields if field in self.layout.columns}
        return any(problem.column in titles for problem in self.problems)


def armed(cell: str) -> str:
    return DISARMED.sub("", cell, count=1) if cell.startswith("'") else cell


def derived_id(texts: dict[str, str], opened: str) -> str:
    """The id of a deal whose file has none: the same for the same name, customer, owner and day of creation."""
    parts = [texts.get("name", ""), texts.get("product", ""), texts.get("account", ""), texts.get("owner", ""), opened]
    plain = "\x1f".join(" ".join(part.casefold().split()) for part in parts)
    return f"auto-{hashlib.sha256(plain.encode()).hexdigest()[:20]}"


def with_number(row: DealRow, first: dict[str, int]) -> DealRow:
    """Deals alike in everything their derived id is made from are told apart by their order in the file."""
    first[row.external_id] = first.get(row.external_id, 0) + 1
    number = first[row.external_id]
    return row if number == 1 else replace(row, external_id=f"{row.external_id}-{number}")
