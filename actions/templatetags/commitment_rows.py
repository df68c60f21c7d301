"""The rows of the list of commitments: drawn by a template, they take most of the page."""

from collections.abc import Iterable
from datetime import date

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from actions.models import Commitment
from actions.models.promise import State
from failforward.templatetags.ui import day, due, icon, status

register = template.Library()

ROW = """<tr role="row"><th role="rowheader" scope="row"><a href="{}">{}</a>{}</th>
<td role="cell" data-label="{}">{}</td>
<td role="cell" data-label="{}">{}</td>
<td role="cell" data-label="{}" class="nobr">{}{}</td>
<td role="cell" data-label="{}">{}</td>
<td role="cell" data-label="{}">{}</td></tr>
"""
PRIVATE = "<small>{} {}</small>"
FIRST = '<br><span class="fine">{}</span>'


@register.simple_tag
def commitment_rows(commitments: Iterable[Commitment], today: date) -> SafeString:
    """`{% commitment_rows page.rows today %}`"""
    state, who, by, agreed, on_list = _("State"), _("Who"), _("By"), _("Agreed with"), _("List")
    private = format_html(PRIVATE, icon("lock"), _("only you see it"))
    rows = (
        (
            *(one.get_absolute_url(), str(one), private if one.private else ""),
            *(state, stands(one)),
            *(who, one.person.name),
            *(by, due(one.due_on, today) if one.is_open else day(one.due_on), moved(one)),
            *(agreed, one.asked_by.name if one.asked_by else "–"),
            *(on_list, one.action_list.name if one.action_list else "–"),
        )
        for one in commitments
    )
    return format_html_join("", ROW, rows)


def stands(one: Commitment) -> SafeString:
    return status("kept_late" if one.state == State.KEPT and one.kept_late else one.state)


def moved(one: Commitment) -> SafeString | str:
    """Where it was first put, if it moved."""
    if one.due_on == one.first_due_on:
        return ""
    return format_html(FIRST, format_html(_("first {day}"), day=day(one.first_due_on)))
