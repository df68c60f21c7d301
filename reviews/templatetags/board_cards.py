"""The cards of a board. A screen shows twenty of them with five buttons each, and a template for each costs several
times as much."""

from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from failforward.templatetags.ui import icon, lines, short_day, shortened
from reviews.models import FailureEvent
from reviews.templatetags.event_log import looked_into

register = template.Library()

LONGEST = 240
CARD = (
    '<li id="event-{0}" data-card{1}><p class="hand mb-1" id="t{0}">{2}</p><p class="fine mb-1">{3}</p>\n{4}\n{5}</li>'
)
MOVE = (
    '<button class="btn btn-bare tight" id="j{0}-{1}" form="judge" name="judge" value="{0}:{2}:{1}" data-to="{1}"'
    ' aria-describedby="t{0}">{3}</button>'
)
LINK = '<a class="btn btn-bare tight" id="{0}{1}"{4} href="{2}" aria-describedby="t{1}">{3}</a>'

# What the key opens.
ASK = SafeString(" data-ask")


@register.simple_tag(takes_context=True)
def board_cards(context: dict, column, columns: Iterable) -> SafeString:
    """`{% board_cards column columns %}`: the events of a column, each with the ways to the others."""
    cards = Cards(context, column, [other for other in columns if other.role and other.role != column.role])
    return format_html_join("", "{}", ((cards.card(event),) for event in column.events))


class Cards:
    """What is the same for all cards of a column is said once."""

    def __init__(self, context: dict, column, others: list) -> None:
        self.may_write, self.is_win = context["may"].write, context["is_win"]
        self.has_base_rate, self.is_judged, self.others = context["has_base_rate"], bool(column.role), others
        self.here = f"&step={context['step']}" if context["own"] else ""
        at_risk = _("At risk?") if self.is_win else _("Without it?")
        self.ask = format_html("{}{}", icon("unsure"), at_risk)

    def card(self, event: FailureEvent) -> SafeString:
        what, drag = shortened(event.what, LONGEST), SafeString(' draggable="true"' if self.may_write else "")
        said = looked_into(event)
        return format_html(CARD, event.pk, drag, lines(what), self.facts(event), said, self.ways(event))

    def facts(self, event: FailureEvent) -> SafeString:
        facts = [short_day(event.happened_on) if event.happened_on else _("No date")]
        if event.without_it:
            words = _("at risk: %(answer)s") if self.is_win else _("without it: %(answer)s")
            facts.append(words % {"answer": event.get_without_it_display()})
        if event.confidence:
            facts.append(event.get_confidence_display())
        return format_html_join(" · ", "{}", ((fact,) for fact in facts))

    def ways(self, event: FailureEvent) -> SafeString | str:
        if not self.may_write:
            return ""
        moves = format_html_join("", MOVE, ((event.pk, one.role, event.version, one.label) for one in self.others))
        links = format_html_join(
            "",
            LINK,
            ((kind, event.pk, url, words, ASK if kind == "w" else "") for kind, url, words in self.links(event)),
        )
        return format_html('<div class="row-flex acts">{}{}</div>', moves, links)

    def links(self, event: FailureEvent) -> Iterable[tuple]:
        if self.is_judged:
            yield "w", f"?event={event.pk}{self.here}#s-judge", self.ask
        if event.counts and not event.why_counts:
            yield "y", reverse("event_whys", args=[event.pk]), _("Why?")
        if event.counts and self.has_base_rate and not event.base_rate:
            yield "o", reverse("event_wins", args=[event.pk]), _("In wins too?")
