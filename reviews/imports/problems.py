"""What can be wrong with a row: a code, its column, and a whole sentence that says what to do. No Django."""

from dataclasses import dataclass, field


def gettext_noop(text: str) -> str:
    """Marks a sentence for translation; whoever shows it translates it."""
    return text


SENTENCES = {
    "ragged": gettext_noop("It has {found} cells where the header has {expected}. Fill in or remove cells."),
    "broken_quote": gettext_noop("A quotation mark is not closed. Close it, or write it twice inside a cell."),
    "too_long": gettext_noop("“{column}” has more than {limit} characters. Shorten it."),
    "nul": gettext_noop("“{column}” holds a NUL character. Remove it and type the cell again."),
    "excel_error": gettext_noop("“{column}” is {value}, an error of the spreadsheet. Write the value itself."),
    "no_id": gettext_noop("“{column}” is empty. Give the deal the id it has in its source."),
    "short_id": gettext_noop(
        "“{column}” is {value}: the spreadsheet has shortened the id. Format the column as text and write it in full."
    ),
    "repeated_id": gettext_noop("The id {value} stands in row {first} already. Keep the row that is right."),
    "no_stage": gettext_noop("“{column}” is empty. Write Won, Lost or the stage the deal is in."),
    "no_name": gettext_noop("The deal has neither a name nor a product nor a customer. Fill in one of them."),
    "no_loss_date": gettext_noop("The deal is lost, but no day is stated. Fill in “{column}”."),
    "no_loss_column": gettext_noop(
        "The deal is lost, but the file has no column for the day. Add one named Close date."
    ),
    "loss_ahead": gettext_noop("The deal is lost on {value}, a day that lies ahead. Correct “{column}”."),
    "bad_date": gettext_noop("“{column}” is {value}, which is no date. Write it like {example}."),
    "serial_date": gettext_noop("“{column}” is {value}, a spreadsheet’s day count. Format the column as a date."),
    "short_year": gettext_noop("“{column}” is {value}. Write the year with four digits."),
    "two_ways_date": gettext_noop(
        "“{column}” is {value}, which can be read as two days, and the column has both orders. "
        "Write the year first, like {example}."
    ),
    "bad_amount": gettext_noop("“{column}” is {value}, which is no amount. Write digits only, for instance 1234.50."),
    "two_ways_amount": gettext_noop("“{column}” is {value}, which can be read as two amounts. Write it as 1234.00."),
    "negative_amount": gettext_noop("“{column}” is {value}. An amount is zero or more."),
    "big_amount": gettext_noop("“{column}” is {value}. That is more than an amount can be; look for a slipped digit."),
    "bad_currency": gettext_noop("“{column}” is {value}, which is no currency. Write its three letters, such as EUR."),
}


@dataclass(frozen=True)
class Problem:
    code: str
    column: str = ""
    values: dict = field(default_factory=dict)

    def __str__(self) -> str:
        return SENTENCES[self.code].format(column=self.column, **self.values)


class Unreadable(Exception):
    """A cell that cannot be read; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def clipped(value: str, limit: int = 40) -> str:
    """A cell as it can stand in a sentence."""
    shown = " ".join(value.split())
    return shown if len(shown) <= limit else f"{shown[:limit]}…"
