"""What mail programs and people put under a text: "Sent from …", signatures, ways to reach somebody."""

import re

from actions.inbound.phrases import (
    BRANDS,
    DEVICES,
    GET_APP,
    SENT_FROM,
    SENT_FROM_END,
    SENT_FROM_MY,
    fold,
    pattern,
    words,
)

LONGEST = 160
DELIMITER = re.compile(r"\s{0,3}(?:--|—|––|—-|- -|__)\s{0,3}$")
RULE_CHARACTERS = frozenset("-_=*~#+—– \t\xa0")

LINK = re.compile(r"\(?<{0,2}(?:https?://|mailto:|www\.)[^\s<>]{1,1000}>{0,2}\)?")
WRAPPING = " \t\xa0*_<>()[]{}|\"'“”„.!-–—•·~\u200b\ufeff"
STARTS = pattern("", SENT_FROM, r"(?!\w)")
STARTS_WIDE = pattern("", SENT_FROM)
STARTS_MY = pattern("", SENT_FROM_MY, r"\s")
APP = pattern("", GET_APP)
ENDS = pattern(r"(?:^|\s|(?<=[^\x00-\x7f])|(?=[^\x00-\u04ff]))", SENT_FROM_END, r"$")
# Languages with endings hang them on the name: "iPhonesta", "iPhonu".
DEVICE = re.compile(
    rf"(?<![^\W_])(?:(?:{words(BRANDS)})|(?!e-?mail)[a-z]{{3,12}}mail(?![^\W\d_])|(?:{words(DEVICES)})(?![^\W\d_]))|手机|手機"
)
BRAND = pattern(r"(?<![^\W_])", BRANDS)
# "Sent from Edison Mail"; but "Sent by registered mail".
NAMED_MAIL = re.compile(r"^[\w.]{2,20}(?:\s[\w.]{2,20})?\smail(?:[ -]app)?$")
BY_PROGRAM = re.compile(r"(?:from|using|von|mit|aus|da|dal|de|depuis|desde|vanuit|met|fra|med|från)$")
VIA_DEVICE = re.compile(
    r"(?:[\w.'-]{1,20}\s){0,3}(?:via|from)\s(?:my\s)?(?:mobile|phone|iphone|ipad|android|blackberry|cell|tablet)"
)
SENT_ITSELF = re.compile(
    r"diese (?:nachricht|e-?mail|mail) wurde (?:von|mit|über|via|aus)\b|"
    r"this (?:message|e-?mail)(?: was| has been)? sent (?:from|via|with|using)\b|"
    r"ce (?:message|courriel|mail) a été envoyé (?:de|depuis|via|avec)\b|"
    r"este (?:mensaje|correo) (?:ha sido|fue) enviado (?:desde|con)\b|"
    r"(?:typed|written|composed) (?:on|with|by) my\b|please excuse (?:any )?(?:typos|brevity|my brevity)|"
    r"excuse (?:typos|brevity)|(?:verzeihen|entschuldigen) sie (?:bitte )?(?:tippfehler|die kürze)"
)
APOLOGY = re.compile(
    r"[,.;:!–—-]?\s{1,3}(?:so |and )?(?:please |kindly |pls )?(?:excuse|pardon|forgive|ignore|sorry|apolog|"
    r"verzeih|entschuldig|veuillez|désolé|disculp)"
)
# A person's sentence that happens to begin like one: "Sent from my desk, is much easier …", "Sent via courier today".
SENTENCE = re.compile(
    r"(?:^|\s)(?:is|was|are|were|has|had|have|will|would|can|could|because|but|today|yesterday|tomorrow|morning|"
    r"afternoon|monday|tuesday|wednesday|thursday|friday|last|this|ist|war|wird|heute|gestern|morgen|weil|aber|"
    r"est|était|hier|aujourd'hui|demain|es|fue|hoy|ayer|mañana|él|customer|client|kunde|contract|offer|proposal|"
    r"quote|angebot|bureau|büro|desk)(?:\s|$)"
)

PHONE = re.compile(r"(?:\+|\(|\b)\d[\d\s().\-/–]{5,18}\d")
WEB = re.compile(
    r"(?:https?://|www\.)\S|\S@\S{2,}\.\w|\b[\w-]{2,40}\.(?:com|de|org|net|fr|es|io|co|at|ch|nl|it|eu)\b", re.I
)
LABELS = re.compile(
    r"(?:^|\s)(?:tel|telefon|phone|fon|fax|mobile?|mob|cell|skype|t|f|m|p|e|e-?mail|w|web|internet|linkedin|"
    r"twitter|facebook)\s?[.:]",
    re.I,
)


def delimiter(line: str) -> bool:
    return len(line) < 12 and DELIMITER.match(line) is not None


def rule(line: str) -> bool:
    """Only dashes, underscores and their like, three or more."""
    return len(line) < 400 and len(line.strip()) >= 3 and set(line) <= RULE_CHARACTERS


def sent_from(line: str) -> bool:
    """ "Sent from my iPhone" in any of its languages; never a person's sentence that begins alike."""
    if not 6 <= len(line.strip()) <= 600:
        return False
    text = LINK.sub(" ", line).replace("[", " ").replace("]", " ").strip(WRAPPING)
    text = fold(text)
    if not 4 <= len(text) <= LONGEST:
        return False
    if APP.match(text):
        return len(text.split()) <= 8
    itself = SENT_ITSELF.match(text)
    if itself and (DEVICE.search(text) or "excuse" in text or "tippfehler" in text):
        return len(text.split()) <= 16
    text = APOLOGY.split(text, maxsplit=1)[0].strip(WRAPPING + ",;")
    return sent_by_words(text)


def sent_by_words(text: str) -> bool:
    if VIA_DEVICE.fullmatch(text):
        return True
    count = len(text.split())
    if count > 11 or "?" in text:
        return False
    device = DEVICE.search(text) is not None
    start = STARTS.match(text) or (STARTS_WIDE.match(text) if not text.isascii() else None)
    if start:
        rest = text[start.end() :].strip()
        if SENTENCE.search(rest):
            return False
        mine = start[0].endswith("我的") or rest.startswith(
            ("my ", "meinem", "meiner", "mon ", "ma ", "mi ", "mio", "mia", "meu", "minha", "mijn", "min ", "mit ", "m")
        )
        if "," in rest and not (device and (mine or BRAND.search(rest))):
            return False
        return (
            device
            or (NAMED_MAIL.search(rest) is not None and BY_PROGRAM.search(start[0]) is not None)
            or (mine and len(rest.split()) <= 7)
            or (bool(rest) and len(rest.split()) == 1 and text.startswith("sent from"))
        )
    if STARTS_MY.match(text):
        return device and count <= 7 and not SENTENCE.search(text)
    return device and ENDS.search(text) is not None and count <= 10 and not SENTENCE.search(text)


def contact_block(lines: list[str]) -> bool:
    """Short lines with at least two ways to reach somebody: a signature without its delimiter."""
    filled = [line for line in lines if line.strip()]
    if not filled or len(filled) > 16 or any(len(line) > 90 for line in filled):
        return False
    ways = sum(1 for line in filled if PHONE.search(line) or WEB.search(line) or LABELS.search(line))
    return ways >= 2 and not any(line.rstrip().endswith("?") for line in filled)
