"""What mail programs call the parts of their HTML: quote, attribution, signature; by class, id and style."""

import re
from itertools import islice

# Where programs put what is answered to: all below is theirs.
QUOTED_FROM_HERE = re.compile(
    r"(?:x_)*(?:ydp\w{1,12}?)?(?:divrplyfwdmsg|olk_src_body_section|mail-editor-reference-message-container|reply-intro|"
    r"replysplit|tutanota_quote|gmail_quote_container_forward|ms-outlook-mobile-reference-message|"
    r"yahoo_quoted\w*|isforwardcontent|isreplycontent|ymail_android_signature_quote|zmail_extra|"
    r"quoted-text-header|protonmail_quote|divrpf\d{1,12}|_originalcontent)$"
)
ATTRIBUTED = {"moz-cite-prefix", "gmail_attr", "moz-email-headers-table", "gmail_quote_attribution", "airmail_on"}
QUOTE_CLASSES = {
    "gmail_quote",
    "yahoo_quoted",
    "protonmail_quote",
    "tutanota_quote",
    "zmail_extra",
    "freshdesk_quote",
    "missive_quote",
    "front-blockquote",
    "cite",
}
QUOTED_CLASSES = {"freshdesk_quote", "ms-outlook-mobile-reference-message"}
TYPED_TOO = {"gmail_quote"}
SIGNATURES = {
    "gmail_signature",
    "moz-signature",
    "protonmail_signature_block",
    "gmail_signature_prefix",
    "ms-outlook-mobile-signature",
    "k9mail-signature",
    "bloop_sign",
    "zmail_signature_below",
    "front-signature",
}
SIGNATURE_IDS = re.compile(
    r"(?:x_)*(?:signature|ymail_android_signature|ms-outlook-mobile-signature|composer_signature|applemailsignature)$"
)
# Outlook's and its like's line above their header block, whatever language that is in.
TOP_BORDER = re.compile(r"border-top(?:-style)?:[^;]{0,40}\bsolid|border-style:\s?solid none none", re.I)
LABEL = re.compile(r"[:：]\s")
LABELS = 3
NO_CLASSES: set[str] = set()
# Outlook on the web puts it before the names of what it quotes; Yahoo a word of its own.
PREFIX = re.compile(r"(?:x_)*(?:ydp\w{1,12}?(?=yahoo_quoted))?")


def classes(node) -> set[str]:
    found = node.get("class")
    return {PREFIX.sub("", name, count=1) for name in found.casefold().split()[:20]} if found else NO_CLASSES


def hidden(node) -> bool:
    style = node.get("style")
    return (
        style is not None
        and re.search(r"display:\s?none|font-size:\s?0(?:px)?\s?[;!]|mso-hide:\s?all", style[:500], re.I) is not None
    )


def quoted_from_here(node) -> bool:
    name = (node.get("id") or "").casefold()[:80]
    if name and QUOTED_FROM_HERE.match(name):
        return True
    if node.get("data-marker") == "__QUOTED_TEXT__":
        return True
    return bool(QUOTED_CLASSES & classes(node))


def signature(node) -> bool:
    name = node.get("id")
    return bool(SIGNATURES & classes(node)) or bool(name and SIGNATURE_IDS.match(name.casefold()[:60]))


def ruled_header(node) -> bool:
    style = node.get("style")
    if style is None or node.tag != "div" or not TOP_BORDER.search(style[:500]):
        return False
    text = "".join(islice(node.itertext(), 40))[:1_500]
    return len(LABEL.findall(text)) >= LABELS


def is_container(node) -> bool:
    return node.tag != "blockquote" and bool(QUOTE_CLASSES & classes(node))


def is_quote(node, contained: bool) -> bool:
    """A `blockquote` of a mail program. One that a person set, without any of its marks, is their text; Gmail marks
    theirs like its own, but puts no container around it and no attribution above."""
    if node.tag != "blockquote":
        return False
    if contained or node.get("type") == "cite" or node.get("cite") or QUOTE_CLASSES & classes(node) - TYPED_TOO:
        return True
    if TYPED_TOO & classes(node):
        return False
    style = (node.get("style") or "").casefold()
    return "border-left" in style or "margin" in style and "padding" in style
