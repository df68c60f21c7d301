"""HTML mail to lines of text that the line rules understand: quotes get `>`, known containers a separator."""

import re
from html import unescape

from lxml import etree

from actions.inbound.lines import MOST_LINES, SAYS_MARK

SKIPPED = {"script", "style", "head", "title", "meta", "template", "noscript", "object", "svg", "xml", "base"}
BLOCKS = {
    *("p", "div", "table", "tr", "ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "form"),
    *("section", "article", "header", "footer", "address", "center", "fieldset", "blockquote", "body", "html", "main"),
}
# Where programs put what is answered to: all below is theirs.
QUOTED_FROM_HERE = re.compile(
    r"(?:x_)*(?:divrplyfwdmsg|olk_src_body_section|mail-editor-reference-message-container|reply-intro|"
    r"replysplit|tutanota_quote|gmail_quote_container_forward|ms-outlook-mobile-reference-message|"
    r"yahoo_quoted\w*|isforwardcontent|isreplycontent|ymail_android_signature_quote|zmail_extra|"
    r"quoted-text-header|protonmail_quote)$"
)
ATTRIBUTED = {"moz-cite-prefix", "gmail_attr", "moz-email-headers-table", "ydpreply-intro", "gmail_quote_attribution"}
QUOTE_CLASSES = {
    "gmail_quote",
    "yahoo_quoted",
    "protonmail_quote",
    "tutanota_quote",
    "zmail_extra",
    "freshdesk_quote",
    "cite",
}
SIGNATURES = {
    "gmail_signature",
    "moz-signature",
    "protonmail_signature_block",
    "gmail_signature_prefix",
    "ms-outlook-mobile-signature",
}
SIGNATURE_IDS = re.compile(
    r"(?:x_)*(?:signature|ymail_android_signature|ms-outlook-mobile-signature|composer_signature|applemailsignature)$"
)
SEPARATOR = "-----Original Message-----"
OUTLOOK_BORDER = re.compile(r"border:\s?none;\s?border-top:\s?solid\s#?\w{3,10}\s1\.0pt", re.I)
# libxml2 builds no tree deeper than 2,048.
DEEP = 2_000
TAG = re.compile(r"<[^<>]{0,5000}>")
HIDDEN = re.compile(r"<(?:style|script|head|title)\b[^<]{0,50000}", re.I)
SPACES = re.compile(r"[ \t\r\n\f]+")
MAX_CHARACTERS = 2_000_000
NO_CLASSES: set[str] = set()
MAX_LINES = 2 * MOST_LINES


class Writer:
    """Collects lines; `depth` is how many quotes are open."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.open = ""
        self.depth = 0
        self.preformatted = 0
        self.containers = 0
        self.attribution = 0

    def text(self, text: str | None) -> None:
        if not text:
            return
        if self.preformatted:
            first, *rest = text.replace("\r\n", "\n").split("\n")
            self.open += first
            for line in rest:
                self.line()
                self.open = line
            return
        text = SPACES.sub(" ", text)
        self.open += text.lstrip(" ") if not self.open or self.open.endswith(" ") else text

    def line(self) -> None:
        content = self.open.rstrip(" ")
        self.lines.append("> " * self.depth + content if self.depth else content)
        self.open = ""

    def block(self) -> None:
        """A block begins or ends: its text has lines of its own, however many blocks nest."""
        if self.open.strip(" "):
            self.line()
        self.open = ""

    def marked(self, line: str) -> None:
        self.block()
        self.lines.append("> " * self.depth + line if self.depth else line)


def lines_of(html: str) -> list[str]:
    """The text as it is seen, one line per visible line. What is not HTML at all comes back as it is."""
    tree = parsed(html[:MAX_CHARACTERS].replace(SAYS_MARK, ""))
    if tree is None:
        return []
    writer = Writer()
    # No recursion: mail nests tables deeper than Python nests calls.
    stack: list[tuple[str, object]] = [("enter", tree)]
    while stack and len(writer.lines) < MAX_LINES:
        step, node = stack.pop()
        if step == "text":
            writer.text(node)
        elif step == "leave":
            leave(writer, node)
        elif isinstance(node.tag, str) and node.tag not in SKIPPED and enter(writer, node):
            stack.append(("leave", node))
            for child in reversed(node):
                stack.append(("text", child.tail))
                stack.append(("enter", child))
            stack.append(("text", node.text))
    writer.block()
    if html.count("<") > DEEP and not any(line.strip("> ") for line in writer.lines):
        return without_tags(html[:MAX_CHARACTERS])
    return writer.lines


def without_tags(html: str) -> list[str]:
    """For what is nested too deeply to be read as a tree: better rough text than none."""
    text = unescape(TAG.sub("\n", HIDDEN.sub(" ", html)))
    return [line.strip() for line in text.split("\n") if line.strip()][:MAX_LINES]


def parsed(html: str):
    """libxml2 repairs anything and fetches nothing; beyond some depth it gives up, see `without_tags`."""
    html = html.replace("\0", "")
    if not html.strip():
        return None
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=True, encoding="utf-8")
    try:
        return etree.fromstring(html.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def enter(writer: Writer, node) -> bool:
    """Writes what the beginning of `node` means. False leaves it out with all in it."""
    tag = node.tag
    if hidden(node):
        return False
    if tag == "br":
        writer.line()
        return False
    if tag == "hr":
        writer.marked("_" * 32)
        return False
    if tag == "img":
        return False
    if tag in BLOCKS:
        writer.block()
    if tag == "pre":
        writer.preformatted += 1
    if quoted_from_here(node):
        writer.marked(SEPARATOR)
    elif signature(node):
        writer.marked("-- ")
    if ATTRIBUTED & classes(node):
        writer.block()
        writer.attribution = len(writer.lines)
    writer.containers += is_container(node)
    if is_quote(node, writer.containers > 0):
        writer.depth += 1
    if tag == "li":
        writer.text("- ")
    return True


def leave(writer: Writer, node) -> None:
    tag = node.tag
    if ATTRIBUTED & classes(node):
        attributed(writer)
    if tag in BLOCKS:
        writer.block()
    if tag in ("p", "h1", "h2", "h3") and writer.lines and writer.lines[-1].strip("> "):
        writer.line()
    elif tag in ("td", "th"):
        writer.text(" ")
    if tag == "pre":
        writer.preformatted -= 1
    if is_quote(node, writer.containers > 0):
        writer.depth -= 1
    writer.containers -= is_container(node)


def attributed(writer: Writer) -> None:
    """The program itself says that this is an attribution, in whatever language."""
    writer.block()
    for index in range(max(writer.attribution, len(writer.lines) - 6), len(writer.lines)):
        if writer.lines[index].strip():
            writer.lines[index] = SAYS_MARK + writer.lines[index]


def classes(node) -> set[str]:
    found = node.get("class")
    return {name.removeprefix("x_") for name in found.casefold().split()[:20]} if found else NO_CLASSES


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
    return "freshdesk_quote" in classes(node)


def signature(node) -> bool:
    name = node.get("id")
    return bool(SIGNATURES & classes(node)) or bool(name and SIGNATURE_IDS.match(name.casefold()[:60]))


def is_container(node) -> bool:
    return bool(QUOTE_CLASSES & classes(node))


def is_quote(node, contained: bool) -> bool:
    """A `blockquote` of a mail program. One that a person set, without any of its marks, is their text."""
    if node.tag != "blockquote":
        return False
    if contained or node.get("type") == "cite" or node.get("cite") or QUOTE_CLASSES & classes(node):
        return True
    style = (node.get("style") or "").casefold()
    return "border-left" in style or "margin" in style and "padding" in style
