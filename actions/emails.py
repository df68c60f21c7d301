"""Every mail this app sends: one short function each. They are handed what they say; none asks the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import Answer, AskerReply, Commitment, DateChange, FollowUp
from actions.models.answer import Status
from failforward import links
from failforward.accounts.models import Team, User
from failforward.history.models import Change
from failforward.history.words import phrase
from failforward.mail import Message

SHORT_TITLE = 60


@dataclass(frozen=True)
class Choice:
    """A line of the text, a button of the HTML: pressing it opens a page and does nothing else."""

    label: str
    hint: str
    url: str


@dataclass(frozen=True)
class About:
    """What mails about a commitment have in common. `today` is the day they are read as written on."""

    commitment: Commitment
    today: date
    moved_times: int = 0
    seen_by: str = ""
    thread: Sequence[str] = ()

    @property
    def lines(self) -> list[str]:
        return lines(self.commitment.what)

    @property
    def title(self) -> str:
        """For the subject; empty where the team wants neutral subjects."""
        return short_title(self.commitment.what, self.commitment.team, self.commitment.title)

    @property
    def agreed(self) -> str:
        """ "You agreed this with Jonas Weil on Wed 11 Nov (in the meeting), by today, Tue 24 Nov, moved once." """
        commitment = self.commitment
        asker, where = commitment.asked_by, commitment.agreed_where
        values = {"asker": asker, "on": day(commitment.agreed_on), "where": where, "by": self.by_when}
        if asker and where:
            return _("You agreed this with %(asker)s on %(on)s (%(where)s), by %(by)s.") % values
        if asker:
            return _("You agreed this with %(asker)s on %(on)s, by %(by)s.") % values
        if where:
            return _("You said this on %(on)s (%(where)s), to be done by %(by)s.") % values
        return _("You said this on %(on)s, to be done by %(by)s.") % values

    @property
    def by_when(self) -> str:
        due_on = self.commitment.due_on
        words = _("today, %(day)s") % {"day": day(due_on)} if due_on == self.today else day(due_on)
        return words + moved_words(self.moved_times)


@dataclass(frozen=True)
class Topic:
    """What a mail is about that concerns a date or a change: of a commitment, a milestone or an action."""

    what: str
    team: Team | None
    url: str
    title_given: str = ""
    thread: Sequence[str] = ()

    @property
    def lines(self) -> list[str]:
        return lines(self.what)

    @property
    def title(self) -> str:
        return short_title(self.what, self.team, self.title_given)


def short_title(what: str, team: Team | None, given: str = "") -> str:
    if team is not None and team.neutral_subject:
        return ""
    return given or Truncator(" ".join(what.split())).chars(SHORT_TITLE)


def moved_words(times: int) -> str:
    if not times:
        return ""
    return ngettext(", moved once", ", moved %(times)s times", times) % {"times": times}


def day(value: date | None) -> str:
    return date_format(value, "D j M") if value else ""


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def human(person: User | None) -> str:
    """Where a reply reaches somebody, for mails that nothing of ours reads the answer to."""
    return person.email if person is not None and person.is_active and person.email else ""


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


def message(template: str, about: About, to: User, other: User | None, answer_to: str = "", **more) -> Message:
    return letter(template, to, other, about, answer_to, commitment=about.commitment, **more)


def letter(
    template: str,
    to: User,
    other: User | None,
    about: About | Topic,
    answer_to: str = "",
    unsubscribe: str = "",
    **more,
) -> Message:
    """From whoever asks, answers or changed it. A reply goes to `answer_to`, where it is read as the answer; else it
    reaches that person, or nobody."""
    other = None if other == to else other
    reply_to = answer_to or human(other)
    return Message(
        template=template,
        context={
            "about": about,
            "to": to,
            "other": other,
            "by_reply": bool(answer_to),
            "reply_to": reply_to,
            **more,
        },
        to=to.email,
        to_name=to.name,
        from_name=other.name if other else "",
        reply_to=reply_to,
        references=about.thread,
        unsubscribe=unsubscribe,
    )
