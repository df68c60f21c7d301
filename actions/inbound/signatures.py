"""What programs and companies put under and over a text: "Sent from …", signatures, footers, disclaimers, banners."""

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

# Under a rule the name of a list is enough; elsewhere a person may write of one.
LIST_NAME = re.compile(r"mailing list\s*$|mailman/listinfo", re.I)
LIST_FOOTER = re.compile(
    r"mailman/listinfo|(?:to )?unsubscribe(?:\s?:|\s(?:from|here|or|click|send|e-?mail)\b|$)|"
    r"you (?:are receiving|received) this (?:message |e-?mail )?because|you are currently subscribed|"
    r"reply to this email directly|to (?:respond|reply), reply to this|visit topic\b|.{0,20}yahoo! groups links|"
    r"to post to this group|for more options, visit|view (?:this|it) (?:message |thread )?on (?:github|the web)|"
    r"virus-free\.\s?(?:www\.)?|this e-?mail has been (?:checked|scanned) (?:for viruses|by)|"
    r".{0,12}www\.avast\.com|no virus found in this|checked by avg|internal virus database|"
    r"manage your subscription|archives?: https?:|"
    r"diese e-?mail wurde (?:von|auf|mit) .{0,30}(?:viren|avast|geprüft)|"
    r"sie erhalten diese (?:nachricht|e-?mail|mail), weil|"
    r"vous recevez ce (?:message|courriel|mail) (?:car|parce)|"
    r"recib(?:e|es|iste|ió) este (?:mensaje|correo) porque|cet? e-?mail a été vérifié|"
    r"este correo .{0,40}(?:virus|avast)",
    re.I,
)
PRINTING = re.compile(
    r"\W{0,6}(?:p\s)?(?:please (?:consider|think of) (?:the|our) environment|"
    r"(?:bitte )?denken sie (?:bitte )?an die umwelt|pensez à l.environnement|antes de imprimir)",
    re.I,
)
DISCLAIMER_TITLE = re.compile(
    r"\W{0,6}(?:legal |e-?mail |confidentiality )?(?:disclaimer|confidentiality(?: notice| note| statement)?|"
    r"confidential(?: notice)?|privacy notice|legal notice|important notice|haftungsausschluss|"
    r"vertraulichkeitshinweis|rechtlicher hinweis|wichtiger hinweis|avis de confidentialité|"
    r"clause de confidentialité|avertissement|aviso legal|aviso de confidencialidad|"
    r"cláusula de confidencialidad|avviso di riservatezza|aviso de confidencialidade)\W{0,6}$",
    re.I,
)
DISCLAIMER = re.compile(
    r"(?:information|contents?)\b.{0,60}\b(?:contained|transmitted) in this (?:e-?mail|mail|message|"
    r"communication|transmission)|"
    r"^\W{0,6}(?:disclaimer|confidentiality(?: notice)?|notice|important)\s?[:\-–]\s?.{0,60}(?:e-?mail|message|"
    r"communication)|"
    r"^\W{0,6}this (?:e-?mail|message|communication|transmission)\b.{0,120}\b(?:confidential|privileged|"
    r"intended (?:solely|only)|scanned|viruses)|"
    r"^\W{0,6}(?:if you are not the|if you have received this|if you received this).{0,80}(?:recipient|error|"
    r"mistake)|"
    r"^\W{0,6}(?:diese|die in dieser) (?:e-?mail|nachricht)\b.{0,120}\b(?:vertraulich|bestimmt|rechtlich)|"
    r"^\W{0,6}(?:ce|le présent) (?:message|courriel|mail|e-?mail)\b.{0,120}\b(?:confidentiel|destin|"
    r"strictement)|"
    r"^\W{0,6}est[ea] (?:mensaje|correo|comunicación|e-?mail|mensagem)\b.{0,120}\b(?:confidencial|dirig|destin)|"
    r"^\W{0,6}(?:questo|il presente) (?:messaggio|e-?mail)\b.{0,120}\b(?:riservat|confidenzial)|"
    r"^\W{0,6}please (?:consider|think of) the environment|"
    r"^\W{0,6}(?:bitte denken sie|denken sie bitte) an die umwelt|^\W{0,6}pensez à l.environnement",
    re.I,
)
LEGAL = re.compile(
    r"confidential|privileged|recipient|disclos|unlawful|prohibited|liab|virus|malware|intended|vertraulich|"
    r"empfänger|unbefugt|confidentiel|destinataire|interdit|confidencial|destinatario|prohibid|environment|"
    r"umwelt|archiv|in error|riservat",
    re.I,
)
BANNER_START = re.compile(
    r"[\W_]{0,12}(?:caution|warning|external|achtung|vorsicht|warnung|extern\w*|attention|avertissement|externe|"
    r"precaución|atención|advertencia|externo|attenzione|let op|you don't often get e-?mail|"
    r"sie erhalten nicht oft e-?mails?|vous n.obtenez pas souvent|no suele recibir correo|this (?:message|"
    r"e-?mail) (?:originated|came|was sent) from (?:an |a |the )?(?:outside|external)|diese (?:e-?mail|"
    r"nachricht) (?:stammt|kommt|wurde) von (?:außerhalb|extern))",
    re.I,
)
BANNER_WORDS = re.compile(
    r"originat|outside|external|click|attachment|recogni[sz]e|sender|phish|suspicious|safe\b|learn why|"
    r"organi[sz]ation|extern|außerhalb|ausserhalb|anhäng|anlagen|absender|klicken|vertrauen|stammt|extérieur|"
    r"externe|expéditeur|cliqu|pièces jointes|externo|remitente|adjunt|enlace|fuera de|often get e-?mail|"
    r"learnaboutsenderidentification|verify|links?\b",
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
        if SENTENCE.search(rest) or "," in rest:
            return False
        mine = start[0].endswith("我的") or rest.startswith(
            ("my ", "meinem", "meiner", "mon ", "ma ", "mi ", "mio", "mia", "meu", "minha", "mijn", "min ", "mit ", "m")
        )
        return (
            device
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


def footer(lines: list[str], start: int, end: int) -> bool:
    """A mailing list's, a virus scanner's or a lawyer's lines begin here."""
    line = lines[start].strip()
    if not line or len(line) > 3_000:
        return False
    head = line[:300]
    if PRINTING.match(head):
        return True
    if LIST_FOOTER.match(head):
        return True
    if rule(line):
        after = [each.strip()[:300] for each in lines[start + 1 : min(start + 6, end)] if each.strip()][:3]
        return any(LIST_FOOTER.match(each) or LIST_NAME.search(each) for each in after)
    rest = " ".join(lines[start : min(start + 14, end)])[:2_500]
    if DISCLAIMER_TITLE.match(head):
        return LEGAL.search(rest[len(line) :]) is not None
    begins = start == 0 or not lines[start - 1].strip() or rule(lines[start - 1])
    return begins and DISCLAIMER.search(paragraph(lines, start, end)) is not None and len(LEGAL.findall(rest)) >= 2


def paragraph(lines: list[str], start: int, end: int) -> str:
    """Its first lines on one: a lawyer's sentence is folded anywhere."""
    found = []
    for line in lines[start : min(start + 4, end)]:
        if not line.strip():
            break
        found.append(line.strip()[:300])
    return " ".join(found)[:400]


def banner(lines: list[str]) -> int:
    """How many lines at the top are a gateway's warning about mail from outside."""
    start = next((index for index, line in enumerate(lines[:20]) if line.strip() and not rule(line)), None)
    if start is None or not BANNER_START.match(lines[start][:200]):
        return 0
    paragraph = []
    for line in lines[start : start + 10]:
        if not line.strip() or (paragraph and not BANNER_WORDS.search(line[:400])):
            break
        paragraph.append(line)
    whole = " ".join(paragraph)[:1_000]
    if len(BANNER_WORDS.findall(whole)) < 2 and not re.fullmatch(r"\W*external(?: e-?mail| sender)?\W*", whole, re.I):
        return 0
    end = start + len(paragraph)
    while end < len(lines) and rule(lines[end]):
        end += 1
    return end
