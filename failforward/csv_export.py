"""Lists as files that a spreadsheet opens: text that could be read as a formula is made text."""

import csv
import logging
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from django.http import StreamingHttpResponse

from failforward.accounts.models import User

log = logging.getLogger(__name__)
STARTS_A_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
Cell = str | int | float | Decimal | date | None


def csv_response(name: str, by: User, header: list[str], rows: Iterable[list[Cell]]) -> StreamingHttpResponse:
    """Streams rows as UTF-8 with a byte order mark, which Excel needs. Who exports what is logged, not its content."""
    log.info("export", extra={"list": name, "user": by.pk})
    response = StreamingHttpResponse(lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def lines(header: list[str], rows: Iterable[list[Cell]]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow([safe(str(cell)) for cell in header])
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])


def safe(cell: Cell) -> str | int | float | Decimal:
    """Numbers and dates stay what they are (−5 is −5); text never begins as a formula does."""
    if cell is None:
        return ""
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\0", "")
    begins = text.lstrip(" \u00a0\u3000\"'")
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) or begins.startswith(STARTS_A_FORMULA) else text


class Echo:
    """A file that hands back each line, so that a million rows need no memory."""

    def write(self, line: str) -> str:
        return line
