"""The rows of the list of reviews: drawn by a template, they take half of the page."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from failforward.templatetags.ui import day, money, status
from reviews.models import Deal, Outcome, Review, Visibility

register = template.Library()

ROW = (
    '<tr role="row"><th role="rowheader" scope="row"><a href="{}">{}</a>{}{}{}</th>'
    '<td role="cell" data-label="{}" class="full">{}</td><td role="cell" data-label="{}">{}</td>'
    '<td role="cell" data-label="{}">{}</td><td role="cell" class="num" data-label="{}">{}{}</td>'
    '<td role="cell" data-label="{}" class="note full">{}</td></tr>\n'
)
NOTE, SMALL, UNDER = '<span class="note">{}</span>', "<small>{}</small>", '<small class="under">{}</small>'
NONE = SafeString(NOTE.format("–"))


@register.simple_tag
def review_rows(reviews: Iterable[Review]) -> SafeString:
    """`{% review_rows page.rows %}`"""
    state, to, amount, following = _("State"), _("Lost to"), _("Amount"), _("Next")
    lost_on, won_on = _("Lost on"), _("Won on")
    rows = (
        (
            *(review.get_absolute_url(), *named(review.deal), kind(review), seal(review)),
            *(state, status(review.state)),
            *(lost_on if is_loss(review) else won_on, day(review.lost_on)),
            *(to, lost_to(review.deal) if is_loss(review) else NONE),
            *(amount, *value(review)),
            *(following, review.next_step),
        )
        for review in reviews
    )
    return format_html_join("", ROW, rows)


def is_loss(review: Review) -> bool:
    return review.kind == Review.Kind.LOST_DEAL


def named(deal: Deal) -> tuple[str, SafeString | str]:
    if deal.account:
        return deal.account.name, format_html(SMALL, deal.name)
    return deal.name, format_html(SMALL, deal.product) if deal.product else ""


def kind(review: Review) -> SafeString | str:
    return "" if is_loss(review) else format_html(SMALL, review.get_kind_display())


def seal(review: Review) -> SafeString | str:
    return "" if review.visibility == Visibility.STANDARD else format_html(SMALL, status(review.visibility))


@register.simple_tag
def lost_to(deal: Deal) -> SafeString | str:
    """`{% lost_to deal %}`: to whom or what, as far as it is known."""
    if deal.competitor:
        return deal.competitor
    if deal.outcome == Outcome.LOST_TO_NO_DECISION:
        return _("No decision")
    if deal.outcome == Outcome.WITHDRAWN:
        return _("Withdrawn")
    if deal.outcome == Outcome.LOST_TO_COMPETITOR:
        return _("A rival")
    return format_html(NOTE, _("not stated")) if deal.is_lost else NONE


def value(review: Review) -> tuple[str, SafeString | str]:
    if review.kind == Review.Kind.HAND_OFF:
        return NONE, ""
    deal = review.deal
    listed = format_html(UNDER, _("list price")) if deal.value_is_list_price else ""
    return money(deal.value_minor, deal.currency), listed
