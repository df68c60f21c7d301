"""What a mail is about, and who is written to by whom: what all letters of this app have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import Commitment
from failforward.accounts.models import Team, User
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
