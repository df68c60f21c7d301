"""The rows of the page of action lists: drawn by a template, they take most of the page."""

from collections.abc import Iterable
from datetime import date

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from actions.models import ActionList
from failforward.links import address_of
from failforward.templatetags.ui import due, moment

register = template.Library()

ROW = """<tr role="row">
<th role="rowheader" scope="row"><a href="{}">{}</a><small>{}</small></th>
<td role="cell" data-label="{}">{}</td>
<td role="cell" data-label="{}">{}</td>
<td role="cell" data-label="{}">{}</td>
<td role="cell" class="num" data-label="{}">{}</td>
<td role="cell" data-label="{}">{}</td>
</tr>"""
NOTE = '<span class="note">{}</span>'


@register.simple_tag
def list_rows(lists: Iterable[ActionList], today: date) -> SafeString:
    """`{% list_rows page.rows today %}`"""
    owner, sponsor, meeting = _("Owner"), _("Sponsor"), _("Next meeting")
    count, deadline = _("Open actions"), _("Next deadline")
    nobody, no_meeting, none = (format_html(NOTE, said) for said in (_("nobody yet"), _("none planned"), _("none")))
    rows = (
        (
            *(address_of("list_detail", one.pk), one.name, one.team.name),
            *(owner, one.owner.name),
            *(sponsor, one.sponsor.name if one.sponsor else nobody),
            *(meeting, ahead(one) if one.meeting_ahead else no_meeting),
            *(count, one.open_count),
            *(deadline, due(one.next_due_on, today) if one.next_due_on else none),
        )
        for one in lists
    )
    return format_html_join("", ROW, rows)


def ahead(one: ActionList) -> SafeString:
    where = address_of("meeting_detail", one.meeting_ahead)
    return format_html('<a href="{}">{}</a>', where, moment(one.meeting_ahead_at))
