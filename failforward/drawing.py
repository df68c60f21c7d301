"""The controls of forms. In Python, since a template for each, and one for its attributes, costs more than all the
rest of a form; what is not drawn here, Django's templates draw."""

from collections.abc import Callable, Iterator

from django.forms.renderers import TemplatesSetting
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from failforward.templatetags.ui import icon


class Renderer(TemplatesSetting):
    def render(self, template_name: str, context: dict, request: object = None) -> SafeString:
        draw = DRAWN.get(template_name)
        return draw(context["widget"]) if draw else super().render(template_name, context, request)


def attributes(attrs: dict) -> SafeString:
    """Those that are true or false after those that say something."""
    said = format_html_join("", ' {}="{}"', ((name, one) for name, one in attrs.items() if not isinstance(one, bool)))
    return said + format_html_join("", " {}", ((name,) for name, one in attrs.items() if one is True))


def line(widget: dict) -> SafeString:
    said = {"type": widget["type"], "name": widget["name"]}
    said |= {} if widget["value"] is None else {"value": widget["value"]}
    return format_html("<input{}>", attributes(said | widget["attrs"]))


def area(widget: dict) -> SafeString:
    # A browser drops the first line break, and it shall not be one that was typed.
    drawn = '<textarea name="{}"{}>\n{}</textarea>'
    return format_html(drawn, widget["name"], attributes(widget["attrs"]), widget["value"] or "")


def select(widget: dict) -> SafeString:
    groups = format_html_join("", "{}", ((group(name, options),) for name, options, _ in widget["optgroups"]))
    return format_html('<select name="{}"{}>{}</select>', widget["name"], attributes(widget["attrs"]), groups)


def group(name: str | None, options: list[dict]) -> SafeString:
    drawn = format_html_join("", '<option value="{}"{}{}>{}</option>\n', (in_select(option) for option in options))
    return format_html('<optgroup label="{}">{}</optgroup>\n', name, drawn) if name else drawn


def in_select(option: dict) -> tuple:
    disabled = " disabled" if option["attrs"].get("disabled") else ""
    return option["value"], " selected" if option["selected"] else "", disabled, option["label"]


def strip(widget: dict) -> SafeString:
    """One choice of few, or several, as a ruled strip."""
    three = " three" if widget.get("three") else ""
    drawn = format_html_join("", STRIP, (in_strip(option) for option in options_of(widget)))
    return format_html('<div class="seg{}">{}</div>', three, drawn)


STRIP = '<input class="btn-check" type="{}" name="{}" id="{}" value="{}"{}><label for="{}">{}{}{}</label>'


def in_strip(option: dict) -> tuple:
    key = format_html(' <kbd class="key ms-1">{}</kbd>', option["key"]) if option.get("key") else ""
    return (option["type"], *button(option), mark(option), option["label"], key)


def rows(widget: dict) -> SafeString:
    """One choice of many, as rows with its mark or key at the left and a hint at the right."""
    drawn = format_html_join("", ROW, (in_row(option) for option in options_of(widget)))
    return format_html('<div class="pick">{}</div>', drawn)


ROW = (
    '<div><input class="visually-hidden" type="radio" name="{}" id="{}" value="{}"{}>'
    '<label for="{}">{}{}<span>{}</span>{}</label></div>'
)


def in_row(option: dict) -> tuple:
    key = format_html('<kbd class="key">{}</kbd>', option["key"]) if option.get("key") else ""
    hint = format_html("<small>{}</small>", option["hint"]) if option.get("hint") else ""
    return (*button(option), key, mark(option), option["label"], hint)


def options_of(widget: dict) -> Iterator[dict]:
    return (option for _, options, _ in widget["optgroups"] for option in options)


def button(option: dict) -> tuple:
    """Name, id, value and state of a radio or checkbox, and what its label is for."""
    state = " checked" * bool(option["selected"]) + " required" * bool(option["attrs"].get("required"))
    place = option["attrs"].get("id", "")
    return option["name"], place, option["value"], state, place


def mark(option: dict) -> str:
    return icon(option["icon"]) if option.get("icon") else ""


KINDS = ["text", "number", "email", "url", "password", "hidden", "date", "time", "checkbox", "input"]
DRAWN: dict[str, Callable[[dict], SafeString]] = {f"django/forms/widgets/{kind}.html": line for kind in KINDS} | {
    "django/forms/widgets/textarea.html": area,
    "django/forms/widgets/select.html": select,
    "django/forms/widgets/radio.html": strip,
    "django/forms/widgets/checkbox_select.html": strip,
    "widgets/seg.html": strip,
    "widgets/pick.html": rows,
}
