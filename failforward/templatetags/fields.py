"""A field as every form draws it: label above, hint, control, error. Optional fields say so; required ones carry no
star."""

from django import forms, template
from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from failforward.templatetags.ui import icon

register = template.Library()

FIELD = '<div id="div_{}" class="field{}">{}</div>'
GROUP = "<fieldset{}><legend>{}{}</legend>{}{}{}</fieldset>"
CHECK = '<label class="check" for="{}">{}<span>{}</span></label>{}{}'
LABELLED = '<label class="form-label" for="{}">{}{}</label>{}{}{}'


@register.filter
def drawn(field: BoundField) -> SafeString:
    """`{{ form.name|drawn }}`; a hidden one is its control alone."""
    if field.is_hidden:
        return field.as_widget()
    return format_html(FIELD, field.auto_id, " invalid" if field.errors else "", inside(field))


def inside(field: BoundField) -> SafeString:
    widget, under, error = field.field.widget, hint(field), wrong(field)
    if field.use_fieldset:
        described = field.aria_describedby
        said = format_html(' aria-describedby="{}"', described) if described else ""
        return format_html(GROUP, said, field.label, optional(field), under, field.as_widget(), error)
    if isinstance(widget, forms.CheckboxInput):
        return format_html(CHECK, field.id_for_label, control(field, "form-check-input"), field.label, under, error)
    kind = "form-select" if isinstance(widget, forms.Select) else "form-control"
    css = f"{kind} is-invalid" if field.errors else kind
    return format_html(LABELLED, field.id_for_label, field.label, optional(field), under, control(field, css), error)


def control(field: BoundField, css: str) -> SafeString:
    own = field.field.widget.attrs.get("class", "").split()
    return field.as_widget(attrs={"class": " ".join(dict.fromkeys([*own, *css.split()]))})


def optional(field: BoundField) -> SafeString | str:
    if field.field.required or getattr(field.field, "quiet", False):
        return ""
    return format_html(' <span class="optional">{}</span>', _("if you like"))


def hint(field: BoundField) -> SafeString | str:
    if not field.help_text:
        return ""
    return format_html('<div class="form-text" id="{}_helptext">{}</div>', field.auto_id, field.help_text)


@register.filter
def wrong(field: BoundField) -> SafeString | str:
    if not field.errors:
        return ""
    said = format_html_join(" ", "{}", ((error,) for error in field.errors))
    return format_html('<p class="field-error" id="{}_error">{}<span>{}</span></p>', field.auto_id, icon("error"), said)
