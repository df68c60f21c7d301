"""The mails about replies: one short function each. They are handed what they say; none asks the database."""

from collections.abc import Sequence
from dataclasses import dataclass

from actions.topics import Topic, letter, lines
from failforward.accounts.models import User
from failforward.inbound.models import InboundMail
from failforward.mail import Message


@dataclass(frozen=True)
class HeldReply:
    """A reply that waits for its person: why, their words or else whose address it came from, what it was about."""

    why: str
    words: list[str]
    sender: str
    about: list[str]
    url: str


def reply_held(to: User, replies: Sequence[HeldReply]) -> Message:
    context = {"to": to, "replies": replies}
    return Message(template="reply_held", context=context, to=to.email, to_name=to.name)


def reply_taken(
    to: User, words: list[str], about: list[str], why: str, status: str, new_on: str = "", url: str = ""
) -> Message:
    """`status` of the answer it became; without one, `why` it was only kept."""
    context = {
        "to": to,
        "words": words,
        "about_lines": about,
        "why": why,
        "status": status,
        "new_on": new_on,
        "url": url,
    }
    return Message(template="reply_taken", context=context, to=to.email, to_name=to.name)


def words_passed(to: User, reply: InboundMail, about: Topic) -> Message:
    """To whoever asked for a promise: what came in about it from an address that is nobody's."""
    words = lines(reply.text)
    return letter("words_passed", to, reply.settled_by, about, words=words, sender=reply.sender, url=about.url)
