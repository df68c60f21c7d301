"""What may be evidence, told by its content and not by its name alone."""

import re
import unicodedata
import zipfile
from os.path import splitext
from typing import BinaryIO, NamedTuple

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from failforward.guards import Refused

LONGEST_NAME = 100
TEXT = "text/plain; charset=utf-8"
OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
# By what a name ends with. Nothing that a browser would run, nothing with macros, no archives.
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "txt": TEXT,
    "md": TEXT,
    "csv": "text/csv; charset=utf-8",
    "docx": f"{OFFICE}wordprocessingml.document",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
    "pptx": f"{OFFICE}presentationml.presentation",
    "odt": f"{OPEN}text",
    "ods": f"{OPEN}spreadsheet",
    "odp": f"{OPEN}presentation",
}
ACCEPT = ",".join(f".{ending}" for ending in CONTENT_TYPES)
BEGINNINGS = {
    b"%PDF-": {"pdf"},
    b"\x89PNG\r\n\x1a\n": {"png"},
    b"\xff\xd8\xff": {"jpg", "jpeg"},
    b"GIF87a": {"gif"},
    b"GIF89a": {"gif"},
}
# The part that each kind of office file has.
PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
MACROS = ("vbaproject.bin", "basic/", "scripts/")
MOST_PARTS = 1_000
# Each line of a table of contents begins with this. What the file says of their number may be a lie.
LINE = b"PK\x01\x02"
# Files within the file have tables of their own.
MOST_LINES = 10 * MOST_PARTS
TEXTS = {"txt", "md", "csv"}
# All but tab, line feed, form feed and carriage return.
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")


class Known(NamedTuple):
    name: str
    kind: str
    size: int


def known(upload: UploadedFile) -> Known:
    """Refuses what is too large, of another kind, or not what its name says."""
    if upload.size > settings.EVIDENCE_MAX_BYTES:
        raise Refused(
            say("The file has %(size)s; %(most)s is the limit. Give a link instead.")
            % {"size": filesizeformat(upload.size), "most": filesizeformat(settings.EVIDENCE_MAX_BYTES)},
            "file",
        )
    if not upload.size:
        raise Refused(_("This file is empty. Choose another one."), "file")
    name = harmless(upload.name or "")
    kind = name.rpartition(".")[2].lower() if "." in name else ""
    if kind not in CONTENT_TYPES:
        raise Refused(_("Choose a PDF, a picture, a text or an office file. For anything else give a link."), "file")
    if kind not in kinds_of(upload.file):
        raise Refused(
            say("What is in this file is not what its name says (.%(kind)s), or it has macros. Give a link instead.")
            % {"kind": kind},
            "file",
        )
    return Known(name, kind, upload.size)


def harmless(name: str) -> str:
    """The last part of a path, without what a file system, a header or an eye could be misled by."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(
        " " if char in '<>:"|?*;%' or unicodedata.category(char)[0] in "CZ" else char
        for char in unicodedata.normalize("NFC", last)
    )
    whole = " ".join(plain.split()).strip(". ") or str(_("evidence"))
    stem, ending = splitext(whole)
    return stem[: LONGEST_NAME - len(ending)] + ending if len(ending) < 10 else whole[:LONGEST_NAME]


def kinds_of(file: BinaryIO) -> set[str]:
    """The endings that suit the content."""
    file.seek(0)
    begin = file.read(16)
    file.seek(0)
    for beginning, kinds in BEGINNINGS.items():
        if begin.startswith(beginning):
            return kinds
    if begin[:4] == b"RIFF" and begin[8:12] == b"WEBP":
        return {"webp"}
    if begin.startswith(b"PK"):
        return kinds_of_zip(file)
    return TEXTS if is_text(file) else set()


def kinds_of_zip(file: BinaryIO) -> set[str]:
    """Office files, from their table of contents alone: nothing is unpacked but a line that names the kind."""
    lines = file.read().count(LINE)
    file.seek(0)
    if lines > MOST_LINES:
        return set()
    try:
        with zipfile.ZipFile(file) as packed:
            names = packed.namelist()
            low = [name.lower() for name in names]
            if len(names) > MOST_PARTS or any(name.endswith(MACROS[0]) or name.startswith(MACROS[1:]) for name in low):
                return set()
            if "mimetype" in names and packed.getinfo("mimetype").file_size < 100:
                said = packed.read("mimetype").decode("ascii", "replace").strip()
                return {kind for kind, full in CONTENT_TYPES.items() if full == said and full.startswith(OPEN)}
            return {kind for kind, part in PARTS.items() if part in names and "[Content_Types].xml" in names}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, OSError, EOFError):
        return set()
    finally:
        file.seek(0)


def is_text(file: BinaryIO) -> bool:
    content = file.read()
    file.seek(0)
    if CONTROL.search(content):
        return False
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True
