"""Replies to a mail of ours: whatever client, language and place, exactly what the person typed is left."""

from email import message_from_bytes
from email.message import EmailMessage

import pytest

from actions.inbound.parse import reply_text
from actions.tests.inbound_samples import ATTRIBUTIONS, HEADER_BLOCKS, mail

BODY = """Write your answer above this line

Hello Anna,

you said:

  Send the second offer to Kranbau, with the bank's letter
  with Mr Keller, so that they can sign in May

by Tuesday, 5 May 2026.

How did it go? What was the outcome? What do we do next, based on it?

Done: https://north.example/f/abcdef0123456789/?a=done
Partly: https://north.example/f/abcdef0123456789/?a=partly
Moved: https://north.example/f/abcdef0123456789/?a=moved
Stuck: https://north.example/f/abcdef0123456789/?a=stuck
Not doing it: https://north.example/f/abcdef0123456789/?a=dropped

Jonas reads your answer. Seen by: this list.
Nothing is saved until you press Send on the page.

--
You get this because you made this commitment. We ask once.
"""
HTML = """<html><body><p>Write your answer above this line</p><p>Hello Anna,</p><p>you said:</p>
<table><tr><td>Send the second offer to Kranbau, with the bank's letter</td></tr>
<tr><td>with Mr Keller, so that they can sign in May</td></tr></table><p>by Tuesday, 5 May 2026.</p>
<p>How did it go? What was the outcome? What do we do next, based on it?</p>
<table><tr><td><a href="https://north.example/f/abcdef0123456789/?a=done">Done</a></td></tr>
<tr><td><a href="https://north.example/f/abcdef0123456789/?a=partly">Partly</a></td></tr>
<tr><td><a href="https://north.example/f/abcdef0123456789/?a=moved">Moved</a></td></tr>
<tr><td><a href="https://north.example/f/abcdef0123456789/?a=stuck">Stuck</a></td></tr>
<tr><td><a href="https://north.example/f/abcdef0123456789/?a=dropped">Not doing it</a></td></tr></table>
<p>Jonas reads your answer. Seen by: this list.</p><p>Nothing is saved until you press Send on the page.</p>
<p>You get this because you made this commitment. We ask once.</p></body></html>"""
ANSWERS = (
    "Done",
    "done.",
    "Erledigt, sie haben unterschrieben.",
    "Partly: the letter is missing.\n\nI call Mr Keller on Friday.",
    "Moved to Friday",
    "👍",
    "They asked: how did it go?\nI said well.",
    "By Tuesday, 5 May 2026 it was signed.\nMore next week.",
)


def sent() -> bytes:
    message = EmailMessage()
    message["From"] = "Jonas Weil via FailForward <ask@north.example>"
    message["To"] = "Anna Brandt <anna@north.example>"
    message["Subject"] = "How did it go? Second offer to Kranbau"
    message["Message-ID"] = "<abc@north.example>"
    message.set_content(BODY)
    message.add_alternative(HTML, subtype="html")
    return message.as_bytes()


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def refolded(text: str, columns: int) -> str:
    """As some clients quote: every line folded again, the second half without its mark's space."""
    lines = []
    for line in text.splitlines():
        while len(line) > columns and " " in line[:columns]:
            cut = line[:columns].rindex(" ")
            lines.append(line[:cut])
            line = line[cut + 1 :]
        lines.append(line)
    return "\n".join(lines)


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_written_above(line: str):
    for answer in ANSWERS:
        assert reply_text(mail(f"{answer}\n\n{line}\n\n{quoted(BODY)}\n"), sent()) == answer


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_written_below(line: str):
    for answer in ANSWERS:
        assert reply_text(mail(f"{line}\n{quoted(BODY)}\n\n{answer}\n"), sent()) == answer


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_quoted_without_marks(line: str):
    for answer in ANSWERS:
        assert reply_text(mail(f"{answer}\n\n{line}\n\n{BODY}\n"), sent()) == answer


@pytest.mark.parametrize("block", HEADER_BLOCKS.values(), ids=HEADER_BLOCKS)
def test_the_way_of_outlook(block: str):
    for answer in ANSWERS:
        text = f"{answer}\n\n________________________________\n{block}\n\n{refolded(BODY, 50)}\n"
        assert reply_text(mail(text), sent()) == answer


@pytest.mark.parametrize("columns", [30, 60, 72])
def test_quoted_lines_folded_again(columns: int):
    for answer in ANSWERS:
        text = f"{answer}\n\n{ATTRIBUTIONS['gmail']}\n{quoted(refolded(BODY, columns))}\n"
        assert reply_text(mail(text), sent()) == answer


def test_in_a_language_nobody_told_us():
    for answer in ANSWERS:
        text = f"{answer}\n\nJonas Weil via FailForward <ask@north.example>ek idatzi zuen:\n\n{BODY}"
        assert reply_text(mail(text), sent()) == answer


def test_written_into_our_text():
    text = BODY.replace("Hello Anna,", "Hello Anna,\n\nHello Jonas!").replace(
        "based on it?", "based on it?\n\nThey signed."
    )
    answer = reply_text(mail(f"{HEADER_BLOCKS['english']}\n\n{text}"), sent())
    assert answer.split() == ["Hello", "Jonas!", "They", "signed."]


@pytest.mark.parametrize(
    "around",
    [
        '<div dir="ltr">{answer}</div><br><div class="gmail_quote"><div class="gmail_attr">{line}<br></div>'
        '<blockquote class="gmail_quote">{body}</blockquote></div>',
        '<div>{answer}</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Jonas '
        "Weil<br><b>Sent:</b> Tuesday"
        "<br><b>To:</b> Anna<br><b>Subject:</b> How did it go?</div>{body}",
        "<p>{answer}</p><p>{line}</p><div>{body}</div>",
        '<div>{answer}</div><blockquote type="cite"><div>{line}</div>{body}</blockquote>',
    ],
    ids=["gmail", "outlook", "plain", "apple"],
)
def test_html_alone(around: str):
    for answer in ANSWERS:
        line = "On Tue, May 5, 2026 at 9:14 AM Jonas Weil via FailForward &lt;ask@north.example&gt; wrote:"
        body = HTML.replace("<html><body>", "").replace("</body></html>", "")
        html = around.format(answer=answer.replace("\n", "<br>"), line=line, body=body)
        message = EmailMessage()
        message["From"] = "anna@north.example"
        message.set_content(f"<html><body>{html}</body></html>", subtype="html")
        assert reply_text(message.as_bytes(), sent()) == answer


def test_links_rewritten_by_a_scanner():
    rewritten = BODY.replace(
        "https://north.example/f/", "https://eur01.safelinks.example/?url=https%3A%2F%2Fnorth.example%2Ff%2F"
    )
    assert reply_text(mail(f"Done\n\n{ATTRIBUTIONS['gmail']}\n\n{rewritten}"), sent()) == "Done"


@pytest.mark.parametrize("text", [f"{ATTRIBUTIONS['gmail']}\n{quoted(BODY)}", quoted(BODY), BODY, "", "\n \n"])
def test_nothing_but_our_own_words_is_no_answer(text: str):
    assert reply_text(mail(text), sent()) == ""


def test_only_a_quote_is_no_answer_without_our_mail_either():
    assert reply_text(mail("> Done")) == ""


def test_a_signature_is_no_answer():
    assert reply_text(mail(f"-- \nAnna Brandt\nNorth\n\n{ATTRIBUTIONS['gmail']}\n{quoted(BODY)}"), sent()) == ""
    assert reply_text(mail(f"Sent from my iPhone\n\n{ATTRIBUTIONS['gmail']}\n{quoted(BODY)}"), sent()) == ""


def test_our_mail_is_read_from_its_stored_bytes():
    assert message_from_bytes(sent()).is_multipart()
    assert reply_text(mail("Done"), b"") == "Done"
    assert reply_text(mail("Done"), b"\xff\x00 no mail") == "Done"
