"""The mails to and about a sponsor: one short function each. They are handed what they say; none asks the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actions.models import SponsorRequest
from actions.topics import Choice, Topic, day, letter, lines
from failforward import links
from failforward.accounts.models import User
from failforward.mail import Message


def request(asked: SponsorRequest, about: Topic, token: str, answer_to: str = "") -> Message:
    return to_sponsor("sponsor_request", asked, about, token, answer_to)


def reminder(asked: SponsorRequest, about: Topic, token: str, stop_url: str, answer_to: str = "") -> Message:
    return to_sponsor("sponsor_reminder", asked, about, token, answer_to, stop_url=stop_url)


def to_sponsor(
    template: str, asked: SponsorRequest, about: Topic, token: str, answer_to: str, stop_url: str = ""
) -> Message:
    choices = [
        Choice(_("Yes"), _("go ahead"), links.absolute("sponsor_answer", token, query="a=yes")),
        Choice(_("No"), _("not this, or not now"), links.absolute("sponsor_answer", token, query="a=no")),
        Choice(_("In words"), _("neither yes nor no"), links.absolute("sponsor_answer", token, query="a=words")),
    ]
    return letter(
        template,
        asked.sponsor,
        asked.asked_by,
        about,
        answer_to,
        choices=choices,
        needed_by=day(asked.needed_by),
        asked_on=day(asked.asked_on),
        list_name=asked.action_list.name,
        action_what=asked.action.what if asked.action else "",
        reply_words=[_("yes"), _("no")],
        reply_subject=_("Re: Can you help?"),
        stop_url=stop_url,
        unsubscribe=stop_url,
    )


def answer(given: SponsorRequest, about: Topic, to: User) -> Message:
    return letter(
        "sponsor_answer",
        to,
        given.sponsor,
        about,
        state=given.state,
        said=lines(given.answer),
        needed_by=day(given.needed_by),
        promised_on=day(given.promised_on),
        url=about.url,
    )


@dataclass(frozen=True)
class Item:
    """A line of the letter: what, and beside it of which list, when, or what was said to it."""

    what: str
    aside: str = ""
    said: Sequence[str] = ()
    url: str = ""


@dataclass(frozen=True)
class Section:
    """`more`: how many did not fit on the page."""

    title: str
    items: Sequence[Item] = field(default_factory=list)
    more: int = 0


def monthly(to: User, month: date, sections: Sequence[Section], url: str, stop_url: str) -> Message:
    return Message(
        template="sponsor_letter",
        context={
            "to": to,
            "month": date_format(month, "F Y"),
            "sections": sections,
            "url": url,
            "stop_url": stop_url,
        },
        to=to.email,
        to_name=to.name,
        unsubscribe=stop_url,
    )
