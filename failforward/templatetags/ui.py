"""Display only: icons, states, dates, money, people's text. Nothing here asks the database."""

import datetime
import re
from functools import cache, lru_cache

from django import template
from django.forms import BoundField
from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from failforward import undo
from failforward.icons import ICONS
from failforward.money import about, format_minor
from failforward.paging import Page, SortLink
from failforward.states import state

register = template.Library()

# No text of a person's can look like it: theirs has no plain `"` or `>`.
ICON = re.compile(r'(<svg class="i" viewBox="0 0 16 16" aria-hidden="true">)(.*?)(</svg>)')
LARGE = 60

Day = datetime.date | datetime.datetime


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """`{% icon "done" %}`: always beside a word, so hidden from screen readers."""
    return mark_safe(f'<svg class="i" viewBox="0 0 16 16" aria-hidden="true">{ICONS[name]}</svg>')


@register.simple_tag
@cache
def fixed(name: str) -> SafeString:
    """`{% fixed "frame/_styles.html" %}`: a part that is the same on every page and for everybody, drawn once."""
    return render_to_string(name)


def drawn_once(html: SafeString, drawn: dict[str, str]) -> SafeString:
    """The same with each larger icon drawn where it comes first, and named where it comes again. `drawn` has the names
    of those that the page shows already."""

    def named(icon: re.Match) -> str:
        before, shape, after = icon.groups()
        if len(shape) < LARGE:
            return icon[0]
        if shape in drawn:
            return f'{before}<use href="#{drawn[shape]}"/>{after}'
        drawn[shape] = f"icon-{len(drawn)}"
        return f'{before}<g id="{drawn[shape]}">{shape}</g>{after}'

    return mark_safe(ICON.sub(named, html))


@register.simple_tag
def status(code: str, words: str = "", kind: str = "", tag: bool = False) -> SafeString:
    """`{% status review.state %}`; other words, the kind of a code with two meanings, or a tag's ground if wanted."""
    return _status(code, str(words), kind, tag, get_language())


@register.simple_tag
def role(code: str) -> SafeString:
    """`{% role event.role %}`: what an event did to the outcome, as an amount of ink."""
    return status(code or "unknown")


@register.filter
def day(value: Day | None) -> str:
    """`{{ deal.lost_on|day }}` → Fri 27 Nov in a <time>, with the year when it is not this one."""
    return _time(value, day_words(_local_date(value))) if value else ""


@register.filter
def short_day(value: Day | None) -> str:
    """`{{ event.happened_on|short_day }}` → 27 Nov, for a margin; with the year when it is not this one."""
    if not value:
        return ""
    date = _local_date(value)
    form = "j M" if date.year == timezone.localdate().year else "j M Y"
    return _time(value, _date_words(date, form, get_language()))


@register.filter
def moment(value: datetime.datetime | None) -> str:
    """`{{ change.at|moment }}` → Fri 27 Nov, 14:32, in the person's zone."""
    if not value:
        return ""
    local = timezone.localtime(value)
    return _time(value, f"{day_words(local.date())}, {local:%H:%M}")


@register.filter
def due(value: datetime.date | None, today: datetime.date | None = None) -> str:
    """`{{ commitment.due_on|due:today }}` → due 3 days ago, due tomorrow, due Fri 27 Nov."""
    return _time(value, due_words(value, today or timezone.localdate())) if value else ""


def due_words(due_on: datetime.date, today: datetime.date) -> str:
    days = (due_on - today).days
    if days in NEAR:
        return str(NEAR[days])
    if days < 0:
        return ngettext("due %(days)s day ago", "due %(days)s days ago", -days) % {"days": -days}
    return _("due %(day)s") % {"day": day_words(due_on, today)}


NEAR = {-1: gettext_lazy("due yesterday"), 0: gettext_lazy("due today"), 1: gettext_lazy("due tomorrow")}


@register.filter
def about_money(amount_minor: int | None, currency: str) -> str:
    """`{{ borne.minor|about_money:borne.currency }}` → €142,167, of an estimate."""
    return money(amount_minor if amount_minor is None else about(amount_minor, currency), currency)


@register.filter
def money(amount_minor: int | None, currency: str) -> str:
    """`{{ deal.amount_minor|money:deal.currency }}` → €184,000; nobody knows → "not stated"."""
    if amount_minor is None:
        return format_html('<span class="note">{}</span>', _("not stated"))
    return format_minor(amount_minor, currency)


@register.filter
def lines(text: str) -> SafeString:
    """`<p class="hand">{{ event.text|lines }}</p>`: people's text, escaped, their line breaks kept."""
    text = text.strip()
    return linebreaksbr(text) if "\n" in text or "\r" in text else escape(text)


def shortened(text: str, longest: int) -> str:
    """With an ellipsis where it is cut. Django's Truncator looks at each letter for what combines with the one before,
    which takes as long as a line of a list."""
    return f"{text[: longest - 1].rstrip()}…" if len(text) > longest else text


@register.filter
def anchor(field: BoundField) -> str:
    """The id an error summary links to: of a group of choices the first one."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label


@register.filter
def leading(label: str) -> str:
    """`{{ field.label|leading }}`: a label with something said after it. A question needs no colon."""
    return label if str(label).endswith(("?", "…")) else f"{label}:"


BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


@register.filter
def browser(user_agent: str) -> str:
    """`{{ session.user_agent|browser }}` → Firefox, Windows; first hit wins, since Chrome also says Safari."""
    found = [next((name for sign, name in signs.items() if sign in user_agent), "") for signs in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, found)) or _("Another browser")


@register.filter
def unprompted(field: BoundField) -> BoundField:
    """A field without the placeholder that only repeats its label (allauth sets them)."""
    field.field.widget.attrs.pop("placeholder", None)
    return field


@register.filter
def called(field: BoundField, label: str) -> BoundField:
    """A library's field by our word for it: `{{ form.login|called:_("E-mail") }}`."""
    field.label = label
    return field


register.filter("undo", undo.of)


@register.inclusion_tag("shared/_sort_heading.html")
def sort_heading(page: Page, order: str, label: str, css: str = "", other: str = "") -> dict:
    """`{% sort_heading page "newest" _("Lost on") css="num" other="oldest" %}`: a heading that puts the list in one of
    its orders, and pressed again in the other."""
    if other and page.sort == other:
        sort = SortLink(page.sorts[order].url, page.sorts[other].aria)
    elif page.sort == order and other:
        sort = SortLink(page.sorts[other].url, page.sorts[order].aria)
    else:
        sort = page.sorts[order]
    return {"sort": sort, "label": label, "css": css}


# A page says the same few words, days and marks many times over; what is drawn depends on nothing but the arguments.
# `typed` keeps what is safe to print apart from the same characters that somebody typed.


@lru_cache(maxsize=2_000, typed=True)
def _status(code: str, words: str, kind: str, tag: bool, language: str | None) -> SafeString:
    found = state(code, kind)
    css = " ".join(filter(None, ["st", found.tone and f"st-{found.tone}", "tag" if tag else ""]))
    return format_html('<span class="{}">{}{}</span>', css, icon(found.icon), words or found.label)


def _local_date(value: Day) -> datetime.date:
    if not isinstance(value, datetime.datetime):
        return value
    return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()


def day_words(date: datetime.date, today: datetime.date | None = None) -> str:
    same_year = date.year == (today or timezone.localdate()).year
    return _date_words(date, "D j M" if same_year else "D j M Y", get_language())


@lru_cache(maxsize=2_000, typed=True)
def _date_words(date: datetime.date, form: str, language: str | None) -> str:
    return date_format(date, form)


def _time(value: Day, words: str) -> SafeString:
    return _time_of(value.isoformat(), words)


@lru_cache(maxsize=2_000, typed=True)
def _time_of(iso: str, words: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', iso, words)
