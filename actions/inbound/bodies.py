"""Which parts of a message are what the person wrote."""

import re
from email.message import Message

from actions.inbound.decoding import MAX_TEXT, Texts, Unreadable, part_text

# A plain part that only says "look at the HTML" is no text.
STUB = re.compile(
    r"(html (e-?mail|message|version|format|content)|(in|as|view|support|display)\w*( this| the| your)? html|"
    r"mime[- ](format|message|compliant|aware)|html-(e-?mail|nachricht|format)|format html|formato html)",
    re.I,
)
ENCRYPTED = ("application/pkcs7-mime", "application/x-pkcs7-mime")
PGP = "-----BEGIN PGP MESSAGE-----"
PGP_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
PGP_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"


def texts(message: Message) -> Texts:
    """The plain and the HTML text of what is shown first; attachments and enclosed messages are left alone."""
    plain: list[str] = []
    html: list[str] = []
    refuse_sealed(message)
    for part in shown(message):
        if part.get_content_type() == "text/html":
            html.append(part_text(part))
        else:
            plain.append(flowed(part_text(part), part))
    text = "\n".join(plain)
    if PGP in text[:10_000]:
        raise Unreadable("encrypted")
    return Texts(bare(text)[:MAX_TEXT], "\n".join(html)[: 8 * MAX_TEXT])


def refuse_sealed(message: Message) -> None:
    """Encrypted or wrapped in winmail.dat with nothing readable beside it."""
    kinds = {part.get_content_type() for part in message.walk() if not part.is_multipart()}
    if message.get_content_type() == "multipart/encrypted" or kinds & set(ENCRYPTED):
        raise Unreadable("encrypted")
    if kinds & {"application/ms-tnef", "application/vnd.ms-tnef"} and not kinds & {"text/plain", "text/html"}:
        raise Unreadable("winmail")


def shown(part: Message) -> list[Message]:
    """The text leaves in reading order."""
    kind = part.get_content_type()
    if kind.startswith("message/") or part.get_content_disposition() == "attachment":
        return []
    if part.is_multipart():
        return [leaf for each in part.get_payload() for leaf in shown(each)]
    if kind.startswith("multipart/"):
        return [part]
    return [part] if kind in ("text/plain", "text/html", "text/enriched") and not part.get_filename() else []


def prefers_html(found: Texts) -> bool:
    """The plain text is empty or only a stub, and there is HTML."""
    if not found.html.strip():
        return False
    words = found.plain.split()
    return not words or (len(words) < 60 and STUB.search(found.plain) is not None)


def flowed(text: str, part: Message) -> str:
    """RFC 3676: a line that ends in a space goes on in the next, at the same depth of quoting."""
    try:
        if str(part.get_param("format", "")).lower() != "flowed":
            return text
        joint = "" if str(part.get_param("delsp", "")).lower() == "yes" else " "
    except Exception:  # a malformed RFC 2231 parameter
        return text
    done: list[str] = []
    open_depth = None
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        soft = content.endswith(" ") and content != "-- " and bool(content.strip())
        body = content.rstrip(" ") if soft else content
        if open_depth == depth and content != "-- ":
            done[-1] += joint + body
        else:
            done.append((">" * depth + " " if depth else "") + body)
        open_depth = depth if soft else None
    return "\n".join(done)


def bare(text: str) -> str:
    """Without the armour of an inline PGP signature."""
    if PGP_SIGNED not in text[:10_000]:
        return text
    _before, _mark, rest = text.partition(PGP_SIGNED)
    body = rest.partition("\n\n")[2].partition(PGP_SIGNATURE)[0]
    return "\n".join(line.removeprefix("- ") for line in body.split("\n"))
