"""The rows of the list of findings: drawn by a template, they take half of the page."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from failforward.templatetags.ui import day, status
from reviews.models import Finding

register = template.Library()

ROW = (
    '<tr role="row"><th role="rowheader" scope="row"><a href="{}">{}</a><small>{}</small></th>'
    '<td role="cell" data-label="{}" class="full">{}</td><td role="cell" class="num" data-label="{}">{}</td>'
    '<td role="cell" class="num" data-label="{}">{}</td><td role="cell" data-label="{}">{}</td>'
    '<td role="cell" data-label="{}">{}</td></tr>\n'
)


@register.simple_tag
def finding_rows(findings: Iterable[Finding]) -> SafeString:
    """`{% finding_rows page.rows %}`: each with its counts."""
    state, events, caused, team, found_on = _("State"), _("Events"), _("Caused a loss"), _("Team"), _("Found on")
    rows = (
        (
            *(one.get_absolute_url(), one.title, one.get_category_display()),
            *(state, status(one.state, kind="finding")),
            *(events, one.event_count),
            *(caused, one.caused_count),
            *(team, one.team.name),
            *(found_on, day(one.opened_at)),
        )
        for one in findings
    )
    return format_html_join("", ROW, rows)
