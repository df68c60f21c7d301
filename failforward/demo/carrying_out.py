"""Lists and their actions: opened, proposed, carried out, and brought to their end."""

import datetime as dt
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile

from actions.models import ActionItem, ActionList
from failforward.demo import actions as plans
from failforward.demo import proofs
from failforward.demo.clock import at

if TYPE_CHECKING:
    from failforward.demo.build import Story


def open_lists(story: "Story") -> None:
    for key, (name, team, owner, sponsor, members, buy_in) in plans.LISTS.items():
        with at(story.moment(60)):
            # The meeting is always today, so that there is one to prepare on any day.
            made = ActionList.open(
                story.people[owner],
                name,
                story.teams[team],
                story.people[owner],
                story.people[sponsor],
                story.today.isoweekday(),
                dt.time(15),
                [story.people[member] for member in members],
            )
            if buy_in:
                made.record_buy_in(story.people[owner], buy_in, story.day(60), how="person")
        story.lists[key] = made


def act(story: "Story", plan: plans.Action) -> None:
    by = story.people[plan.by]
    with at(story.moment(plan.days_ago)):
        action = ActionItem.propose(
            by,
            story.lists[plan.list],
            plan.what,
            [story.findings[key] for key in plan.findings],
            type=plan.type,
            responsible=story.people.get(plan.responsible),
            no_steps_needed=plan.no_steps,
        )
        steps = [action.add_step(by, what) for what in plan.steps]
        stones = [
            action.add_milestone(by, stone.what, first_day(story, stone), today=story.day(plan.days_ago))
            for stone in plan.milestones
        ]
        for key in plan.helpers:
            action.add_helper(by, story.people[key])
        if plan.hours:
            action.size_up(by, plan.hours)
    story.actions[plan.key] = action
    if plan.committed_days_ago is not None:
        carry_out(story, plan, action, steps, stones)
    if plan.check and plan.check.came_back:
        finish(story, plan)
        proofs.come_back(story, plan)


def put_in_order(story: "Story") -> None:
    for plan in plans.ACTIONS:
        if plan.after:
            with at(story.moment(min(plan.days_ago, 10))):
                story.actions[plan.key].wait_for(story.people[plan.by], story.actions[plan.after])


def first_day(story: "Story", stone: plans.Milestone) -> dt.date:
    return story.day(stone.moved[0][0] if stone.moved else stone.due_days_ago)


def carry_out(story: "Story", plan: plans.Action, action: ActionItem, steps: list, stones: list) -> None:
    responsible = story.people[plan.responsible]
    with at(story.moment(plan.committed_days_ago)):
        action.commit(story.people[plan.by])
        action.start(responsible)
    for step in steps[: plan.steps_done]:
        with at(story.moment(max(plan.committed_days_ago - 6, 1))):
            step.tick(responsible)
    for told, stone in zip(plan.milestones, stones, strict=True):
        for _first, reason in told.moved:
            with at(story.moment(3)):
                stone.move(responsible, story.day(told.due_days_ago), reason, today=story.day(3))
    if plan.blocked_by:
        with at(story.moment(4)):
            action.block(responsible, plan.blocked_by)


def finish(story: "Story", plan: plans.Action) -> None:
    """What was reached besides what the answers say, and what is claimed to be done."""
    action = story.actions[plan.key]
    responsible = story.people.get(plan.responsible)
    for told, stone in zip(plan.milestones, action.milestones.order_by("pk"), strict=True):
        if told.reached_days_ago is not None and not stone.reached_on:
            with at(story.moment(told.reached_days_ago)):
                stone.reach(responsible, today=story.day(told.reached_days_ago), evidence=told.evidence)
        if told.file:
            name, text = told.file
            with at(story.moment(told.reached_days_ago)):
                stone.add_file(responsible, SimpleUploadedFile(name, text.encode()))
    if plan.claimed_days_ago is not None:
        action.refresh_from_db()
        with at(story.moment(plan.claimed_days_ago)):
            action.claim_done(responsible)
    if plan.check:
        proofs.check(story, plan)
