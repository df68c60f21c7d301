"""Mails about several things: one short function each. They are handed what they say; none asks the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from actions import emails
from actions.models import Answer, FollowUp
from actions.topics import About, Choice, Topic, day, human, lines
from failforward import links
from failforward.accounts.models import User
from failforward.mail import Message


@dataclass(frozen=True)
class Asked:
    """A question with its five buttons. `sent_on` is when it was put first."""

    follow_up: FollowUp
    about: About
    choices: Sequence[Choice]
    sent_on: date

    @property
    def first_asked(self) -> str:
        return day(self.sent_on)


@dataclass(frozen=True)
class Silent:
    """A question nobody answered yet, for somebody who may help."""

    follow_up: FollowUp
    about: About
    url: str
    sent_on: date

    @property
    def first_asked(self) -> str:
        return day(self.sent_on)


@dataclass(frozen=True)
class Unreached:
    """A question whose mail reached nobody, for whoever can do something about it: on their list, or where it is."""

    about: About
    sentence: str
    url: str
    on_list: bool


@dataclass(frozen=True)
class DueCheck:
    """A fix that had its time to show, for whoever is to look whether it helped. `owner` leads its list."""

    about: Topic
    owner: User
    fixed_on: str
    criterion: str

    @property
    def criterion_lines(self) -> list[str]:
        return lines(self.criterion)


@dataclass(frozen=True)
class Answered:
    """An answer with what the asker can send back."""

    given: Answer
    about: About
    choices: Sequence[Choice]

    @property
    def facts(self) -> dict[str, object]:
        return emails.answer_words(self.given)


def digest(to: User, asked: Sequence[Asked], stop_token: str, while_away: bool, answer_to: str = "") -> Message:
    return several("digest", to, asked=asked, while_away=while_away, answer_to=answer_to, **stop(stop_token))


def nudge(to: User, asked: Sequence[Asked], stop_token: str, answer_to: str = "") -> Message:
    return several("nudge", to, asked=asked, answer_to=answer_to, **stop(stop_token))


def unanswered(to: User, silent: Sequence[Silent]) -> Message:
    return several("unanswered", to, silent=silent)


def partner_help(to: User, silent: Sequence[Silent], answer_to: str = "") -> Message:
    return several("partner_help", to, silent=silent, answer_to=answer_to)


def sponsor_help(to: User, silent: Sequence[Silent]) -> Message:
    return several("sponsor_help", to, silent=silent)


def unreached(to: User, unreached: Sequence[Unreached]) -> Message:
    return several("unreached", to, unreached=unreached)


def checks_due(to: User, due: Sequence[DueCheck]) -> Message:
    """A reply reaches whoever leads the list, where all are on lists of one person."""
    owners = {one.owner for one in due} - {to}
    return several("checks_due", to, owners.pop() if len(owners) == 1 else None, due=due)


def answers(to: User, answered: Sequence[Answered]) -> Message:
    return several("answers", to, answered=answered, can_reply=any(one.choices for one in answered))


def stop(token: str) -> dict[str, str]:
    return {"stop_url": links.absolute("stop_reminders", token)}


def several(
    template: str, to: User, other: User | None = None, stop_url: str = "", answer_to: str = "", **context
) -> Message:
    """One thing alone continues its own conversation; several are one of their own. A reply that nothing of ours reads
    reaches `other`, or nobody."""
    reply_to = answer_to or human(other)
    (things,) = (value for value in context.values() if isinstance(value, list))
    alone = things[0].about if len(things) == 1 else None
    return Message(
        template=template,
        context={
            "to": to,
            "alone": alone,
            "stop_url": stop_url,
            "n": len(things),
            "by_reply": bool(answer_to),
            "other": other,
            "reply_to": reply_to,
            **context,
        },
        to=to.email,
        to_name=to.name,
        from_name=other.name if other else "",
        reply_to=reply_to,
        references=alone.thread if alone else (),
        unsubscribe=stop_url,
    )
