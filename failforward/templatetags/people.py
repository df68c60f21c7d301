"""The rows of the page of people, and its teams: a template for each costs more than the rest of the page."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from failforward.accounts.models import Role, User
from failforward.links import address_of
from failforward.templatetags.ui import icon

register = template.Library()

ROW = """<tr role="row">
<th role="rowheader" scope="row"><a href="{}">{}</a><small>{}</small>{}</th>
<td role="cell" data-label="{}">{}</td>
<td role="cell" data-label="{}">{}</td>
</tr>"""
NOTE = '<span class="note">{}</span>'
TEAM = '<li class="d-block py-2"><a href="{}"><b>{}</b></a> <span class="note">{}{}</span></li>'


@register.simple_tag
def people_rows(people: Iterable[User]) -> SafeString:
    """`{% people_rows page.rows %}`: each with `placed`, pairs of a team's name and the role in it."""
    teams, log_in, roles = _("Teams and roles"), _("Log-in"), dict(Role.choices)
    rows = (
        (
            *(address_of("person", one.pk), one.name, one.email or _("no e-mail yet"), trouble(one)),
            *(teams, places(one.placed, roles)),
            *(log_in, how_far(one)),
        )
        for one in people
    )
    return format_html_join("", ROW, rows)


def trouble(one: User) -> SafeString | str:
    if not one.address_trouble:
        return ""
    return format_html("<small>{} {}</small>", icon("error"), one.get_address_trouble_display())


def places(placed: list[tuple[str, str]], roles: dict) -> SafeString:
    if not placed:
        return format_html(NOTE, _("in no team"))
    return format_html_join(SafeString("<br>"), "{}, {}", ((team, roles.get(role, role)) for team, role in placed))


def how_far(one: User) -> SafeString | str:
    """On the way to logging in."""
    if not one.is_active:
        return _("not active")
    if one.has_usable_password():
        return _("logs in")
    return _("invited") if one.invited_at else format_html(NOTE, _("not invited"))


@register.simple_tag
def team_lines(teams: Iterable[tuple[int, str, str, str | None]]) -> SafeString:
    """`{% team_lines teams %}`: id, name, currency and the name of the team it is part of."""
    part_of = _("part of %(parent)s")
    lines = (
        (address_of("team", pk), name, f"{part_of % {'parent': parent}}, " if parent else "", currency)
        for pk, name, currency, parent in teams
    )
    return format_html_join("", TEAM, lines)
