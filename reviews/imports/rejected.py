"""The rows an import left out, as a file to mend and import again: row, reason, then the row as it came."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from failforward.cells import disarmed


def as_csv(header: list[str], rows: Iterable[tuple[int, str, list[str]]]) -> Iterator[str]:
    """Lines of CSV, the first with a byte order mark, so that a spreadsheet reads the letters right."""
    yield "\ufeff" + _line([_("row"), _("reason"), *header])
    for number, reason, cells in rows:
        yield _line([str(number), reason, *cells])


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([disarmed(cell) for cell in cells])
    return line.getvalue()
