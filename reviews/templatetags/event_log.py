"""The lines of a review's log. A page shows fifty of them, and a template for each costs several times as much."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from failforward import links
from failforward.accounts.models.user import first_name_of
from failforward.templatetags.ui import drawn_once, icon, lines, short_day, shortened, status
from reviews.categories import BY_CODE
from reviews.models import FailureEvent, Review
from reviews.review_log import LogEvent
from reviews.review_page import Page

register = template.Library()

NOTHING = SafeString()


@register.simple_tag
def event_lines(events: Iterable[LogEvent], page: Page, may) -> SafeString:
    """`{% event_lines page.events_before page may %}`: the events that do not stand open."""
    log = Log(page, may)
    return drawn_once(format_html_join("\n", "{}", ((log.line(event),) for event in events)), page.icons_drawn)


@register.simple_tag
def event_margin(event: FailureEvent) -> SafeString:
    """When it happened, and who says so."""
    return margin(event, reporter(event))


def margin(event: FailureEvent, told_by: str) -> SafeString:
    when = short_day(event.happened_on) if event.happened_on else format_html("<b>{}</b>", _("No date"))
    if event.until_on and event.happened_on and event.until_on != event.happened_on:
        when = format_html("{} <span>{} {}</span>", when, _("until"), short_day(event.until_on))
    return SafeString(MARGIN.format(when, escape(event.source or told_by)))


MARGIN = '<div class="ev-m">{} <span>{}</span></div>'


def reporter(event: FailureEvent) -> str:
    if event.anonymous:
        return _("without a name")
    return first_name_of(event.author_name or "")


def twin(event: FailureEvent) -> SafeString:
    """One line for what was joined to another: who told it too, from where, in which words."""
    told_by = _("somebody, without a name") if event.anonymous else reporter(event)
    who = ", ".join(dict.fromkeys(filter(None, [told_by, event.source]))) or _("somebody")
    also = _("Also told by %(who)s:") % {"who": who}
    return format_html('<p class="fine">{} <span class="hand small">{}</span></p>', also, lines(event.what))


@register.simple_tag
def event_more(event: FailureEvent) -> SafeString:
    """Under what happened: whether it was left undone, its source, what we make of it."""
    if not (event.is_omission or event.source_url or event.interpretation or event.twins):
        return NOTHING
    source = format_html(SOURCE, event.source_url, _("The source")) if event.source_url else ""
    undone = _("Something left undone.") if event.is_omission else ""
    facts = format_html('<p class="fine">{} {}</p>', undone, source) if undone or source else ""
    facts = format_html("{}{}", facts, format_html_join("", "{}", ((twin(one),) for one in event.twins)))
    if not event.interpretation:
        return facts
    return format_html(MEANING, facts, _("What we make of it"), lines(event.interpretation))


SOURCE = '<a href="{0}" rel="noopener noreferrer nofollow">{1}<span class="visually-hidden">: {0}</span></a>'
MEANING = '{}<p class="note"><span class="label">{}</span>{}</p>'


@register.simple_tag
def event_name(event: FailureEvent) -> str:
    """What a link to it is called where one cannot see which line it stands in."""
    if event.happened_on:
        return day_name(event.happened_on, get_language())
    return _("event “%(what)s”") % {"what": shortened(event.what, 40)}


@lru_cache(maxsize=2_000)
def day_name(date: date, language: str | None) -> str:
    return _("event of %(day)s") % {"day": date_format(date, "j M")}


@register.simple_tag
def event_role(event: FailureEvent) -> SafeString:
    """What it did to the outcome; in a deal that was won, how near it came to losing it."""
    return status(event.causal_role or "unknown", kind="win" if event.is_near_miss else "")


@register.simple_tag
def looked_into(event: FailureEvent, css: str = "note mt-1") -> SafeString:
    """What was found out about it: whether wins had it too, and why it happened."""
    if not (event.base_rate or event.why_counts):
        return NOTHING
    found = [("event_wins", event.base_rate), ("event_whys", event.why_counts)]
    said = [(reverse(page, args=[event.pk]), capfirst(one.in_words)) for page, one in found if one]
    return format_html('<p class="{}">{}</p>', css, format_html_join(" · ", '<a href="{}">{}</a>', said))


@register.simple_tag
def look_into(event: FailureEvent) -> SafeString:
    """The ways to look into an event that counts, with what was found out already."""
    if not event.counts:
        return NOTHING
    why = event.why_counts.in_words if event.why_counts else _("why did it happen?")
    ways = [("event_whys", why)]
    if event.review.kind == Review.Kind.LOST_DEAL:
        ways.append(("event_wins", _("wins looked at") if event.base_rate else _("did wins have it too?")))
    links = [(reverse(page, args=[event.pk]), capfirst(words)) for page, words in ways]
    return format_html('<p class="note">{}</p>', format_html_join(" · ", '<a href="{}">{}</a>', links))


LINE = (
    '<li class="ev" id="event-{}">{}<div class="ev-b"><p class="hand">{}</p>{}'
    '<div class="ev-s">{}{}{}</div>{}</div></li>'
)
WAITS = '<span class="st st-wait">{}{}</span>'
EDIT = '<a class="edit btn btn-bare" href="{}">{}<span class="visually-hidden"> {}</span></a>'
FINDING = '<p class="note mt-1">{} <a href="{}">{}</a>{}</p>'
NEXT = '<p class="note mt-1"><a href="{}">{}</a></p>'


class Log:
    """What is the same for all lines is said once: words, and what the reader may do."""

    def __init__(self, page: Page, may) -> None:
        self.page, self.may = page, may
        self.leads = may.lead and page.review.is_open
        self.edit = escape(_("Edit"))
        self.finding_word = _("Finding:")
        self.unjudged = format_html(WAITS, icon("unknown"), _("Not judged yet"))
        self.unread = format_html(WAITS, icon("clock"), _("To be read"))
        # The same finding and the same reading stand at many of them.
        self.findings: dict[int, SafeString] = {}
        self.readings: dict[tuple, SafeString] = {}

    def line(self, event: LogEvent) -> SafeString:
        # All of it is safe to print already: to ask each part once more takes a third of the time.
        return SafeString(
            LINE.format(
                event.pk,
                event_margin(event),
                lines(event.what),
                event_more(event),
                event_role(event) if event.causal_role else self.unjudged,
                self.reading(event),
                self.way_to_change(event) if self.may.write else "",
                self.leads_to(event) + looked_into(event),
            )
        )

    def way_to_change(self, event: LogEvent) -> str:
        return EDIT.format(self.place(event), self.edit, escape(event_name(event)))

    def place(self, event: LogEvent) -> str:
        """Where it is judged; before one has heard the others there are only its words to change."""
        if not self.page.hears_all:
            return links.address_of("event_edit", event.pk)
        return f"?event={event.pk}#event-{event.pk}"

    def reading(self, event: LogEvent) -> SafeString:
        if event.is_settled:
            once = event.readings == 1 and self.page.readers_needed > 1
            return self.settled(event.category, event.verdict, once)
        if event.disputed_at:
            return format_html(WAITS, icon("partly"), _("Readings differ"))
        if event.own_category:
            return format_html('<span class="st">{}{}</span>', icon("clock"), _("Waits for another reader"))
        return self.unread

    def settled(self, category: str, verdict: str, once: bool) -> SafeString:
        said = category, verdict, once
        if said not in self.readings:
            words = BY_CODE[category].label, status(verdict), self.once if once else ""
            self.readings[said] = format_html("<span>{}</span>{}{}", *words)
        return self.readings[said]

    @cached_property
    def once(self) -> SafeString:
        return format_html('<span class="fine">{}</span>', _("read once"))

    def leads_to(self, event: LogEvent) -> SafeString:
        """The finding it is in, or what whoever leads the review does next about it."""
        if event.finding_id:
            return self.finding(event)
        if self.leads and event.disputed_at:
            return format_html(NEXT, reverse("adjudicate", args=[event.pk]), _("Settle the readings"))
        if self.leads and event.verdict == "systemic":
            return format_html(NEXT, reverse("event_home", args=[event.pk]), _("What weakness does it show?"))
        return NOTHING

    def finding(self, event: LogEvent) -> SafeString:
        if event.finding_id not in self.findings:
            found = event.finding
            url = reverse("finding_detail", args=[found.pk])
            worked_on = found.state in ("being_fixed", "fixed")
            state = format_html(" · {}", status(found.state)) if worked_on else ""
            self.findings[found.pk] = format_html(FINDING, self.finding_word, url, found.title, state)
        return self.findings[event.finding_id]
