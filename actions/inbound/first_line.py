"""The first line a person typed, and the words of four languages that turn what it says."""

import re
from collections.abc import Iterable, Iterator

GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|guten (?:tag|morgen|abend)|liebe[r]?|"
    r"sehr geehrte[r]?|moin|servus|bonjour|bonsoir|salut|cher|chère|hola|buenos días|buenas (?:tardes|noches)|"
    r"estimad[oa])(?:[ \t]+[^\s,!.:;]{1,30}){0,3}[ \t]*(?:[,!.:;–-]+[ \t]*|$)"
)
YES = re.compile(r"(?:yes|yep|yeah|ja|jawohl|oui|sí|si)[,.!:;\s–-]{1,4}")
NO = re.compile(
    r"(?<![^\W_])(?:not|never|no|nope|none|nothing|isn['’]?t|wasn['’]?t|hasn['’]?t|haven['’]?t|didn['’]?t|"
    r"don['’]?t|won['’]?t|can['’]?t|cannot|couldn['’]?t|aren['’]?t|hardly|nicht|nie|nein|kein\w{0,2}|kaum|pas|"
    r"jamais|non|ne|n['’]\w+|rien|aucun\w?|nunca|nada|tampoco|sin|ningun\w?)(?![^\W_])"
)
ALMOST = re.compile(
    r"(?<![^\W_])(?:almost|nearly|mostly|fast|beinahe|weitgehend|presque|quasiment|casi|half)(?![^\W_])"
)
LATER = re.compile(
    r"(?<![^\W_])(?:will|to be|going to|should be|would|could|by|until|before|when|once|soon|plan\w*|hope\w*|"
    r"wird|werde\w?|bis|vor|sobald|soll\w{0,2}|bald|sera|serai|d['’]ici|avant|quand|bientôt|será|cuando|antes|"
    r"espero|pronto|hasta)(?![^\W_])"
)
IF = re.compile(
    r"(?<![^\W_])(?:if|unless|provided|wenn|falls|sofern|sobald|once|si|sous réserve|à condition)(?![^\W_])"
)
BUT = re.compile(
    r"(?<![^\W_])(?:but|except|however|although|apart from|aber|jedoch|außer|ausser|bis auf|allerdings|mais|"
    r"sauf|excepté|pero|salvo|excepto|aunque)(?![^\W_])"
)
SENTENCE_END = re.compile(r"(?<=[^\W\d_])[.!?;…]+\s|[!?;…]+\s|\)\s?[.]\s|\s[–-]\s|\n")
# Characters; a shorter line was ended by whoever wrote it.
WRAPPED = 50


def first_line(text: str) -> str:
    """In lower case, without greeting and "yes"; quoted lines are not the person's."""
    for line in typed_lines(text):
        line = YES.sub("", line, count=1) if YES.match(line) else line
        if line.strip():
            return line.strip()
    return ""


def opening(text: str) -> str:
    """The same with its "yes", where that is the answer."""
    return next(typed_lines(text), "")


def typed_lines(text: str) -> Iterator[str]:
    for line in own_lines(text):
        if line:
            line = ungreeted(line[:400])
        if line:
            yield line


def own_lines(text: str) -> Iterator[str]:
    return (line.casefold() for line in lines_typed(text))


def lines_typed(text: str) -> Iterator[str]:
    """Without what is quoted; an empty one stays."""
    for line in text[:5_000].split("\n"):
        line = " ".join(line.replace("’", "'").split()).strip("*_ \u200b\ufeff")
        if not line.startswith((">", "|")):
            yield line


def ungreeted(line: str) -> str:
    return (GREETING.sub("", line, count=1) if GREETING.match(line) else line).strip()


def sentences(lines: Iterable[str]) -> list[str]:
    """A long line that ends with no stop goes on in the next one: mail programs break it there."""
    joined, last = [], ""
    for line in lines:
        goes_on = len(last) >= WRAPPED and line and last[-1] not in ".!?;:"
        joined += [" " if goes_on else "\n", line]
        last = line
    return [part.strip() for part in SENTENCE_END.split("".join(joined)) if part.strip()]


def later_sentences(text: str) -> list[str]:
    """What follows the first sentence of the first line."""
    lines = list(own_lines(text))
    for index, line in enumerate(lines):
        line = ungreeted(line)
        line = YES.sub("", line, count=1).strip() if YES.match(line) else line
        if line:
            return sentences([line, *lines[index + 1 :]])[1:]
    return []


def sentence(text: str) -> str:
    """Up to its first full stop: "Done. They did not object." is done."""
    return re.split(r"[.!;]\s|\s[–-]\s", text, maxsplit=1)[0]


def clause(text: str) -> str:
    """Up to its first comma: "Done, I will call them on Monday" is done."""
    return re.split(r"[,.!;]\s|\s[–-]\s", text, maxsplit=1)[0]
