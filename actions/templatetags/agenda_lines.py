"""The lines of an agenda and of a wrap. A screen shows dozens of them, and a template for each costs several times as
much."""

from collections.abc import Collection, Iterable
from datetime import date

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from actions.agenda import Line
from failforward.links import address_of
from failforward.templatetags.ui import due, icon, shortened, status

register = template.Library()

LONGEST = 160
KINDS = {"commitment": "", "sponsor_request": "sponsor"}
WHO = '<p class="fine mb-0">{}</p>'
LINE = '<li><div class="fine">{}{}</div><div><p class="hand mb-1">{}</p>{}</div></li>'


@register.simple_tag
def agenda_lines(lines: Iterable[Line], today: date, blocked: Collection[int] = ()) -> SafeString:
    """`{% agenda_lines part.lines today agenda.blocked %}`: of a promise whose action is `blocked`, it says so."""
    return format_html_join("", LINE, (cells(line, today, blocked) for line in lines))


def cells(line: Line, today: date, blocked: Collection[int]) -> tuple:
    is_finding = line.kind == "finding"
    on = format_html("<br>{}", due(line.on, today)) if line.day and not is_finding else ""
    title = shortened(line.title, LONGEST)
    who = format_html(WHO, line.person) if line.person and not is_finding else ""
    if line.kind == "commitment" and line.action_id in blocked:
        who = format_html('{}<p class="fine mb-0">{}</p>', who, waits())
    return status(line.code, kind=KINDS.get(line.kind, line.kind)), on, title, who


def waits() -> SafeString:
    return format_html('<span class="st st-stuck">{}{}</span>', icon("stuck"), _("Its action is blocked"))


LOOSE = (
    '<li><div class="fine"><span class="st st-err">{}{}</span></div>'
    '<div><p class="hand mb-1"><a href="{}">{}</a></p>{}</div></li>'
)


@register.simple_tag
def loose_lines(actions: Iterable[Line]) -> SafeString:
    """`{% loose_lines wrap.loose %}`: what nobody has in hand, or no day is named for."""
    return format_html_join("", LOOSE, (loose_cells(action) for action in actions))


def loose_cells(action: Line) -> tuple:
    missing = _("No day") if action.person_id else _("Nobody")
    who = format_html(WHO, action.person) if action.person_id else ""
    return icon("error"), missing, address_of("action_detail", action.pk), action.title, who
