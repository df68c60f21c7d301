"""Whether words that no header marks are somebody's own out-of-office note, and nothing else besides."""

import re
from datetime import date

from actions.inbound.affirming import without_name
from actions.inbound.dates import dates_in
from actions.inbound.first_line import own_lines, sentences, ungreeted
from actions.inbound.phrases import names
from actions.inbound.status_words import WORD

LONGEST = 1_500
AWAY = re.compile(
    r"out of (?:the |my )?office|on (?:vacation|holiday|annual leave|parental leave|maternity leave|leave)|"
    r"away (?:from|until|till|on)|not in the office|(?:currently |i am |i'm )away|nicht im (?:büro|haus)|"
    r"im urlaub|abwesend|außer haus|ausser haus|in elternzeit|absente? (?:du|jusqu|de)|absente?\b|en congés?|"
    r"en vacances|fuera de la oficina|de vacaciones|ausente|fuori ufficio|in ferie|afwezig|op vakantie|"
    r"fora do escritório|de férias"
)
FIRST_PERSON = names("i|i'm|im|i'll|ich|bin|je|suis|serai|estoy|estaré|sono|ik|estou")
# With the person's own pronoun these may stand before it; alone they leave the subject out: "Currently on leave".
BESIDE = FIRST_PERSON | names("""
am|will|be|currently|now|still|also|at|the|moment|from|until|till|to|through|unfortunately|today|as|of|again|away|
vom|von|bis|zum|den|dem|am|ab|derzeit|aktuell|momentan|zurzeit|leider|noch|heute|werde|einschließlich|
actuellement|du|au|jusqu'au|le|encore|malheureusement|aujourd'hui|actualmente|hasta|desde|el|al|del|hoy|yo|todavía|ben
""")
PAST = re.compile(r"\b(?:was|were|last|yesterday|ago|gewesen|war|letzte\w?|gestern|dernière?|hier|pasad[ao]|ayer)\b")
# What such notes say besides.
USUAL = re.compile(
    r"thank|danke|dank für|de retour|joign|joindre|merci|gracias|urgent|dringend|urgence|emergenc|"
    r"please (?:contact|call|write|e-?mail|reach|turn|note)|bitte (?:wende|kontaktier|ruf|schreib)|"
    r"contact(?:er|ar|e)?\b|\b(?:be back|back on|back in|return|returning|reachable|available|"
    r"limited access|no access|access to)\b|"
    r"respond|reply|wieder|zurück|erreichbar|vertret|antwort|nicht gelesen|nicht weitergeleitet|"
    r"répondr|de vuelta|regres|responder|localizable|deputy|stand\w* in for me|cover\w* for me|(?:best|kind) regards|"
    r"grüße|grüsse|gruß|gruss|cordialement|saludos"
)
CLAUSE = re.compile(r"[,;:]\s|\s(?:and|so|but|und|daher|deshalb|aber|et|donc|mais|y|pero)\s|[()]")


def is_own_note(text: str, today: date, day_first: bool | None) -> bool:
    if len(text) > LONGEST or "?" in text or WORD.fullmatch(text.rpartition("\n")[2].strip(" .!").casefold()):
        return False
    found = False
    for sentence in sentences(line for line in own_lines(without_name(text)) if line):
        for number, clause in enumerate(CLAUSE.split(without_dates(ungreeted(sentence), today, day_first))):
            if AWAY.search(clause):
                if not is_own(clause, is_first=number == 0):
                    return False
                found = True
            elif not is_usual(clause):
                return False
    return found


def without_dates(line: str, today: date, day_first: bool | None) -> str:
    for each in reversed(dates_in(line[:500], today, day_first)):
        line = line[: each.start] + " " + line[each.end :]
    return line


def is_own(clause: str, *, is_first: bool) -> bool:
    """Who is away is "I", or left out at the beginning of a sentence; and it is not over."""
    away = AWAY.search(clause)
    before = [word.strip(".,!-–\"'") for word in clause[: away.start()].split()]
    said = [word for word in before if word and not word.strip(".").isdigit()]
    told = set(said) & FIRST_PERSON or away[0].startswith(("i am", "i'm"))
    return set(said) <= BESIDE and bool(told or is_first) and not PAST.search(clause)


def is_usual(clause: str) -> bool:
    return USUAL.search(clause) is not None or not any(letter.isalpha() for letter in clause) or is_rest(clause)


def is_rest(clause: str) -> bool:
    """What a day cut out leaves behind: "from … to the"."""
    return set(clause.split()) <= BESIDE
