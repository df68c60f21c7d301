"""The rows of the list of deals: drawn by a template, they take half of the page."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from failforward.templatetags.ui import day, money, status
from reviews.models import Deal
from reviews.templatetags.review_rows import NOTE, UNDER, lost_to, named

register = template.Library()

ROW = (
    '<tr role="row"><th role="rowheader" scope="row"><a href="{}">{}</a>{}</th>'
    '<td role="cell" data-label="{}" class="full">{}</td><td role="cell" data-label="{}">{}</td>'
    '<td role="cell" data-label="{}">{}</td><td role="cell" class="num" data-label="{}">{}{}</td>'
    '<td role="cell" data-label="{}">{}</td><td role="cell" data-label="{}">{}</td></tr>\n'
)
REVIEW = '<a href="{}">{}</a> '


@register.simple_tag
def deal_rows(deals: Iterable[Deal]) -> SafeString:
    """`{% deal_rows page.rows %}`: each with `reviews_seen`."""
    outcome, closed_on, to, amount = _("How it stands"), _("Closed on"), _("Lost to"), _("Amount")
    owner, review, listed = _("Owner"), _("Review"), format_html(UNDER, _("list price"))
    not_yet, nobody, none = (format_html(NOTE, said) for said in (_("not yet"), _("nobody"), _("none")))
    rows = (
        (
            *(deal.get_absolute_url(), *named(deal)),
            *(outcome, status(deal.outcome, kind="deal")),
            *(closed_on, day(deal.lost_on or deal.closed_on) or not_yet),
            *(to, lost_to(deal)),
            *(amount, money(deal.value_minor, deal.currency), listed if deal.value_is_list_price else ""),
            *(owner, deal.owner.name if deal.owner else nobody),
            *(review, reviews_of(deal) or none),
        )
        for deal in deals
    )
    return format_html_join("", ROW, rows)


def reviews_of(deal: Deal) -> SafeString:
    seen = ((review.get_absolute_url(), status(review.state)) for review in deal.reviews_seen)
    return format_html_join("", REVIEW, seen)
