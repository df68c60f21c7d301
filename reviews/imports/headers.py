"""Which column means what. One table for plain headers, Salesforce, HubSpot, Pipedrive and German Excel. No Django.

To add a source: put its words into the table; a name that only it uses goes into `KINDS`.
"""

import re
from functools import lru_cache

# The first words of a line win over later ones, and an earlier field takes a column before a later one does.
SYNONYMS = {
    "external_id": [
        "opportunity id",
        "deal id",
        "record id",
        "external id",
        "id",
        "case safe id",
        "verkaufschance id",
        "verkaufschance-id",
        "verkaufschance",
    ],
    "name": [
        "opportunity name",
        "deal name",
        "deal title",
        "title",
        "name",
        "topic",
        "deal",
        "opportunity",
        "bezeichnung",
        "thema",
        "verkaufschance",
    ],
    "account": [
        "account name",
        "account",
        "associated company",
        "organization",
        "organisation",
        "company name",
        "company",
        "customer",
        "firma",
        "kunde",
        "unternehmen",
    ],
    "owner": [
        "sales agent",
        "opportunity owner",
        "deal owner",
        "owner",
        "sales rep",
        "salesperson",
        "rep",
        "verkäufer",
        "besitzer",
        "zuständig",
        "verantwortlich",
    ],
    "product": ["product name", "product", "produkt"],
    "status": ["status", "deal status", "outcome", "ergebnis"],
    "stage_at_loss": ["stage at loss", "stage when lost"],
    "stage": ["deal stage", "sales stage", "opportunity stage", "stage", "verkaufsphase", "phase"],
    "amount": ["close value", "amount", "deal value", "value", "betrag", "wert", "umsatz"],
    "currency": ["amount currency", "currency code", "currency", "währung"],
    "opened_on": [
        "engage date",
        "created date",
        "create date",
        "creation date",
        "deal created",
        "opened on",
        "open date",
        "created",
        "eröffnet",
        "angelegt am",
        "erstellt am",
    ],
    "lost_on": ["lost time", "lost date", "lost on", "verloren am"],
    "closed_on": [
        "close date",
        "closed date",
        "closed on",
        "closing date",
        "won time",
        "geschlossen",
        "abschlussdatum",
    ],
    "competitor": ["lost to", "main competitor", "competitor", "wettbewerber"],
    "loss_reason": ["closed lost reason", "lost reason", "loss reason", "verlustgrund"],
    "lead_source": ["lead source", "original source", "leadquelle", "herkunft"],
}

JOINED = {
    "product": ["product name", "product", "produkt"],
    "price": ["sales price", "list price", "price", "listenpreis", "preis"],
    "agent": ["sales agent", "sales rep", "salesperson", "rep", "agent", "verkäufer"],
    "manager": ["manager", "sales manager", "vertriebsleiter"],
    "region": ["regional office", "region", "office", "gebiet"],
    "account": ["account name", "account", "company name", "company", "firma", "kunde"],
    "sector": ["sector", "industry", "branche"],
    "location": ["office location", "location", "country", "land", "ort"],
    "parent": ["subsidiary of", "parent account", "parent company", "konzern"],
}

KINDS = {
    "salesforce": {"opportunity owner", "fiscal period"},
    "hubspot": {"record id", "deal owner", "associated company"},
    "pipedrive": {"deal - title", "deal - status", "deal - owner"},
}

CURRENCY_SIGNS = {"€": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR"}


@lru_cache(maxsize=10_000)
def plain(header: str) -> str:
    """ "  Betrag (€)" → "betrag"; "Deal - Owner" → "owner"; "close_date" → "close date"."""
    words = re.sub(r"\s*[\(\[].*?[\)\]]\s*$", "", header.strip().strip("\ufeff").casefold().replace("_", " "))
    return " ".join(re.sub(r"^deal - ", "", words).split())


def columns_of(header: list[str], table: dict[str, list[str]] = SYNONYMS) -> dict[str, int]:
    """Field → position. Each column is read once; of two with the same name the first."""
    places: dict[str, int] = {}
    for position, cell in enumerate(header):
        places.setdefault(plain(cell), position)
    found: dict[str, int] = {}
    for field, names in table.items():
        for name in names:
            if name in places and places[name] not in found.values():
                found[field] = places[name]
                break
    return found


def kind_of(header: list[str]) -> str:
    """The product that wrote the file, by two or more headers that only it uses; else "csv"."""
    words = {" ".join(cell.strip().casefold().split()) for cell in header}
    return next((kind for kind, marks in KINDS.items() if len(marks & words) >= 2), "csv")


def twice(header: list[str]) -> list[str]:
    names = [plain(cell) for cell in header if plain(cell)]
    return sorted({name for name in names if names.count(name) > 1})


def currency_in(header: str) -> str:
    """ "Betrag (€)" → EUR, "Amount (USD)" → USD."""
    within = re.search(r"[\(\[]\s*(\S+?)\s*[\)\]]\s*$", header.strip())
    if not within:
        return ""
    mark = within.group(1)
    return CURRENCY_SIGNS.get(mark, mark if re.fullmatch(r"[A-Z]{3}", mark) else "")
