"""What was looked back at: reviews with their events and readings, findings, and what closing them taught."""

from typing import TYPE_CHECKING

from actions import closing
from failforward.accounts.models import User
from failforward.demo import deals, full, reviews
from failforward.demo.clock import at
from failforward.demo.crm import SOURCE
from reviews import coding
from reviews.categories import BY_CODE
from reviews.models import Deal, Definition, FailureEvent, Finding, Review
from reviews.models.definition import WORDS

if TYPE_CHECKING:
    from failforward.demo.build import Story


def look_back(story: "Story", past: reviews.Story) -> None:
    loss = next(loss for loss in deals.LOSSES if loss.key == past.loss)
    opener = story.people[past.opener]
    deal = Deal.objects.get(source=SOURCE, external_id=past.loss)
    with at(story.moment(past.days_ago)):
        review = Review.open(deal, opener, today=story.day(past.days_ago), depth=past.depth)
        for key in past.people:
            review.add_person(opener, story.people[key])
        if "farid" in past.people:
            review.let_facilitate(opener, story.people["farid"])
        if past.depth == Review.Depth.FULL:
            full.all_tell(story, review, past.people)
    story.reviews[past.loss] = review
    for number, told in enumerate(past.events):
        happen(story, review, past, loss, told, number)


def happen(
    story: "Story", review: Review, past: reviews.Story, loss: deals.Loss, told: reviews.Event, number: int
) -> None:
    author = story.people[told.by]
    days = {}
    for name, before in (("happened_on", told.days_before), ("until_on", told.until_days_before)):
        if before is not None:
            days[name] = story.day(loss.days_ago + before)
    with at(story.moment(past.days_ago, 11 + number)):
        event = review.add_event(
            author,
            told.what,
            source=told.source,
            is_omission=told.omission,
            interpretation=told.interpretation,
            anonymous=told.anonymous,
            **days,
        )
        # The day of a DateField comes from the machine's clock, which is not that of the story.
        FailureEvent.objects.filter(pk=event.pk).update(created_on=story.day(past.days_ago))
        event.refresh_from_db()
        if told.role:
            without_it, confidence = told.without
            event.judge(author, told.role, without_it=without_it, confidence=confidence)
    for who, category, verdict, reason in told.readings:
        moment = story.moment(max(past.days_ago - 1, 0), 14)
        with at(moment):
            coding.submit(event, story.people[who], category, verdict, reason=reason, now=moment)
    if number in past.decided:
        who, category, verdict, reason, dissent = past.decided[number]
        moment = story.moment(max(past.days_ago - 1, 0), 16)
        with at(moment):
            coding.adjudicate(event, story.people[who], category, verdict, reason, dissent, now=moment)
    if told.finding:
        with at(story.moment(max(past.days_ago - 1, 0), 17)):
            event.refresh_from_db()
            finding(story, told.finding, story.people[past.opener]).take(event, story.people[past.opener])


def finding(story: "Story", key: str, by: User) -> Finding:
    if key not in story.findings:
        title, category, team = reviews.FINDINGS[key]
        story.findings[key] = Finding.open(story.teams[team], title, category, by)
    return story.findings[key]


def waive(story: "Story") -> None:
    for key, (who, reason) in reviews.WAIVED.items():
        review = Review.objects.get(deal__external_id=key, deal__source=SOURCE)
        with at(story.moment(20)):
            review.waive(story.people[who], reason)


def revise_a_definition(story: "Story") -> None:
    category, who, days_ago, changed, reason = reviews.REVISED
    moment = story.moment(days_ago)
    words = {name: str(getattr(BY_CODE[category], name)) for name in WORDS} | changed
    with at(moment):
        Definition.revise(category, story.people[who], seen=1, reason=reason, now=moment, **words)


def close_reviews(story: "Story") -> None:
    for past in reviews.STORIES:
        review = story.reviews[past.loss]
        review.refresh_from_db()
        opener = story.people[past.opener]
        if past.closed_days_ago is not None:
            moment = story.moment(past.closed_days_ago, 16)
            with at(moment):
                closing.close(review, opener, past.lesson, moment)
        elif past.lesson:
            review.write_lesson(opener, past.lesson)
