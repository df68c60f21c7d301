"""One mail that answers several questions: each answer finds its question, or a person."""

from email.message import EmailMessage

import pytest

from actions.inbound.parse import digest_answers, item_mark
from actions.tests.inbound_samples import ATTRIBUTIONS, HEADER_BLOCKS, mail

ITEMS = {
    1: "Send the second offer to Kranbau with the bank's letter",
    2: "Ask Mr Keller who decides after the merger",
    3: "Book the demo room for the end of May",
}
BODY = "Hello Anna,\n\nthree questions today. Write a line under each number.\n\n" + "\n\n".join(
    f"{item_mark(number)} {text}\nHow did it go?" for number, text in ITEMS.items()
)


def sent() -> bytes:
    message = EmailMessage()
    message["From"] = "FailForward <ask@north.example>"
    message.set_content(BODY)
    return message.as_bytes()


def answers(text: str, known: bool = True) -> tuple[dict, str]:
    found = digest_answers(mail(text), sent() if known else None, ITEMS)
    return found.by_item, found.unmarked


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


QUOTE = f"\n\n{ATTRIBUTIONS['gmail']}\n{quoted(BODY)}\n"


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    "lines",
    [
        "[1] done\n[2] moved to Friday\n[3] stuck",
        "1: done\n2: moved to Friday\n3: stuck",
        "#1 done\n\n#2 moved to Friday\n\n#3 stuck",
        "1. done\n2. moved to Friday\n3. stuck",
        "[1]: done\n[2] - moved to Friday\n[3]\nstuck",
    ],
)
def test_marks_typed_above_the_quote(lines: str, known: bool):
    assert answers(lines + QUOTE, known) == ({1: "done", 2: "moved to Friday", 3: "stuck"}, "")


@pytest.mark.parametrize("known", [True, False])
def test_written_under_each_quoted_question(known: bool):
    text = quoted(BODY)
    for number, said in ((1, "Done"), (2, "moved to Friday\n\nHe is away."), (3, "stuck")):
        line = f"> {item_mark(number)} {ITEMS[number]}\n> How did it go?"
        text = text.replace(line, f"{line}\n\n{said}\n")
    assert answers(f"{ATTRIBUTIONS['gmail']}\n{text}", known) == (
        {1: "Done", 2: "moved to Friday\n\nHe is away.", 3: "stuck"},
        "",
    )


@pytest.mark.parametrize("block", [HEADER_BLOCKS["english"], HEADER_BLOCKS["german"]])
def test_written_into_a_quote_without_marks(block: str):
    text = BODY
    for number, said in ((1, "Done"), (2, "They merge in May."), (3, "stuck")):
        line = f"{item_mark(number)} {ITEMS[number]}\nHow did it go?"
        text = text.replace(line, f"{line}\n{said}")
    assert answers(f"{block}\n\n{text}") == ({1: "Done", 2: "They merge in May.", 3: "stuck"}, "")


def test_the_one_without_a_mark_is_held():
    assert answers("[1] done\n[2] moved to Friday\n\nThe third one I could not do." + QUOTE) == (
        {1: "done", 2: "moved to Friday"},
        "The third one I could not do.",
    )


@pytest.mark.parametrize("text", ["Done" + QUOTE, f"{ATTRIBUTIONS['gmail']}\n{quoted(BODY)}\n\nDone\n"])
def test_one_word_for_three_questions_is_held(text: str):
    assert answers(text) == ({}, "Done")


def test_a_number_nobody_asked_is_held():
    assert answers("[1] done\n[7] done" + QUOTE) == ({1: "done"}, "[7] done")
    assert answers("[1] done:\n4. the letter\n5. the call" + QUOTE)[0] == {1: "done:\n4. the letter\n5. the call"}


def test_a_question_answered_twice_is_held():
    assert answers("[1] done\n[1] not done\n[2] stuck" + QUOTE) == ({2: "stuck"}, "[1] done\n\n[1] not done")


def test_an_answer_goes_on_in_the_next_line():
    assert answers("[1] done,\nthey signed\n[2] stuck" + QUOTE)[0] == {1: "done,\nthey signed", 2: "stuck"}


def test_one_question_needs_no_mark():
    found = digest_answers(mail("Done\n\nThey signed." + QUOTE), sent(), [2])
    assert (found.by_item, found.unmarked) == ({2: "Done\n\nThey signed."}, "")


def test_no_answer_at_all():
    assert answers(QUOTE) == ({}, "")
    assert answers("") == ({}, "")
