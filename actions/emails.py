"""Every mail this app sends: one short function each. They are handed what they say; none asks the database."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from actions.models import Answer, AskerReply, Commitment, DateChange, FollowUp
from actions.models.answer import Status
from actions.topics import About, Choice, Topic, day, letter, lines, message
from failforward import links
from failforward.accounts.models import User
from failforward.history.models import Change
from failforward.history.words import phrase
from failforward.mail import Message


def answer_choices(token: str, on_list: bool) -> list[Choice]:
    hints = {
        Status.DONE: _("it is kept"),
        Status.PARTLY: _("it stays open, with a new date"),
        Status.MOVED: _("to another day"),
        Status.STUCK: _("ask for help now"),
        Status.DROPPED: _("goes to the next meeting") if on_list else _("it is dropped"),
    }
    return [
        Choice(str(status.label), hints[status], links.absolute("answer", token, query=f"a={status}"))
        for status in Status
    ]


def follow_up(asked: FollowUp, about: About, token: str, answer_to: str = "") -> Message:
    commitment = asked.commitment
    choices = answer_choices(token, commitment.action_list is not None)
    return message(
        "follow_up",
        about,
        commitment.person,
        commitment.asked_by,
        answer_to,
        choices=choices,
        sponsor=sponsor_of(commitment),
        reply_words=[_("done"), _("partly"), _("moved to Friday"), _("stuck"), _("drop")],
        reply_subject=_("Re: How did it go?"),
    )


def sponsor_of(commitment: Commitment) -> User | None:
    """Who is asked to help in the end when nobody answers; said beforehand."""
    on_list = commitment.action_list
    return on_list.sponsor if on_list is not None and on_list.sponsor_step else None


def request(about: About, token: str, answer_to: str = "") -> Message:
    choices = [
        Choice(_("Yes"), _("I take it on"), links.absolute("request_answer", token, query="a=accept")),
        Choice(_("Another date"), _("yes, but by then"), links.absolute("request_answer", token, query="a=redate")),
        Choice(_("No"), _("not I, or not this"), links.absolute("request_answer", token, query="a=decline")),
    ]
    words = [_("yes"), _("yes, by Friday"), _("no")]
    person, asker = about.commitment.person, about.commitment.asked_by
    return message(
        "request", about, person, asker, answer_to, choices=choices, reply_words=words, reply_subject=_("Re: Can you?")
    )


def request_answer(about: About, url: str) -> Message:
    commitment = about.commitment
    return message(
        "request_answer",
        about,
        commitment.asked_by,
        commitment.person,
        url=url,
        reason=lines(commitment.declined_because),
    )


def partner_request(about: About, to: User, token: str, answer_to: str = "") -> Message:
    choices = [
        Choice(_("Yes"), _("I keep an eye on it"), links.absolute("partner", token, query="a=yes")),
        Choice(_("No"), _("then you hear nothing more"), links.absolute("partner", token, query="a=no")),
    ]
    words, person = [_("yes"), _("no")], about.commitment.person
    return message(
        "partner_request",
        about,
        to,
        person,
        answer_to,
        choices=choices,
        reply_words=words,
        reply_subject=_("Re: Will you?"),
    )


def answer(given: Answer, about: About, token: str, answer_to: str = "") -> Message:
    commitment = about.commitment
    choices = [] if given.noted_by else reply_choices(token, commitment.is_open)
    words = answer_words(given)
    return message("answer", about, commitment.asked_by, commitment.person, answer_to, choices=choices, **words)


def answer_words(given: Answer) -> dict[str, object]:
    change = given.date_change
    return {
        "given": given,
        "status": str(given.get_status_display()),
        "outcome": lines(given.outcome),
        "learned": lines(given.learned),
        "might_change": lines(given.might_change),
        "next_step": lines(given.next_what),
        "next_on": day(given.next_on),
        "new_on": day(given.new_on),
        "asked_for": change is not None and change.state == "asked_for",
    }


def reply_choices(token: str, still_open: bool) -> list[Choice]:
    hints = {
        AskerReply.Kind.THANKS: _("read, and thank you"),
        AskerReply.Kind.HELP: _("I do something about it"),
        AskerReply.Kind.TALK: _("I get in touch"),
        AskerReply.Kind.NEW_DATE: _("by another day"),
    }
    if not still_open:
        del hints[AskerReply.Kind.NEW_DATE]
    return [
        Choice(str(kind.label), hint, links.absolute("asker_reply", token, query=f"r={kind}"))
        for kind, hint in hints.items()
    ]


def asker_reply(sent: AskerReply, about: About, url: str, waits: bool = False) -> Message:
    """`waits`: the new date is a third one, which the owner of the list has to agree to."""
    return message(
        "asker_reply",
        about,
        sent.answer.by,
        sent.by,
        sent=sent,
        kind=str(sent.get_kind_display()),
        words=lines(sent.text),
        new_on=day(sent.new_on),
        waits=waits,
        url=url,
    )


def date_asked(asked: DateChange, about: Topic, to: User, token: str) -> Message:
    """To the owner of the list, who decides."""
    return letter(
        "date_asked",
        to,
        asked.by,
        about,
        asked=asked,
        from_on=day(asked.from_on),
        to_on=day(asked.to_on),
        list_name=asked.action_list.name,
        reason=lines(asked.reason),
        url=links.absolute("date_answer", token),
    )


def came_back(about: Topic, to: User, by: User, finding: str, fixes: Sequence[tuple[str, str]]) -> Message:
    """To whoever owns or sponsors the list of a fix that did not last; `fixes` are what was done and after how long it
    came back."""
    return letter("came_back", to, by, about, finding=finding, fixes=fixes, url=about.url)


def news(change: Change, about: Topic, to: User) -> Message:
    return letter("news", to, change.by, about, change=change, said=phrase(change), url=about.url)
