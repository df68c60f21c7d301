"""What a session's screens list, drawn in Python like the lines of a review's log."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from failforward import links
from failforward.accounts.models.user import first_name_of
from failforward.templatetags.ui import lines, shortened
from reviews.models import OwnPart
from reviews.session_rows import Told
from reviews.templatetags.event_log import event_name, margin

register = template.Library()

LONGEST = 400
LINE = '<li class="ev" id="event-{}">{}<div class="ev-b"><p class="hand">{}</p>{}{}</div></li>'
EDIT = (
    '<div class="ev-s"><a class="edit btn btn-bare tight" id="s-edit-{}" href="{}{}">{}'
    '<span class="visually-hidden"> {}</span></a></div>'
)
PART = '<li><span class="label">{}</span><p class="hand mb-0">{}</p></li>'


@register.simple_tag(takes_context=True)
def told_lines(context: dict, events: Iterable[Told]) -> SafeString:
    """`{% told_lines page.events %}`: what was gathered."""
    may_edit, within = context["may"].write and not context["projected"], context["within"]
    edit, undone = _("Edit"), format_html('<p class="fine">{}</p>', _("Something left undone."))

    def line(event: Told) -> tuple:
        reporter = _("without a name") if event.anonymous else first_name_of(event.author_name or "")
        link = ""
        if may_edit and not event.anonymous:
            url = links.address_of("event_edit", event.pk)
            link = format_html(EDIT, event.pk, url, within, edit, event_name(event))
        told = lines(shortened(event.what, LONGEST))
        return event.pk, margin(event, reporter), told, undone if event.is_omission else "", link

    return format_html_join("", LINE, map(line, events))


@register.simple_tag
def part_lines(parts: Iterable[OwnPart]) -> SafeString:
    """`{% part_lines page.newest_parts %}`: what they shared of their own part, with their first names."""
    said = ((first_name_of(part.author_name), lines(shortened(part.text, LONGEST))) for part in parts)
    return format_html_join("", PART, said)
