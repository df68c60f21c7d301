"""What companies and lists put under and over a text: disclaimers, list footers, virus notes, warnings at the top."""

import re

from actions.inbound.signatures import rule

# Under a rule the name of a list is enough; elsewhere a person may write of one.
LIST_NAME = re.compile(r"mailing list\s*$|mailman/listinfo", re.I)
LIST_FOOTER = re.compile(
    r"mailman/listinfo|(?:to )?unsubscribe(?:\s?:|\s(?:from|here|or|click|send|e-?mail)\b|$)|"
    r"you (?:are receiving|received) this (?:message |e-?mail )?because|you are currently subscribed|"
    r"reply to this email directly|to (?:respond|reply), reply to this|visit topic\b|.{0,20}yahoo! groups links|"
    r"to post to this group|for more options, visit|view (?:this|it) (?:message |thread )?on (?:github|the web)|"
    r"(?:virus-free|virenfrei|garanti sans virus|libre de virus|senza virus|livre de vírus)\.\s?(?:www\.)?|"
    r"this e-?mail has been (?:checked|scanned) (?:for viruses|by)|"
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
    r"addressee|adressat|geadresseerde|vertrouwelijk|uitsluitend|fortrolig|modtager|konfidentiell|mottagare|"
    r"unauthori[sz]ed|not authori[sz]ed|non autoris|ausschließlich|unzulässig|exclusi|solely|"
    r"notify the sender|confidenzial|legally|dissemination|divulgación|"
    r"confidential|privileged|recipient|disclos|unlawful|prohibited|liab|virus|malware|intended|vertraulich|"
    r"empfänger|unbefugt|confidentiel|destinataire|interdit|confidencial|destinatario|prohibid|environment|"
    r"umwelt|archiv|in error|riservat",
    re.I,
)
# Any lawyer's paragraph: it speaks of the mail itself, in several words that belong to no other subject.
OF_THIS_MAIL = re.compile(
    r"\b(?:this|the|any|diese[rs]?|dieses|ce|cet|le présent|est[ea]|questo|questa|dit|deze|denne|dette|detta|det här)"
    r"\s(?:(?:electronic|confidential)\s)?(?:e-?mail|mail|message|mensaje|correo|communication|transmission|"
    r"nachricht|courriel|messaggio|mensagem|bericht|meddelelse|meddelande|melding)",
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
    if not begins:
        return False
    opening = paragraph(lines, start, end)
    if DISCLAIMER.search(opening):
        return len(LEGAL.findall(rest)) >= 2
    return start > 0 and OF_THIS_MAIL.search(opening) is not None and len(legal_words(opening)) >= 3


def legal_words(text: str) -> set[str]:
    return {word.casefold() for word in LEGAL.findall(text)}


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
