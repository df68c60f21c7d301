"""The rows of the list of all actions: templates for what each says cost more than the rest of the page."""

from collections.abc import Iterable
from datetime import date

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from actions.models import ActionItem
from actions.models.action_state import State
from failforward.templatetags.ui import due, status

register = template.Library()

ROW = """<tr role="row">
<th role="rowheader" scope="row"><a href="{}">{}</a><small>{}</small></th>
<td role="cell" data-label="{}" class="full">{}{}</td>
<td role="cell" data-label="{}" class="full">{}</td>
<td role="cell" data-label="{}">{}</td>
<td role="cell" data-label="{}">{}</td>
</tr>"""
NOTE = '<span class="note">{}</span>'
UNDER = '<small class="fine d-block">{}</small>'


@register.simple_tag
def action_rows(actions: Iterable[ActionItem], today: date) -> SafeString:
    """`{% action_rows page.rows today %}`"""
    kinds = {code: str(label) for code, label in ActionItem.Type.choices}
    state, milestone, who, on_list = _("State"), _("Next milestone"), _("Responsible"), _("List")
    nobody = format_html(NOTE, _("nobody yet"))
    rows = (
        (
            *(action.get_absolute_url(), action.what, kinds.get(action.type, action.type)),
            *(state, status(action.state, kind="action"), held_up(action)),
            *(milestone, next_of(action, today)),
            *(who, action.responsible.name if action.responsible else nobody),
            *(on_list, action.action_list.name),
        )
        for action in actions
    )
    return format_html_join("", ROW, rows)


def held_up(action: ActionItem) -> SafeString | str:
    """What it waits for, or what of a proposal is still missing."""
    if action.state == State.BLOCKED:
        return format_html(UNDER, _("waits for %(what)s") % {"what": action.waits_in_words})
    missing = action.missing_in_short() if action.state == State.PROPOSED else []
    if not missing:
        return ""
    return format_html(UNDER, f"{_('Still missing:')} {', '.join(str(part.sentence) for part in missing)}")


def next_of(action: ActionItem, today: date) -> SafeString:
    """Of what was dropped none comes next."""
    ahead = action.next_milestone
    if ahead and action.is_open:
        return format_html("{}{}", ahead.what, format_html(UNDER, due(ahead.due_on, today)))
    if ahead:
        return format_html(NOTE, "–")
    return format_html(NOTE, _("all reached") if action.milestones_wanted else _("none yet"))
