"""The eleven to choose from on every card of a page: drawn by a template, they take most of it."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

CHOICE = '<option value="{}:{}"{}>{} {}</option>'


@register.simple_tag
def card_choices(event: int, chosen: str | None, none: str, categories: Iterable[tuple]) -> SafeString:
    """`{% card_choices event.pk event.put_into words bins %}`: `words` stand for none, each of `bins` begins with a
    category."""
    rows = (
        (event, one.code, SafeString(" selected") if one.code == chosen else "", one.key, one.label)
        for one, *_ in categories
    )
    return format_html('<option value="{}:">{}</option>{}', event, none, format_html_join("", CHOICE, rows))
