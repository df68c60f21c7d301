"""The lines of a finding's log, drawn in Python like those of a review's."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from failforward import links
from failforward.templatetags.ui import day, icon, lines, status
from reviews.finding_events import Seen
from reviews.templatetags.event_log import event_role

register = template.Library()

LINE = (
    '<li class="ev"><div class="ev-m">{}{}</div><div class="ev-b"><p class="hand">{}</p>'
    '<div class="ev-s">{}{}{}<a href="{}">{}</a></div></div></li>'
)
UNSAID = "<span>{}</span>"


@register.simple_tag
def seen_lines(events: Iterable[Seen]) -> SafeString:
    """`{% seen_lines events %}`: the events behind a finding."""
    return format_html_join("", LINE, map(line, events))


def line(event: Seen) -> tuple:
    near_miss = format_html('<span class="st">{}{}</span>', icon("eye"), _("Near miss")) if event.is_near_miss else ""
    return (
        day(event.happened_on) or format_html(UNSAID, _("No date")),
        format_html(UNSAID, _("omission")) if event.is_omission else "",
        lines(event.what),
        near_miss,
        event_role(event),
        status(event.verdict) if event.verdict else "",
        links.address_of("review_detail", event.review),
        f"{event.account}, {event.deal}" if event.account else event.deal,
    )
