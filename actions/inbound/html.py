"""HTML mail to lines of text that the line rules understand: quotes get `>`, known containers a separator."""

import re
from html import unescape

from lxml import etree

from actions.inbound.html_marks import (
    ATTRIBUTED,
    TYPED_TOO,
    classes,
    hidden,
    is_container,
    is_quote,
    quoted_from_here,
    ruled_header,
    signature,
)
from actions.inbound.lines import MOST_LINES, SAYS_MARK

SKIPPED = {"script", "style", "head", "title", "meta", "template", "noscript", "object", "svg", "xml", "base"}
BLOCKS = {
    *("p", "div", "table", "tr", "ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "form"),
    *("section", "article", "header", "footer", "address", "center", "fieldset", "blockquote", "body", "html", "main"),
}
SEPARATOR = "-----Original Message-----"
# libxml2 builds no tree deeper than 2,048.
DEEP = 2_000
TAG = re.compile(r"<[^<>]{0,5000}>")
HIDDEN = re.compile(r"<(?:style|script|head|title)\b[^<]{0,50000}", re.I)
SPACES = re.compile(r"[ \t\r\n\f]+")
MAX_CHARACTERS = 2_000_000
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
        self.quotes: list[object] = []

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

    def introduced(self) -> bool:
        """The last line ends like an attribution, in whatever language."""
        last = next((line for line in reversed(self.lines[-4:]) if line.strip("> ")), "")
        return last.rstrip()[-1:] in (":", "：") or last.startswith(SAYS_MARK)

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
    elif ruled_header(node):
        writer.marked("_" * 32)
    if ATTRIBUTED & classes(node):
        writer.block()
        writer.attribution = len(writer.lines)
    writer.containers += is_container(node)
    if is_quote(node, writer.containers > 0) or TYPED_TOO & classes(node) and writer.introduced():
        writer.depth += 1
        writer.quotes.append(node)
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
    if writer.quotes and writer.quotes[-1] is node:
        writer.depth -= 1
        writer.quotes.pop()
    writer.containers -= is_container(node)


def attributed(writer: Writer) -> None:
    """The program itself says that this is an attribution, in whatever language."""
    writer.block()
    for index in range(max(writer.attribution, len(writer.lines) - 6), len(writer.lines)):
        if writer.lines[index].strip():
            writer.lines[index] = SAYS_MARK + writer.lines[index]
