"""The directions of the house, read from the source: leaves ← reviews ← actions ← the root of failforward."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OURS = ("failforward", "reviews", "actions")
# What may know both apps. Any other module of failforward is a leaf and may know neither.
ROOT = {
    *("urls", "views", "desk", "health", "context", "checks", "management", "demo", "testing", "tests"),
    *("profile", "start", "settings", "apps", "wsgi", "embedded", "gunicorn", "processes"),
}
LEAVES, REVIEWS, ACTIONS, TOP = range(4)
# Inside an app: models, permissions ← processes, emails, insights ← forms ← views ← urls.
INNER = {"forms": 1, "views": 2, "urls": 3}
# The rooms behind actions.inbound.parse: bytes and text in, plain values out.
INBOUND = (
    *("absences", "affirming", "answers", "attribution", "bodies", "bounces", "date_patterns", "dates", "decoding"),
    *("digests", "endings", "first_line", "folded_dates", "footers", "header_block", "html", "html_marks", "keeping"),
    *("kinds", "lines", "own_mail", "own_note", "parse", "phrases", "quotes", "retractions", "robots", "signatures"),
    *("status_words", "statuses", "yes_no"),
)
# No Django, and of ours only one another.
PURE = {
    *("failforward.money", "failforward.places", "failforward.working_days"),
    *("reviews.agreement", "reviews.cost", "reviews.priorities"),
    *(f"reviews.imports.{name}" for name in ("rows", "amounts", "dates", "headers", "outcomes", "problems")),
    "actions.effect",
    *(f"actions.inbound.{name}" for name in INBOUND),
}
NO_SUBJECT = {"utils", "helpers", "services", "common", "signals"}
# They believe the browser's Host header; whatever leaves by mail is made from SITE_URL.
FROM_REQUEST = {"get_host", "build_absolute_uri"}
# Rows are held without their key, so that what only points at them is written meanwhile; these two say why not.
HELD_WITH_KEY = {"reviews.models.deal", "failforward.outbox.rendering"}
MARKS_SAFE = "failforward.templatetags"


@dataclass(frozen=True)
class Import:
    name: str
    line: int
    at_top: bool


def wrong(folder: Path) -> list[str]:
    return sorted([*wrong_in_source(folder), *wrong_in_templates(folder / "templates")])


def wrong_in_source(folder: Path) -> Iterator[str]:
    for app in OURS:
        for path in (folder / app).rglob("*.py"):
            where = path.relative_to(folder)
            module = ".".join(where.with_suffix("").parts).removesuffix(".__init__")
            if set(module.split(".")) & NO_SUBJECT:
                yield f"{where}: a name without a subject"
            if "migrations" in where.parts:
                continue
            tree = ast.parse(path.read_text())
            imports = list(imports_of(tree))
            tests = "tests" in where.parts or "testing" in module
            if not tests:
                yield from (f"{where}:{found.line}: imports {found.name}" for found in imports if upward(module, found))
                yield from (f"{where}:{line}: {what}" for line, what in forbidden_calls(module, tree))
            if module in PURE:
                yield from (f"{where}:{found.line}: not pure" for found in imports if impure(found))


def imports_of(tree: ast.Module) -> Iterator[Import]:
    top = set(tree.body)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(name.name, node.lineno, node in top) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            # `from reviews import views` imports reviews.views; a class is one name too many and does no harm.
            base = "." * node.level + (node.module or "")
            yield from (Import(f"{base}.{name.name}", node.lineno, node in top) for name in node.names)


def upward(module: str, found: Import) -> bool:
    if found.name.startswith("."):
        return True
    if found.name.split(".")[0] not in OURS:
        return False
    if module.endswith(".tasks") and found.at_top:
        return True
    if module.split(".")[0] == found.name.split(".")[0] != "failforward":
        return inner(module) < inner(found.name)
    return layer(module) < layer(found.name)


def layer(module: str) -> int:
    app, _, rest = module.partition(".")
    if app != "failforward":
        return {"reviews": REVIEWS, "actions": ACTIONS}[app]
    return TOP if rest.split(".")[0] in ROOT else LEAVES


def inner(module: str) -> int:
    return INNER.get(module.split(".")[1] if "." in module else "", 0)


def impure(found: Import) -> bool:
    ours = found.name.split(".")[0] in OURS
    return found.name.startswith("django") or ours and not any(found.name.startswith(pure) for pure in PURE)


def forbidden_calls(module: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name == "mark_safe" and not module.startswith(MARKS_SAFE):
            yield node.lineno, "mark_safe"
        if name in FROM_REQUEST and "views" not in module.split("."):
            yield node.lineno, name
        if is_lock(node) and "no_key" not in said_to(node) and module not in HELD_WITH_KEY:
            yield node.lineno, "select_for_update without no_key"


def is_lock(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "select_for_update"


def said_to(call: ast.Call) -> set[str | None]:
    return {keyword.arg for keyword in call.keywords}


def wrong_in_templates(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.*"):
        name = path.relative_to(folder).as_posix()
        text = path.read_text()
        if "|safe" in text or "autoescape off" in text and path.suffix != ".txt":
            yield f"templates/{name}: not escaped"
