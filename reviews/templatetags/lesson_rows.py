"""The rows of the list of lessons: drawn by a template, they take most of the page."""

from collections.abc import Iterable

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from failforward.templatetags.ui import lines
from reviews.models import Review
from reviews.templatetags.review_rows import NONE, NOTE, is_loss, lost_to, seal

register = template.Library()

ROW = (
    '<tr role="row"><th role="rowheader" scope="row"><span class="hand fw-normal">{}</span>{}{}</th>'
    '<td role="cell" data-label="{}">{}</td><td role="cell" data-label="{}">{}</td>'
    '<td role="cell" data-label="{}">{}</td><td role="cell" data-label="{}">{}</td></tr>\n'
)
BEHIND = '<small><a href="{}">{}</a></small>'


@register.simple_tag
def lesson_rows(reviews: Iterable[Review]) -> SafeString:
    """`{% lesson_rows page.rows %}`: each with `may_be_read`, without which it says nothing of its deal."""
    to, product, team, of = _("Lost to"), _("Product"), _("Team"), _("Of")
    rows = (
        (
            *(lines(one.lesson), behind(one), seal(one)),
            *(to, lost_to(one.deal) if is_loss(one) else format_html(NOTE, one.get_kind_display())),
            *(product, one.deal.product or NONE),
            *(team, one.team.name),
            *(of, date_format(one.lost_on, "F Y")),
        )
        for one in reviews
    )
    return format_html_join("", ROW, rows)


def behind(one: Review) -> SafeString | str:
    return format_html(BEHIND, one.get_absolute_url(), str(one.deal)) if one.may_be_read else ""
