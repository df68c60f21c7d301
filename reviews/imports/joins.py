"""The files that are joined to the deals: products with their list prices, sales teams, accounts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _

from failforward.guards import Refused
from reviews.imports.amounts import AmountEvidence, read_amount
from reviews.imports.csv_text import Opener, find_header, is_blank, look, records
from reviews.imports.headers import JOINED, columns_of, currency_in
from reviews.imports.problems import Unreadable, clipped

KINDS = (
    {"agent", "manager"},
    {"product", "price"},
    {"account", "sector"},
    {"account", "location"},
    {"account", "parent"},
)


class Price(NamedTuple):
    product: str
    minor: int
    currency: str


class TeamLine(NamedTuple):
    agent: str
    manager: str
    region: str


class AccountLine(NamedTuple):
    name: str
    sector: str
    location: str
    parent: str


@dataclass
class Joined:
    prices: dict[str, Price] = field(default_factory=dict)
    teams: list[TeamLine] = field(default_factory=list)
    accounts: list[AccountLine] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def price_of(self, product: str) -> Price | None:
        return self.prices.get(product_key(product))


def product_key(product: str) -> str:
    """ "GTX Pro" and "GTXPro" are one product."""
    return "".join(product.casefold().split())


def name_key(name: str) -> str:
    return " ".join(name.casefold().split())


def add(joined: Joined, name: str, opener: Opener, currency: str) -> None:
    """Adds what one file holds; which of the three it is, its header says."""
    reading = look(opener)
    header = find_header(lambda: records(opener, reading), JOINED, KINDS)
    if header is None:
        first = next((record.cells for record in records(opener, reading) if not is_blank(record.cells)), [])
        raise Refused(
            _(
                "{name} is none of the files that can be joined. Products need the columns product and sales_price, "
                "sales teams sales_agent and manager, accounts account and sector. Its first row reads: {row}."
            ).format(name=name, row=", ".join(clipped(cell, 30) for cell in first[:8]).replace("\x00", ""))
        )
    columns = columns_of(header.cells, JOINED)
    lines = list(_lines(name, opener, reading, header, columns, joined))
    if {"agent", "manager"} <= columns.keys():
        joined.teams += [TeamLine(line["agent"], line["manager"], line.get("region", "")) for line in lines]
    elif {"product", "price"} <= columns.keys():
        _add_prices(joined, name, lines, currency_in(header.cells[columns["price"]]) or currency)
    else:
        joined.accounts += [
            AccountLine(line["account"], line.get("sector", ""), line.get("location", ""), line.get("parent", ""))
            for line in lines
        ]


def _lines(name: str, opener: Opener, reading, header, columns: dict[str, int], joined: Joined) -> Iterator[dict]:
    key = "agent" if "agent" in columns else "product" if "price" in columns else "account"
    limits = {"agent": 150, "manager": 120, "sector": 100, "location": 100}
    for record in records(opener, reading):
        if record.number <= header.number or is_blank(record.cells):
            continue
        whole = record.problem is None and len(record.cells) >= len(header.cells)
        cells = {field: " ".join(record.cells[place].split()) for field, place in columns.items()} if whole else {}
        too_long = any(len(text) > limits.get(field, 200) or "\x00" in text for field, text in cells.items())
        if not cells.get(key) or too_long:
            joined.notes.append(
                _("{name}, row {row}: it cannot be read and was left out.").format(name=name, row=record.number)
            )
            continue
        yield cells


def _add_prices(joined: Joined, name: str, lines: list[dict], currency: str) -> None:
    evidence = AmountEvidence()
    for line in lines:
        evidence.add(line["price"])
    if len(evidence.currencies) == 1:
        currency = next(iter(evidence.currencies))
    for line in lines:
        try:
            minor, stated = read_amount(line["price"], evidence.mark(), currency, "price")
        except Unreadable as unreadable:
            joined.notes.append(f"{name}: {line['product']}. {unreadable.problem}")
            continue
        if minor:
            joined.prices[product_key(line["product"])] = Price(line["product"], minor, stated)
