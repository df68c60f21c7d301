"""The four lines Outlook puts above what it quotes: From, Sent, To, Subject, in many languages."""

import re

from actions.inbound.attribution import EMAIL, TIME, YEAR
from actions.inbound.phrases import CC, FROM, OTHER, SENT, SUBJECT, TO, fold, names

KINDS = {
    **dict.fromkeys(names(OTHER), "other"),
    **dict.fromkeys(names(CC), "cc"),
    **dict.fromkeys(names(TO), "to"),
    **dict.fromkeys(names(SENT), "sent"),
    **dict.fromkeys(names(FROM), "from"),
    **dict.fromkeys(names(SUBJECT), "subject"),
}
LINE = re.compile(
    r"[\s>*_|\u200b\u200e\u200f\u202a-\u202e\ufeff]{0,8}(?P<name>[^\W\d_][^:：\n]{0,24}?)[\s*_]{0,4}[:：](?P<rest>.*)$"
)
DOMAIN = re.compile(r"@[\w.-]{1,250}")
MOST_LINES = 24
MOST_BETWEEN = 3
MOST_LABELS = 8


def header_name(line: str) -> str:
    """Which of the lines it is: from, sent, to, cc, subject, other, or ""."""
    if len(line) > 3_000 or (":" not in line[:40] and "：" not in line[:40]):
        return ""
    found = LINE.match(line)
    return KINDS.get(fold(found["name"].strip("*_ \xa0")), "") if found else ""


def header_block(lines: list[str], start: int) -> int:
    """How many lines from `start` are such a block; 0 when it is none.

    A sender and a subject, with a date or a recipient; without a subject only with an address or an exact date.
    "From: Berlin, To: Hamburg" is what a person wrote.
    """
    if not header_name(lines[start]):
        return 0
    seen: dict[str, str] = {}
    last, between = start, 0
    for index in range(start, min(len(lines), start + MOST_LINES)):
        name = header_name(lines[index])
        if name and name not in seen:
            seen[name] = lines[index]
            last, between = index, 0
        elif name:
            last, between = index, 0
        elif "subject" in seen and last == index - 1 and goes_on(lines[index]):
            last = index
        else:
            between += 1
            if between > MOST_BETWEEN:
                break
    return last - start + 1 if enough(seen) else 0


def goes_on(line: str) -> bool:
    """A folded subject is indented."""
    return line[:1] in " \t" and bool(line.strip())


def enough(seen: dict[str, str]) -> bool:
    if "from" not in seen:
        # Some programs name no sender: "Sent, To, Subject".
        return {"sent", "to", "subject"} <= seen.keys() and exact(seen)
    if "subject" in seen:
        return bool({"sent", "to"} & seen.keys()) and ("sent" in seen or exact(seen))
    return "sent" in seen and exact(seen) and (EMAIL.search(seen["from"]) is not None or "to" in seen)


def exact(seen: dict[str, str]) -> bool:
    sent = seen.get("sent", "")
    addresses = any(EMAIL.search(seen.get(name, "")) for name in ("from", "to"))
    return addresses or (YEAR.search(sent) is not None and TIME.search(sent) is not None)


def labelled_block(lines: list[str], start: int) -> bool:
    """Three labels or more in a language we do not know, with an address and a time: a header block where a program
    has ruled a line above it."""
    block = []
    for line in lines[start : start + MOST_LABELS]:
        if not line.strip() or not LINE.match(line[:300]):
            break
        block.append(line[:300])
    whole = "\n".join(block)
    return len(block) >= 3 and EMAIL.search(whole) is not None and TIME.search(whole) is not None


def people_in(lines: list[str]) -> set[str]:
    """The words that name the people of a header block's lines: "ann", "baker" of "From: Ann <ann.baker@…>"."""
    named = [LINE.match(line[:300])["rest"] for line in lines if header_name(line) in ("from", "to")]
    return {word for text in named for word in re.findall(r"[^\W\d_]+", DOMAIN.sub(" ", text.casefold()))}
