"""What a question meets in the story besides an answer: silence, a partner, days away, a reply nobody could read. All
of it lies in the past, so nothing of it is mailed when the demo begins."""

import datetime as dt
from typing import TYPE_CHECKING

from actions import follow_ups
from actions.models import Commitment, Partner
from actions.models.silence import Step
from actions.rhythm import silence
from failforward.accounts import times
from failforward.accounts.models import Absence
from failforward.demo import actions as plans
from failforward.demo.clock import at
from failforward.inbound.models import Channel, State
from failforward.inbound.storing import store
from failforward.outbox.models import Mail
from failforward.outbox.models import State as MailState
from failforward.outbox.rendering import message_id

if TYPE_CHECKING:
    from failforward.demo.build import Story

DAY = dt.timedelta(days=1)


def choose_partner(story: "Story", commitment: Commitment, key: str) -> None:
    """Asked four days ago, and said yes the day after."""
    asked_at, agreed_at = story.moment(4), story.moment(3)
    with at(asked_at):
        partner = Partner.ask(commitment, commitment.person, story.people[key], asked_at)
    with at(agreed_at):
        partner.agree(agreed_at)


def fall_silent(story: "Story", commitment: Commitment) -> None:
    """Asked and reminded; whoever else would be told is told tomorrow at the soonest."""
    question, person, now = follow_ups.waiting_for(commitment), commitment.person, story.now
    asked_at = min(question.due_at, now - 2 * DAY)
    reminded_at = min(times.after(person, asked_at, silence.NUDGED_AFTER), now - dt.timedelta(hours=2))
    hand_over(question.mail, asked_at)
    with at(reminded_at):
        silence.climb(question, silence.Rung(Step.NUDGE, person), reminded_at)
        hand_over(question.silence_steps.get().mail, reminded_at)
        next_at = times.after(person, reminded_at, silence.HANDED_ON_AFTER)
        silence.wait_until(question, max(next_at, times.after(person, now, 1)))


def hand_over(mail: Mail, when: dt.datetime) -> None:
    """As it went out then. Nobody reads it any more, so it is not written: that takes longer than all of this."""
    mail.message_id, mail.address = message_id(mail.key), mail.recipient.email
    mail.state, mail.due_at, mail.next_at, mail.sent_at = MailState.SENT, when, when, when
    mail.save()


def go_away(story: "Story") -> None:
    for key, (first, last, stand_in) in plans.AWAY.items():
        person, planned_on = story.people[key], story.day(2)
        with at(story.moment(2)):
            Absence.plan(person, person, story.day(first), story.day(last), story.people[stand_in], today=planned_on)


def reply_unclearly(story: "Story") -> None:
    for key, (days_ago, subject, text) in plans.HELD.items():
        person, moment = story.people[key], story.moment(days_ago, 18)
        raw = f"From: {person.name} <{person.email}>\r\nSubject: {subject}\r\n\r\n{text}\r\n".encode()
        with at(moment):
            mail, _new = store([raw], Channel.MAILBOX, person.email, now=moment)
            found = {"sender": person.email, "subject": subject, "text": text, "person": person}
            mail.finish(State.HELD, "no_address", moment, **found)
