"""Text on its way into a spreadsheet, which would calculate a cell that begins like a formula."""

import re

FORMULA = re.compile(r"[\s\"']*[=+\-@＝＋－＠]|[\t\r\n]")
NUMBER = re.compile(r"-?\d+([.,]\d+)*")


def disarmed(text: str) -> str:
    """The text with a leading ' when a spreadsheet would calculate it; numbers stay numbers, so −5 stays −5."""
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text
