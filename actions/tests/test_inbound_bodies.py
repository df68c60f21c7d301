"""Which part is read, in which charset, and within which limits."""

import sys
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.inbound.decoding import MAX_BYTES, MAX_DEPTH, MAX_PARTS, Unreadable
from actions.inbound.html import lines_of
from actions.inbound.parse import bounce_of, complaint_of, kind, reply_text, strip_html, strip_text, unreadable_because
from actions.tests.inbound_samples import ATTRIBUTIONS, QUOTED, SAID, mail

KINDS = {"reply", "auto_reply", "bounce", "complaint", "receipt", "unreadable"}


def body(data: bytes, kind: str = "text/plain", charset: str = "", more: str = "") -> bytes:
    declared = f"; charset={charset}" if charset else ""
    return f"From: a@a.example\nContent-Type: {kind}{declared}{more}\n\n".encode() + data


@pytest.mark.parametrize(
    ("text", "written", "declared"),
    [
        ("Erledigt für München – „ja“", "cp1252", "iso-8859-1"),
        ("Erledigt für München", "cp1252", "us-ascii"),
        ("Erledigt für München", "utf-8", ""),
        ("Erledigt für München", "utf-8", "iso-8859-1"),
        ("Erledigt für München", "utf-8", "no-such-charset"),
        ("完成了，客户签了字", "gb18030", "gb2312"),
        ("終わりました", "cp932", "shift_jis"),
        ("終わりました", "iso-2022-jp", "iso-2022-jp"),
        ("완료했습니다", "cp949", "ks_c_5601-1987"),
        ("Сделано", "koi8-r", "koi8-r"),
        ("בוצע", "cp1255", "windows-1255"),
        ("Done", "utf-16", "utf-16"),
    ],
)
def test_charsets_as_declared_and_as_meant(text: str, written: str, declared: str):
    assert reply_text(body(text.encode(written), charset=declared)) == text


def test_charsets_that_are_none_are_not_asked():
    for name in ("punycode", "idna", "unicode_escape", "zlib", "rot13", "undefined", "../../etc"):
        assert reply_text(body(b"Done", charset=name)) == "Done"


def test_nul_bytes_and_bare_carriage_returns():
    assert reply_text(body(b"\xef\xbb\xbfDone\x00.\rNext\r")) == "Done.\nNext"


def test_flowed_text_is_joined_and_its_quote_found():
    said = b"Done, they signed after a \nlong talk.\n\n"
    text = said + b"On Tue, May 5, 2026 at 9:14 AM Jonas Weil \n<jonas@north.example> wrote:\n> How did \n> it go?\n"
    assert reply_text(body(text, more="; format=flowed")) == "Done, they signed after a long talk."


def test_the_plain_part_is_preferred():
    assert reply_text(mail("Done", html="<p>Done and more</p>")) == "Done"


@pytest.mark.parametrize(
    "stub", ["", " \n", "This message is in HTML format. Please use a program that can view HTML."]
)
def test_html_is_read_where_the_plain_part_says_nothing(stub: str):
    assert reply_text(mail(stub, html="<p>Done</p>")) == "Done"


def test_attachments_and_enclosed_mail_are_not_the_answer():
    message = EmailMessage()
    message["From"] = "anna@north.example"
    message.set_content("Done")
    message.add_attachment("Not this", filename="notes.txt")
    inner = EmailMessage()
    inner.set_content("Nor this")
    message.add_attachment(inner)
    assert reply_text(message.as_bytes()) == "Done"


def test_only_an_attachment_is_no_answer():
    message = EmailMessage()
    message["From"] = "anna@north.example"
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="a.png")
    assert (kind(message.as_bytes()), reply_text(message.as_bytes())) == ("reply", "")


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@a.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nDone",
        b"From: a@a.example\nContent-Type: multipart/mixed\n\nDone",
        b"From: a@a.example\nContent-Type: text\n\nDone",
        b"From: a@a.example\nContent-Type: ;;;=\n\nDone",
        b"From: a@a.example\nContent-Transfer-Encoding: nonsense\n\nDone",
        b"From: a@a.example\nContent-Type: text/plain; charset*=a'b'%ff\n\nDone",
        b"From: a@a.example\nContent-Transfer-Encoding: base64\n\nRG9uZQ",
        b"From nobody Tue May  5 09:14:00 2026\nFrom: a@a.example\n\nDone",
        b"\r\n\r\nFrom: a@a.example\r\n\r\nDone",
        b"From: =?x?y?z?= <a@a.example>\nSubject: =?utf-8?b?!!!?=\n\nDone",
    ],
)
def test_broken_structure_is_read_as_well_as_it_goes(raw: bytes):
    assert (kind(raw), reply_text(raw)) == ("reply", "Done")


def nested(depth: int) -> bytes:
    return b"From: a@a.example\n" + b"Content-Type: message/rfc822\n\n" * depth + b"Content-Type: text/plain\n\nDone"


def multiparts(depth: int) -> bytes:
    heads = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(depth))
    return b"From: a@a.example\n" + heads + b"Content-Type: text/plain\n\nDone"


HOSTILE = {
    "too big": (b"From: a@a.example\n\n" + b"x" * MAX_BYTES, "too_big"),
    "parts": (
        b"From: a@a.example\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 10_000,
        "too_many_parts",
    ),
    "parts, just too many": (
        b"From: a@a.example\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * MAX_PARTS,
        "too_many_parts",
    ),
    "messages in messages": (nested(100), "too_deep"),
    "multiparts in multiparts": (multiparts(MAX_DEPTH + 5), "too_deep"),
    "very many of them": (multiparts(5_000), "too_deep"),
    "lines times boundaries": (multiparts(19) + b"\n" * 200_000, "too_much_work"),
    "lines": (b"From: a@a.example\n\n" + b"\n" * 600_000, "too_much_work"),
    "headers": (b"X-A: 1\n" * 30_000 + b"\nDone", "too_much_work"),
    "headers of a part": (multiparts(1) + b"\n--b0\n" + b"X-A: 1\n" * 30_000, "too_much_work"),
    "nothing": (b"", "no_message"),
}


@pytest.mark.parametrize(("raw", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_beyond_the_limits_it_is_kept_and_not_read(raw: bytes, reason: str):
    assert (kind(raw), unreadable_because(raw)) == ("unreadable", reason)
    with pytest.raises(Unreadable):
        reply_text(raw)


SHAPES = {
    "on on on": "On " * 10_000,
    "on, a line each": "On 5 May 2026\n" * 10_000,
    "quotes": ">" * 100_000,
    "quote lines": ">\n" * 100_000,
    "colons": "a:" * 50_000,
    "from lines": "From: a\n" * 20_000,
    "dashes": "-" * 100_000,
    "dashes with gaps": "- " * 50_000,
    "addresses": "a@" * 50_000,
    "angles": "<" * 100_000,
    "wrote": "wrote: " * 20_000,
    "dates": "On 1 Jan 2020 a@b.example wrote " * 5_000,
    "unfinished attributions": "On Tue, 5 May 2026 Ann <ann@north.example>\n" * 5_000,
    "sent from": "Sent from my " * 5_000,
    "confidential": "This email is confidential " * 5_000,
    "digits": "1" * 100_000,
    "spaces": " " * 100_000 + "x",
    "one long line": "x" * 500_000,
    "separators": "-----Original\n" * 20_000,
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_shapes_that_make_patterns_slow_do_not(text: str):
    """A time limit would tell of the machine; the pattern engine alone would need minutes on one of these."""
    assert isinstance(strip_text(text), str)
    assert kind(mail("x").replace(b"x", text[:300_000].encode())) in KINDS


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000,
        "<table><tr><td>" * 5_000,
        "<" * 100_000,
        "<!--" * 50_000,
        "&" * 100_000,
        "<a href='" * 20_000,
        "<![CDATA[" * 9_000,
    ],
)
def test_html_that_makes_parsers_slow_does_not(html: str):
    assert isinstance(strip_html(html), str)


def test_two_megabytes_of_outlook_are_read():
    html = (
        "<style>p.MsoNormal {margin:0}</style>"
        + "<p class=MsoNormal><span style='font-size:11pt'>Done.<o:p></o:p></span></p>" * 25_000
    )
    raw = body(html.encode(), "text/html")
    assert reply_text(raw).startswith("Done.\n")


PIECES = st.sampled_from(
    [
        *ATTRIBUTIONS.values(),
        QUOTED,
        SAID,
        "-- ",
        "--",
        "> ",
        "From: a",
        "Subject: b",
        "Sent: 2026",
        "To: c",
        "\n",
        "",
        "Sent from my iPhone",
        "[1]",
    ]
)
LETTERS = st.characters(exclude_categories=["Cc", "Cs", "Co"])
WRITTEN = st.lists(PIECES, max_size=14).map("\n".join)
TEXTS = st.one_of(st.text(LETTERS, max_size=400), WRITTEN)


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(max_size=600), st.binary(max_size=300).map(lambda data: mail(SAID)[:150] + data)))
def test_no_bytes_make_it_raise(raw: bytes):
    found = kind(raw)
    assert found in KINDS
    assert (found == "unreadable") == bool(unreadable_because(raw)) or found != "reply"
    bounce_of(raw)
    complaint_of(raw)
    try:
        reply_text(raw, raw)
    except Unreadable:
        assert unreadable_because(raw)


@settings(max_examples=100, deadline=None)
@given(WRITTEN)
def test_stripping_a_second_time_changes_nothing(text: str):
    once = strip_text(text)
    assert strip_text(once) == once


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_nothing_is_added(text: str):
    assert set(strip_text(text).split()) <= set(text.split())


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=300),
    st.lists(st.sampled_from(["<div>", "</div>", "<blockquote>", "<br>", "<p>", "<td", "x", "&lt;", "</p>"])),
)
def test_any_html_gives_lines(text: str, tags: list[str]):
    assert all("\n" not in line for line in lines_of(text + "".join(tags)))


GROWING = (
    "On 5 May 2026 Ann <ann@north.example>\n",
    "Ann <ann@north.example> wrote:\n",
    "From: a\n",
    "> quoted\n",
    "> quoted\ntyped\n",
    "-----Original\n",
    "----\n",
    "--\n",
    "Sent from my iPhone\n",
    "This email is confidential, the recipient may not disclose it.\n\n",
    "x\n\n",
    "| a\n",
)


def steps(text: str) -> int:
    return calls(strip_text, text)


def calls(function, text: str) -> int:
    """Calls made, Python's and C's: work in units that no other program on the machine changes."""
    counted = 0

    def count(_frame, event: str, _argument) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        function(text)
    finally:
        sys.setprofile(None)
    return counted


@pytest.mark.parametrize("line", GROWING)
def test_twice_the_lines_are_twice_the_work(line: str):
    assert steps(line * 800) < 2.5 * steps(line * 400)
    assert steps("Hello there\n" + line * 800) < 2.5 * steps("Hello there\n" + line * 400)


@settings(max_examples=25, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=6))
def test_any_mixture_of_lines_takes_work_in_proportion(pieces: list[str]):
    block = "\n".join(pieces) + "\n"
    lines = block.count("\n")
    assert steps(block * 40) < 400 * 40 * lines + 2_000
