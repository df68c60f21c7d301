"""Files that show that a milestone is reached: what is kept, who gets it, and what goes wrong."""

import io
import os
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from actions.evidence import kinds, store
from actions.models import EvidenceFile, Milestone
from failforward import testing
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.testing import TODAY

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 24


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def milestone(cast):
    action = testing.action(cast, state="committed", done_criterion="Not seen", no_steps_needed=True)
    return action.add_milestone(cast.rep, "The sheet is in use", TODAY, today=TODAY)


def upload(name="Five quotes.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="text/html")


def packed(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def office(part, *more):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in ("[Content_Types].xml", part, *more):
            made.writestr(name, "<x/>")
    return out.getvalue()


def open_document(said):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("mimetype", said)
    return out.getvalue()


def stored(media):
    return [path for path in media.glob("**/*") if path.is_file()]


# --- Reaching ----------------------------------------------------------------------------------------


def test_a_file_alone_shows_that_it_is_reached(cast, milestone, media):
    milestone.reach(cast.rep, today=TODAY, file=upload())
    file = EvidenceFile.objects.get()
    assert (file.name, file.kind, file.size, file.by) == ("Five quotes.pdf", "pdf", len(PDF), cast.rep)
    assert Milestone.objects.get().reached_on == TODAY
    assert [path.read_bytes() for path in stored(media)] == [PDF]
    assert Change.objects.about(milestone.action).first().details["shown"] == "Five quotes.pdf"


def test_its_name_on_the_disk_says_nothing_and_only_we_may_read_it(cast, milestone, media):
    milestone.reach(cast.rep, today=TODAY, file=upload("../../etc/passwd.pdf"))
    (path,) = stored(media)
    assert path.parent.parent == media / "evidence"
    assert path.name == EvidenceFile.objects.get().stored_as and len(path.name) == 40
    assert os.stat(path).st_mode & 0o077 == 0
    assert EvidenceFile.objects.get().name == "passwd.pdf"


def test_without_anything_that_shows_it_the_database_refuses_too(milestone):
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.update(reached_on=TODAY)


def test_what_is_refused_leaves_no_bytes_behind(cast, milestone, media):
    with pytest.raises(Refused):
        milestone.reach(cast.rep, today=TODAY, evidence_url="javascript:alert(1)", file=upload())
    with pytest.raises(Refused):
        milestone.reach(cast.rep, today=TODAY, seen_by=cast.outsider, file=upload())
    assert (stored(media), EvidenceFile.objects.count()) == ([], 0)


def test_pressed_twice_the_second_file_is_not_lost_in_silence(cast, milestone, media):
    milestone.reach(cast.rep, today=TODAY, file=upload())
    milestone.reach(cast.rep, today=TODAY, evidence="Again")
    with pytest.raises(Refused, match="Add the file to it instead"):
        milestone.reach(cast.rep, today=TODAY, file=upload("another.pdf"))
    assert len(stored(media)) == 1


def test_more_files_join_until_there_are_enough(cast, milestone, media):
    for number in range(10):
        milestone.add_file(cast.rep, upload(f"{number}.pdf"))
    with pytest.raises(Refused, match="There are 10 files already"):
        milestone.add_file(cast.rep, upload("one more.pdf"))
    assert (len(stored(media)), EvidenceFile.objects.count()) == (10, 10)
    milestone.reach(cast.rep, today=TODAY)
    assert Milestone.objects.get().reached_on == TODAY


# --- Taking out --------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["rep", "list_owner", "manager"])
def test_who_put_it_there_or_leads_the_list_takes_it_out(
    cast, milestone, media, who, django_capture_on_commit_callbacks
):
    milestone.add_file(cast.rep, upload())
    with django_capture_on_commit_callbacks(execute=True):
        EvidenceFile.objects.get().take_out(getattr(cast, who))
        EvidenceFile.objects.get().take_out(getattr(cast, who))
    assert stored(media) == []
    assert EvidenceFile.objects.get().taken_out_by == getattr(cast, who)
    assert not Milestone.objects.get().has_file


def test_nobody_else_does(cast, milestone, media):
    milestone.add_file(cast.list_owner, upload())
    with pytest.raises(Refused):
        EvidenceFile.objects.get().take_out(cast.rep)
    assert len(stored(media)) == 1


def test_the_last_thing_that_shows_it_stays(cast, milestone, media):
    milestone.reach(cast.rep, today=TODAY, file=upload())
    with pytest.raises(Refused, match="Nothing else shows"):
        EvidenceFile.objects.get().take_out(cast.rep)
    milestone.add_file(cast.rep, upload("second.pdf"))
    EvidenceFile.objects.order_by("pk").first().take_out(cast.rep)
    assert Milestone.objects.get().has_file


# --- What is taken -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("a.PNG", PNG),
        ("a.jpeg", b"\xff\xd8\xff\xe0" + b"\0" * 20),
        ("a.gif", b"GIF89a" + b"\0" * 20),
        ("a.webp", b"RIFF\x10\0\0\0WEBPVP8 "),
        ("a.csv", "Kunde;Größe\n".encode()),
        ("a.txt", b"\xef\xbb\xbfhello"),
        ("a.txt", b"a\tb\x0c\r\n"),
        ("a.docx", office("word/document.xml")),
        ("a.xlsx", office("xl/workbook.xml")),
        ("a.pptx", office("ppt/presentation.xml")),
        ("a.odt", open_document("application/vnd.oasis.opendocument.text")),
    ],
)
def test_these_are_kept(cast, milestone, name, content):
    milestone.add_file(cast.rep, upload(name, content))
    assert EvidenceFile.objects.get().kind == name.rpartition(".")[2].lower()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<script>alert(1)</script>"),
        ("a.svg", b"<svg onload='alert(1)'/>"),
        ("a.exe", b"MZ\x90\0"),
        ("a.zip", packed(a="b")),
        ("a", PDF),
        ("", PDF),
        (".pdf", b""),
        ("a.pdf", b"MZ\x90\0 not a pdf"),
        ("a.pdf", b"<html>"),
        ("a.png", PDF),
        ("a.pdf.html", PDF),
        ("a.html\0.pdf", b"<html>"),
        ("a.txt", b"\xff\xfe\0h\0i"),
        ("a.txt", b"a\0b"),
        ("a.txt", b"a\x0bb"),
        ("a.txt", b"a\x1fb"),
        ("a.csv", b"\x7fELF\x02\x01\x01\0"),
        ("a.docx", office("xl/workbook.xml")),
        ("a.docx", office("word/document.xml", "word/vbaProject.bin")),
        ("a.docm", office("word/document.xml", "word/vbaProject.bin")),
        ("a.docx", b"PK\x03\x04 torn"),
        ("a.docx", packed(a="b")),
        ("a.odt", open_document("application/vnd.oasis.opendocument.spreadsheet")),
        ("a.odt", open_document("x" * 200)),
    ],
)
def test_these_are_refused_in_a_sentence(cast, milestone, media, name, content):
    with pytest.raises(Refused) as refused:
        milestone.add_file(cast.rep, upload(name, content) if name else nameless(content))
    assert refused.value.field == "file"
    assert (stored(media), EvidenceFile.objects.count()) == ([], 0)


def test_an_office_file_has_so_many_parts_at_most(cast, milestone):
    parts = [f"ppt/slides/slide{number}.xml" for number in range(kinds.MOST_PARTS - 2)]
    milestone.add_file(cast.rep, upload("a.pptx", office("ppt/presentation.xml", *parts)))
    with pytest.raises(Refused):
        milestone.add_file(cast.rep, upload("b.pptx", office("ppt/presentation.xml", *parts, "one/more.xml")))


def test_a_table_of_contents_without_end_is_not_even_read(cast, milestone, monkeypatch):
    """Neither by what it says of itself: the number in the end record is a lie."""
    whole = office("word/document.xml")
    directory = whole[whole.index(b"PK\x01\x02") : whole.index(b"PK\x05\x06")]
    crowded = whole[: whole.index(b"PK\x05\x06")] + directory * kinds.MOST_PARTS * 5 + whole[-22:]
    monkeypatch.setattr(kinds.zipfile, "ZipFile", lambda file: pytest.fail("It was opened."))
    with pytest.raises(Refused, match="What is in this file"):
        milestone.add_file(cast.rep, upload("a.docx", crowded))


def nameless(content):
    made = upload("x", content)
    made._name = ""
    return made


def test_what_is_larger_than_the_limit_is_refused_with_both_figures(cast, milestone, settings, media):
    settings.EVIDENCE_MAX_BYTES = 20
    with pytest.raises(Refused, match="is the limit"):
        milestone.add_file(cast.rep, upload())
    assert stored(media) == []


@pytest.mark.parametrize(
    ("name", "kept_as"),
    [
        ("C:\\Users\\ines\\Quote 5.pdf", "Quote 5.pdf"),
        ("/etc/../a.pdf", "a.pdf"),
        ('a"; filename="evil.html.pdf', "a filename= evil.html.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie x.pdf"),
        ("quote\u202efdp.exe.pdf", "quote fdp.exe.pdf"),
        ("...pdf", "pdf"),
        ("Angebot Müller & Söhne (2).pdf", "Angebot Müller & Söhne (2).pdf"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "img src=x onerror=alert(1) .pdf"),
        ("..", "evidence"),
        ("a." + "b" * 50, "a." + "b" * 50),
    ],
)
def test_a_name_is_made_harmless(name, kept_as):
    assert kinds.harmless(name) == kept_as


# --- What goes wrong ---------------------------------------------------------------------------------


def test_a_full_disk_is_a_sentence_and_leaves_nothing(cast, milestone, media, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(Refused, match="its disk may be full"):
        milestone.reach(cast.rep, today=TODAY, file=upload())
    assert (stored(media), EvidenceFile.objects.count()) == ([], 0)
    assert Milestone.objects.get().reached_on is None


def test_what_no_row_knows_is_swept_after_a_day_and_no_sooner(cast, milestone, media):
    milestone.add_file(cast.rep, upload())
    orphan = store.put([b"left over"])
    rows = EvidenceFile.objects.values_list("stored_as", flat=True)
    assert store.sweep(rows) == 0
    tomorrow = os.stat(store.path_of(orphan)).st_mtime + store.LEFT_OVER + 1
    assert store.sweep(rows, tomorrow) == 1
    assert [path.name for path in stored(media)] == [EvidenceFile.objects.get().stored_as]
