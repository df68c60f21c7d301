"""Rows out of a text file: comma, semicolon or tab, in the encodings that spreadsheets and CRMs write."""

import codecs
import csv
import io
from collections import deque
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _

from failforward.guards import Refused
from reviews.imports.headers import JOINED, SYNONYMS, columns_of
from reviews.imports.problems import Problem

MOST_COLUMNS = 200
HEADER_WITHIN = 20
DELIMITERS = ",;\t"
BLOCK = 1 << 20
# Opens the file anew, so that it can be read more than once and from memory or disk alike.
Opener = Callable[[], BinaryIO]
SPREADSHEETS = {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}
# What a text file may hold below the space: tab, line feed, form feed, carriage return.
ODD = bytes(code for code in range(32) if code not in (9, 10, 12, 13))


class Reading(NamedTuple):
    encoding: str
    delimiter: str


class Record(NamedTuple):
    """`number` counts as a spreadsheet does: header and blank rows too, a cell with line breaks once."""

    number: int
    cells: list[str]
    problem: Problem | None = None


def look(opener: Opener) -> Reading:
    """Encoding and delimiter, from the bytes; refuses what is no text."""
    with opener() as opened:
        head = opened.read(BLOCK)
        if not head.strip(b"\x00\xef\xbb\xbf\xff\xfe \r\n\t"):
            raise Refused(_("The file is empty. Choose the file that holds the deals."))
        encoding = _encoding(head, opened)
    with _text(opener, encoding) as text:
        sample = text.read(BLOCK // 4)
    return Reading(encoding, max(DELIMITERS, key=lambda mark: _fits(sample, mark)))


def records(opener: Opener, reading: Reading) -> Iterator[Record]:
    """Every row, in order. A row that cannot be read comes with its problem, and the rows after it are kept."""
    with _text(opener, reading.encoding) as text:
        lines = Lines(text)
        number = 0
        while True:
            reader = csv.reader(lines, delimiter=reading.delimiter, strict=True)
            try:
                for cells in reader:
                    number += 1
                    yield Record(number, cells)
                    lines.begin()
                return
            except csv.Error:
                number += 1
                yield Record(number, [lines.first()[:200]], Problem("broken_quote"))
                lines.again_after_the_first()


class Lines:
    """The lines of a text, which can be taken back when a quotation mark turns out to swallow them."""

    def __init__(self, text: io.TextIOBase) -> None:
        self.text = text
        self.taken: list[str] = []
        self.back: deque[str] = deque()

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self.back.popleft() if self.back else next(self.text)
        self.taken.append(line)
        return line

    def begin(self) -> None:
        self.taken.clear()

    def first(self) -> str:
        return self.taken[0] if self.taken else ""

    def again_after_the_first(self) -> None:
        self.back.extendleft(reversed(self.taken[1:]))
        self.taken.clear()


def _encoding(head: bytes, opened: BinaryIO) -> str:
    if head[:4] in SPREADSHEETS:
        raise Refused(
            _("This is a spreadsheet. Open it, choose “Save as” and the type “CSV UTF-8”, and give the file it makes.")
        )
    if head[:4] == b"%PDF" or head.lstrip()[:5].lower() in (b"<html", b"<!doc", b"<tabl", b"<?xml"):
        raise Refused(_("This is a page or a document, not a table of text. Export the deals as CSV."))
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    unmarked = _utf_16_without_mark(head)
    if unmarked:
        return unmarked
    if sum(head.count(code) for code in ODD) > len(head) // 100 + 8:
        raise Refused(_("This is not a text file. Export the deals as CSV and give that file."))
    return _eight_bits(head, opened)


def _utf_16_without_mark(head: bytes) -> str:
    start = head[:400]
    if start[1::2].count(0) > len(start) // 2 * 0.7:
        return "utf-16-le"
    return "utf-16-be" if start[0::2].count(0) > len(start) // 2 * 0.7 else ""


def _eight_bits(head: bytes, opened: BinaryIO) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    block = head
    try:
        while block:
            decoder.decode(block)
            block = opened.read(BLOCK)
        decoder.decode(b"", final=True)
        return "utf-8-sig"
    except UnicodeDecodeError:
        return "cp1252"


def _text(opener: Opener, encoding: str) -> io.TextIOWrapper:
    # cp1252 leaves five bytes undefined: they are shown as such rather than stop the file.
    return io.TextIOWrapper(opener(), encoding=encoding, errors="replace", newline="")


def _fits(sample: str, mark: str) -> tuple[int, int]:
    """How many columns are recognised when the sample is cut at this mark, then how many there are."""
    rows = _cut(sample, mark)
    known = max((max(len(columns_of(row, SYNONYMS)), len(columns_of(row, JOINED))) for row in rows), default=0)
    return known, max((len(row) for row in rows), default=0)


def _cut(sample: str, mark: str) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=mark)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) == HEADER_WITHIN:
                break
    except csv.Error:
        pass
    return rows


def is_blank(cells: list[str]) -> bool:
    return not any(cell.strip() for cell in cells)


def find_header(rows: Callable[[], Iterator[Record]], table: dict, needed: tuple[set[str], ...]) -> Record | None:
    """The first of the first rows that names the columns of one of the sets in `needed`."""
    for record in rows():
        if record.number > HEADER_WITHIN:
            return None
        if record.problem is None and any(group <= columns_of(record.cells, table).keys() for group in needed):
            return record
    return None
