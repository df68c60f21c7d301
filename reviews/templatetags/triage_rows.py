"""The rows of the page of new losses, each to be ticked: drawn by a template, they take most of the page."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from failforward.templatetags.ui import day, money
from reviews.models import Review
from reviews.templatetags.review_rows import NOTE, lost_to, named

register = template.Library()

ROW = (
    '<tr role="row"><td role="cell" class="tick"><label for="review-{}"><span class="visually-hidden">{} {}</span>'
    '<input class="form-check-input" type="checkbox" name="review" value="{}" id="review-{}"{}></label></td>'
    '<th role="rowheader" scope="row"><a href="{}">{}</a>{}</th>'
    '<td role="cell" data-label="{}">{}</td><td role="cell" data-label="{}">{}</td>'
    '<td role="cell" data-label="{}">{}</td><td role="cell" class="num" data-label="{}">{}{}</td>'
    '<td role="cell" data-label="{}" class="note">{}</td></tr>\n'
)
FINE = ' <small class="fine">{}</small>'


@register.simple_tag
def triage_rows(reviews: Iterable[Review]) -> SafeString:
    """`{% triage_rows page.rows %}`"""
    select, lost_on, to, owner = _("Select"), _("Lost on"), _("Lost to"), _("Owner")
    value, rule, review_it, your_choice = _("Value"), _("The team’s rule"), _("Review it"), _("Your choice")
    nobody, listed = format_html(NOTE, _("nobody")), format_html(FINE, _("list price"))
    rows = (
        (
            *(one.pk, select, one.deal, one.pk, one.pk, " checked" if one.is_ticked else ""),
            *(one.get_absolute_url(), *named(one.deal)),
            *(lost_on, day(one.lost_on)),
            *(to, lost_to(one.deal)),
            *(owner, one.owner.name if one.owner else nobody),
            *(value, money(one.value_minor, one.deal.currency), listed if one.deal.value_is_list_price else ""),
            *(rule, review_it if one.is_suggested else your_choice),
        )
        for one in reviews
    )
    return format_html_join("", ROW, rows)
