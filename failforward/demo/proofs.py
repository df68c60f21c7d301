"""What became of the fixes: one proved, one that came back, one to be looked at today."""

from typing import TYPE_CHECKING

from actions import recurrences
from failforward.demo.actions import Action
from failforward.demo.clock import at

if TYPE_CHECKING:
    from failforward.demo.build import Story


def check(story: "Story", plan: Action) -> None:
    """Planned with the action; begun and decided on its day, where that day has come."""
    told, action = plan.check, story.actions[plan.key]
    checker, planned = story.people[told.checker], story.moment(plan.claimed_days_ago, 12)
    with at(planned):
        made = action.plan_check(
            story.people[plan.by],
            today=story.day(plan.claimed_days_ago),
            checker=checker,
            after_days=told.after_days,
            method=told.method,
            looks_at=told.looks_at,
        )
    if told.decided_days_ago is None:
        return
    moment, today = story.moment(told.decided_days_ago, 11), story.day(told.decided_days_ago)
    with at(moment):
        made.begin(checker, today=today)
        made.decide(checker, "met", told.evidence, today=today, now=moment)


def come_back(story: "Story", plan: Action) -> None:
    """A new loss showed what counted as fixed; its event had been put into the finding."""
    loss, days_ago = plan.check.came_back
    finding, by = story.findings[plan.findings[0]], story.people[plan.by]
    finding.refresh_from_db()
    event = finding.events.get(review=story.reviews[loss])
    moment = story.moment(days_ago)
    with at(moment):
        recurrences.put_by_hand(finding, event, by)
        finding.recurrences.get(event=event).accept(by, now=moment)
    finding.refresh_from_db()
