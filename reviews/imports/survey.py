"""Reads a file of deals once from end to end and decides how each of its rows is to be read."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from failforward.guards import Refused
from reviews.imports import dates, rows
from reviews.imports.amounts import AmountEvidence
from reviews.imports.csv_text import MOST_COLUMNS, Opener, Reading, Record, find_header, is_blank, look, records
from reviews.imports.headers import SYNONYMS, columns_of, currency_in, kind_of, plain, twice
from reviews.imports.problems import Problem
from reviews.imports.rows import DATES, DealRow, Layout

NEEDED = ({"stage"}, {"status"})
NAMES = {"name", "product", "account"}


@dataclass
class Survey:
    reading: Reading
    header_row: int
    layout: Layout
    kind: str
    total: int = 0
    ask_dates: str = ""
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict:
        return asdict(self) | {"reading": list(self.reading)}

    @classmethod
    def from_json(cls, data: dict) -> "Survey":
        return cls(**(data | {"reading": Reading(*data["reading"]), "layout": Layout(**data["layout"])}))


@dataclass
class Skipped:
    """Rows that hold no deal and are no mistake either."""

    blank: int = 0
    headers: int = 0
    footer: list[str] = field(default_factory=list)


def survey(
    opener: Opener, *, today: dt.date, currency: str = "EUR", date_order: str = "", most_rows: int | None = None
) -> Survey:
    reading = look(opener)
    header = find_header(lambda: records(opener, reading), SYNONYMS, NEEDED)
    if header is None:
        raise Refused(_no_header(opener, reading))
    _refuse_bad_header(header)
    found = Survey(reading, header.number, _layout(header, currency), kind_of(header.cells))
    skipped = Skipped()
    seen_dates, seen_amounts = _collect(opener, found, skipped, most_rows)
    layout = found.layout
    layout.today = today.isoformat()
    layout.decimal_mark = seen_amounts.mark()
    if len(seen_amounts.currencies) == 1:
        layout.currency = seen_amounts.currencies.pop()
    layout.date_orders = dates.decide(seen_dates, date_order, month_first_if_unsure=found.kind == "salesforce")
    unsure = [column for column, order in layout.date_orders.items() if order == dates.ASK]
    found.ask_dates = f"{layout.title(unsure[0])}: {seen_dates[unsure[0]].two_ways}" if unsure else ""
    found.notes = _notes(found, skipped)
    return found


def refuse_if_unsure(found: Survey) -> None:
    if found.ask_dates:
        raise Refused(
            _(
                "The dates can be read as day or as month first (“{sample}”), and nothing in the file says which. "
                "Say --dates day-first or --dates month-first."
            ).format(sample=found.ask_dates)
        )


def deal_rows(opener: Opener, found: Survey) -> Iterator[tuple[Record, DealRow | list[Problem]]]:
    """Every row of the file that is or should be a deal, with what it states or what is wrong with it."""
    first: dict[str, int] = {}
    derives = "external_id" not in found.layout.columns
    for record in data_records(opener, found, Skipped()):
        read = [record.problem] if record.problem else rows.read(record.cells, found.layout)
        if isinstance(read, DealRow):
            if derives:
                read = rows.with_number(read, first)
            elif read.external_id in first:
                values = {"value": read.external_id, "first": first[read.external_id]}
                read = [Problem("repeated_id", found.layout.title("external_id"), values)]
            else:
                first[read.external_id] = record.number
        yield record, read


def data_records(opener: Opener, found: Survey, skipped: Skipped) -> Iterator[Record]:
    """The rows below the header without blank ones, repeated headers and the lines that close a report."""
    header = [plain(cell) for cell in found.layout.header]
    held: list[Record] = []
    after_blank = False
    for record in records(opener, found.reading):
        if record.number <= found.header_row:
            continue
        if record.problem is None and is_blank(record.cells):
            skipped.blank += 1
            after_blank = True
        elif record.problem is None and plain(record.cells[0]) == header[0] and _same(record.cells, header):
            skipped.headers += 1
        elif record.problem is None and len(record.cells) == 1 < len(header) and (after_blank or held):
            held.append(record)
        else:
            yield from held
            held.clear()
            after_blank = False
            yield record
    skipped.footer += [record.cells[0].strip() for record in held]


def _same(cells: list[str], header: list[str]) -> bool:
    return [plain(cell) for cell in cells[: len(header)]] == header and is_blank(cells[len(header) :])


def _layout(header: Record, currency: str) -> Layout:
    cells = [cell.strip("\ufeff ").replace("\x00", "") for cell in header.cells]
    while cells and not cells[-1]:
        cells.pop()
    columns = columns_of(cells)
    in_header = currency_in(cells[columns["amount"]]) if "amount" in columns else ""
    return Layout(cells, columns, currency=in_header or currency)


def _refuse_bad_header(header: Record) -> None:
    if len(header.cells) > MOST_COLUMNS:
        raise Refused(
            _("The file has {count} columns; {most} is the limit. Remove those that are not needed.").format(
                count=len(header.cells), most=MOST_COLUMNS
            )
        )
    if not NAMES & columns_of(header.cells).keys():
        raise Refused(_("The file has no column for the deal’s name, product or customer. Add one, such as Deal name."))


def _no_header(opener: Opener, reading: Reading) -> str:
    first = next((record.cells for record in records(opener, reading) if not is_blank(record.cells)), [])
    return _(
        "No row names its columns so that they are recognised: a column for the stage is needed, such as Stage, Status "
        "or Phase. The first row reads: {row}."
    ).format(row=", ".join(cell.strip()[:30] for cell in first[:8]).replace("\x00", "") or "–")


def _collect(
    opener: Opener, found: Survey, skipped: Skipped, most_rows: int | None
) -> tuple[dict[str, dates.DateEvidence], AmountEvidence]:
    columns = found.layout.columns
    seen_dates = {column: dates.DateEvidence() for column in DATES if column in columns}
    seen_amounts = AmountEvidence()
    places = [(columns[column], evidence) for column, evidence in seen_dates.items()]
    if "amount" in columns:
        places.append((columns["amount"], seen_amounts))
    for record in data_records(opener, found, skipped):
        found.total += 1
        if most_rows is not None and found.total > most_rows:
            raise Refused(
                _(
                    "The file has more than {most:,} rows, the limit of this page. Split it, or use the command "
                    "import_deals, which has no limit."
                ).format(most=most_rows)
            )
        for place, evidence in places:
            if place < len(record.cells) and record.cells[place]:
                evidence.add(record.cells[place].strip())
    return seen_dates, seen_amounts


def _notes(found: Survey, skipped: Skipped) -> list[str]:
    """What a person should know of how the file was read; nothing of it is a mistake."""
    notes = [
        _("The column “{name}” stands twice; the first is read.").format(name=name)
        for name in twice(found.layout.header)
    ]
    if "external_id" not in found.layout.columns:
        notes.append(
            _(
                "The file has no id column: each deal’s id is made from its name, product, customer, owner and day of "
                "creation. Change one of these in the source and the deal counts as a new one."
            )
        )
    if dates.MIXED in found.layout.date_orders.values():
        notes.append(_("Dates stand in both orders in one column; those that could be two days are left out."))
    if skipped.blank:
        notes.append(
            ngettext("%d blank row was skipped.", "%d blank rows were skipped.", skipped.blank) % skipped.blank
        )
    if skipped.headers:
        notes.append(_("The header stands again among the rows and was skipped."))
    if skipped.footer:
        notes.append(
            _("The lines at the end of the report were skipped: {lines}").format(
                lines=" · ".join(line[:60] for line in skipped.footer[:6])
            )
        )
    return notes
