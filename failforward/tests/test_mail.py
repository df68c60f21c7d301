import datetime as dt
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failforward import links, mail
from failforward.mail import Message

DUE = dt.datetime(2026, 11, 24, 15, 0, tzinfo=dt.UTC)
PLAIN = Message(
    template="note",
    context={"subject_line": "How did it go? Demo unit", "name": "Ines", "text": "Try the demo unit."},
    to="ines@firm.internal",
    to_name="Ines Duarte",
    from_name="Jonas Weil",
    reply_to="ask+k7qd2mzr4wba6tnx@failforward.example",
)


@pytest.fixture(autouse=True)
def templates(settings, tmp_path):
    folder = tmp_path / "emails" / "note"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("{{ subject_line }}\n")
    (folder / "body.txt").write_text("Hello {{ name }},\n\n    {{ text }}\n")
    (folder / "body.html").write_text("<title>{{ subject }}</title><p>{{ text }}</p>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]


def built(message: Message = PLAIN, **context) -> bytes:
    whole = replace(message, context={**message.context, **context})
    return mail.build(whole, "<0123456789abcdef01234567@failforward.example>", DUE)


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def header_names(raw: bytes) -> list[str]:
    return [name for name in read(raw) if not name.startswith("Content-") and name != "MIME-Version"]


def text_of(raw: bytes) -> str:
    return read(raw).get_body(("plain",)).get_content()


def test_the_headers_of_a_message():
    message = read(built())

    assert message["From"] == '"Jonas Weil via FailForward" <ask@failforward.example>'.replace('"', "")
    assert message["To"] == "Ines Duarte <ines@firm.internal>"
    assert message["Reply-To"] == "ask+k7qd2mzr4wba6tnx@failforward.example"
    assert message["Date"] == "Tue, 24 Nov 2026 15:00:00 +0000"
    assert message["Subject"] == "How did it go? Demo unit"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["X-FailForward-Loop"] == links.mail_domain()
    assert header_names(built()) == [
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
        "X-FailForward-Loop", "Reply-To",
    ]  # fmt: skip


def test_text_comes_first_and_only_the_html_part_is_escaped():
    raw = built(text='Ask "Müller & Söhne" <soon>')

    parts = [part.get_content_type() for part in read(raw).iter_parts()]
    assert parts == ["text/plain", "text/html"]
    assert 'Ask "Müller & Söhne" <soon>' in text_of(raw)
    assert "&quot;Müller &amp; Söhne&quot; &lt;soon&gt;" in read(raw).get_body(("html",)).get_content()


def test_text_stays_under_78_columns_and_a_link_stays_whole():
    link = "https://failforward.example/f/" + "k7qd2mzr4wba6tnx" * 6 + "/?a=done"
    raw = built(text="Try the demo unit with the three gateways our buyers use most, so that it pairs. " * 2 + link)

    lines = text_of(raw).splitlines()
    assert [line for line in lines if len(line) > 77] == ["    " + link]
    assert {line[:4] for line in lines[2:] if line} == {"    "}


def test_every_byte_is_ascii_and_no_line_is_too_long_for_a_mail_server():
    raw = built(text="Grüße aus Århus 🎈 " * 200, subject_line="Übergabe " * 30)

    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) < 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert read(raw)["Subject"] == ("Übergabe " * 30).strip()


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x00", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_no_name_or_subject_can_begin_a_header(end):
    evil = f"Deal{end}Bcc: eve@evil.internal{end}{end}body"
    message = replace(
        PLAIN, to_name=evil, from_name=evil, unsubscribe=f"https://x.example/{evil}", headers={"X-About": evil}
    )

    raw = built(message, subject_line=evil)

    names = header_names(raw)
    assert "Bcc" not in names
    assert names.count("Subject") == 1
    assert read(raw)["Subject"] == "Deal Bcc: eve@evil.internal body"
    assert "eve@evil.internal" not in read(raw)["From"]
    assert [address.addr_spec for address in read(raw)["From"].addresses] == ["ask@failforward.example"]
    assert [address.addr_spec for address in read(raw)["To"].addresses] == ["ines@firm.internal"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('Jonas "Joe" Weil', "Jonas Joe Weil"),
        ("ceo@bank.example", "ceo bank.example"),
        ("Weil, Jonas: boss;", "Weil Jonas boss"),
        ("<b>Jonas</b>", "b Jonas /b"),
        ("Jo\u202enas", "Jonas"),
        ("Jörg Weiß", "Jörg Weiß"),
        ("ß" * 300, "ß" * 55),
        ("a" * 300, "a" * 55),
    ],
)
def test_display_names_are_cleaned(name, shown):
    header = message_from_bytes(built(replace(PLAIN, from_name=name)))["From"]

    assert parseaddr(str(make_header(decode_header(header)))) == (f"{shown} via FailForward", links.sender_address())


def test_thread_and_unsubscribe_headers_are_there_only_when_asked_for():
    ids = [f"<{number:024}@a-very-long-domain-name-of-a-company.failforward.example>" for number in range(5)]
    stop = "https://failforward.example/f/" + "k7qd2mzr4wba6tnx" * 5 + "/stop/"

    message = read(built(replace(PLAIN, references=ids, unsubscribe=stop)))

    assert message["In-Reply-To"] == ids[-1]
    assert message["References"].split() == ids
    assert message["List-Unsubscribe"] == f"<{stop}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain = read(built())
    assert [plain[name] for name in ("In-Reply-To", "References", "List-Unsubscribe")] == [None, None, None]


def test_an_international_domain_is_written_in_ascii():
    assert read(built(replace(PLAIN, to="ines@müller.internal")))["To"].addresses[0].domain == "xn--mller-kva.internal"


def test_a_local_part_outside_ascii_is_an_error():
    with pytest.raises(UnicodeError):
        built(replace(PLAIN, to="inés@firm.internal"))


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_people_are_called_the_headers_stay_ours(name, subject):
    message = replace(PLAIN, to_name=name, from_name=name)

    raw = mail.head(message, mail.one_line(subject), "<0@failforward.example>", DUE)

    lines = raw.split(b"\r\n")
    assert {line.split(b":")[0] for line in lines if line and line[:1] != b" "} <= {
        b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"X-Auto-Response-Suppress",
        b"X-FailForward-Loop", b"Reply-To",
    }  # fmt: skip
