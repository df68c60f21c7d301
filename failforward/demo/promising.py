"""Commitments are made, asked for and answered."""

from typing import TYPE_CHECKING

from actions import answers, follow_ups
from actions.models import Commitment
from failforward.demo import asked, promises
from failforward.demo.clock import at

if TYPE_CHECKING:
    from failforward.demo.build import Story


def promise(story: "Story", told: promises.Promise) -> None:
    person, asker = story.people[told.person], story.people.get(told.asker)
    moment = story.moment(told.agreed_days_ago, 15)
    fields = {
        "title": told.title,
        "with_whom": told.with_whom,
        "outcome_wanted": told.outcome,
        "agreed_where": told.where,
        "private": told.private,
    } | parent_of(story, told)
    with at(moment):
        if told.requested:
            fields.pop("agreed_where"), fields.pop("private")
            Commitment.request(asker, person, told.what, story.day(told.due_days_ago), now=moment, **fields)
            return
        made = Commitment.make(
            person, person, told.what, story.day(told.due_days_ago), now=moment, asked_by=asker, **fields
        )
    if told.answer:
        answer(story, made, told)
    if told.partner:
        asked.choose_partner(story, made, told.partner)
    if told.silent:
        asked.fall_silent(story, made)


def parent_of(story: "Story", told: promises.Promise) -> dict:
    if told.milestone is not None:
        return {"milestone": story.actions[told.action].milestones.order_by("pk")[told.milestone]}
    if told.action:
        return {"action": story.actions[told.action]}
    if told.review:
        return {"review": story.reviews[told.review]}
    if told.talk:
        return {"talk": story.talks[told.talk]}
    return {}


def answer(story: "Story", made: Commitment, told: promises.Promise) -> None:
    said = told.answer
    moment = story.moment(said.days_ago, 17)
    words = {"outcome": said.outcome, "learned": said.learned, "might_change": said.might_change}
    words |= {
        "reason": said.reason,
        "evidence": said.evidence,
        "next_what": said.next_what,
        "next_with": said.next_with,
    }
    for name, days_ago in (("new_on", said.new_days_ago), ("next_on", said.next_days_ago)):
        if days_ago is not None:
            words[name] = story.day(days_ago)
    with at(moment):
        given = answers.give(follow_ups.waiting_for(made), made.person, said.status, via="desk", now=moment, **words)
    if said.reply:
        later = story.moment(max(said.days_ago - 1, 0), 9)
        with at(later):
            given.reply(made.asked_by, said.reply, text=said.reply_text, now=later)
