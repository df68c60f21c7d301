"""Every part of an action's page that a person can change: who may, what they are asked, which verb it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from actions.forms import actions as asked
from actions.forms import checks as asked_of_checks
from actions.forms import life as asked_of_life
from actions.forms import milestones as asked_of_milestones
from actions.forms.sponsors import AskSponsorForm
from actions.forms.updates import UpdateForm
from actions.forms.verb_form import Nothing, VerbForm
from actions.models import EffectivenessCheck, SponsorRequest, Update
from actions.models.check_evidence import add_note, add_values
from actions.permissions import can_check, can_edit_action, can_extend, can_tick, can_work_on
from failforward.accounts.models import User


@dataclass(frozen=True)
class Part:
    """`verb` gets the thing, the person, today, and what the form holds. `again` opens the same form once more."""

    verb: Callable[..., Any]
    said: str | Promise = ""
    form: type[VerbForm] = Nothing
    allowed: Callable[[User, Any], bool] = can_work_on
    anchor: str = ""
    again: bool = False

    def do(self, thing, by: User, today: date, form: VerbForm) -> bool:
        return form.carries_out(lambda **data: self.verb(thing, by, today, **data))


ACTION = {
    "what": Part(
        lambda one, by, today, **data: one.change(by, **data), _("Saved."), asked.WhatForm, can_edit_action, "what"
    ),
    "criterion": Part(
        lambda one, by, today, **data: one.change(by, **data),
        _("Saved."),
        asked.CriterionForm,
        can_edit_action,
        "criterion",
    ),
    "who": Part(
        lambda one, by, today, **data: one.change(by, **data), _("Saved."), asked.WhoForm, can_edit_action, "who"
    ),
    "finding": Part(
        lambda one, by, today, finding: one.add_finding(by, finding),
        _("The finding has joined."),
        asked.FindingForm,
        can_edit_action,
        "findings",
    ),
    "step": Part(lambda one, by, today, what: one.add_step(by, what), "", asked.StepForm, anchor="steps", again=True),
    "no-steps": Part(
        lambda one, by, today: one.change(by, no_steps_needed=True),
        _("Noted: no interim steps are needed."),
        allowed=can_edit_action,
        anchor="steps",
    ),
    "steps-needed": Part(
        lambda one, by, today: one.change(by, no_steps_needed=False), allowed=can_edit_action, anchor="steps"
    ),
    "milestone": Part(
        lambda one, by, today, what, due_on: one.add_milestone(by, what, due_on, today=today),
        _("The milestone is there."),
        asked_of_milestones.MilestoneForm,
        anchor="milestones",
    ),
    "commit": Part(
        lambda one, by, today: one.commit(by), _("The team has committed to this."), allowed=can_edit_action
    ),
    "update": Part(
        lambda one, by, today, **said: Update.write(by, one, now=timezone.now(), today=today, **said),
        _("Noted."),
        UpdateForm,
        anchor="going",
    ),
    "sponsor": Part(
        lambda one, by, today, **asked: SponsorRequest.ask(by, one, now=timezone.now(), today=today, **asked),
        _("The sponsor is asked by mail."),
        AskSponsorForm,
        anchor="sponsor",
    ),
    "start": Part(lambda one, by, today: one.start(by), _("It is in progress.")),
    "block": Part(
        lambda one, by, today, blocked_by, person, action: one.block(by, blocked_by, person=person, action=action),
        _("It is blocked."),
        asked_of_life.BlockForm,
        anchor="block",
    ),
    "unblock": Part(lambda one, by, today: one.unblock(by), _("It goes on.")),
    "wait": Part(lambda one, by, today, other: one.wait_for(by, other), form=asked_of_life.WaitForm, anchor="after"),
    "wait-no-more": Part(
        lambda one, by, today, other: one.wait_no_more(by, other), form=asked_of_life.WaitNoMoreForm, anchor="after"
    ),
    "drop": Part(
        lambda one, by, today, reason, asked=None: one.ask_to_drop(by, reason, asked), form=asked_of_life.DropForm
    ),
    "keep": Part(lambda one, by, today: one.keep_after_all(by), _("It goes on.")),
    "take-up": Part(lambda one, by, today: one.take_up_again(by), _("It is taken up again."), allowed=can_edit_action),
    "helper": Part(
        lambda one, by, today, person: one.add_helper(by, person),
        _("They are told by mail."),
        asked_of_life.HelperForm,
        can_edit_action,
        "who",
    ),
    "helper-off": Part(
        lambda one, by, today, person: one.remove_helper(by, person),
        form=asked_of_life.NoHelperForm,
        allowed=can_edit_action,
        anchor="who",
    ),
    "effort": Part(
        lambda one, by, today, effort_hours, effort_size, seen: one.size_up(by, effort_hours, effort_size, seen),
        _("Saved."),
        asked_of_life.EffortForm,
        anchor="who",
    ),
    "done": Part(lambda one, by, today: one.claim_done(by), _("It is said to be done.")),
    "take-back": Part(lambda one, by, today: one.take_back(by), _("Taken back: it is in progress.")),
    "check": Part(
        lambda one, by, today, **data: one.plan_check(by, today=today, **data),
        _("The check is planned."),
        asked_of_checks.PlanCheckForm,
        can_edit_action,
        "check",
    ),
}


def leads(user: User, check: EffectivenessCheck) -> bool:
    return can_edit_action(user, check.action)


# Of these `allowed` is asked about the check.
CHECK = {
    "change": Part(
        lambda one, by, today, **data: one.change(by, **data),
        _("Saved."),
        asked_of_checks.ChangeCheckForm,
        leads,
    ),
    "begin": Part(lambda one, by, today: one.begin(by, today=today), _("The check has begun."), allowed=can_check),
    "decide": Part(
        lambda one, by, today, **data: one.decide(by, today=today, now=timezone.now(), **data),
        _("Decided."),
        asked_of_checks.DecideForm,
        can_check,
    ),
    "extend": Part(
        lambda one, by, today, until, reason: one.extend(by, until, reason, today=today),
        _("It goes on."),
        asked_of_checks.ExtendForm,
        can_extend,
    ),
    "repeat": Part(
        lambda one, by, today, **data: one.action.plan_check(by, today=today, **data),
        _("It is checked once more."),
        asked_of_checks.PlanCheckForm,
        leads,
    ),
    "retire": Part(
        lambda one, by, today, reason: one.retire(by, reason),
        _("It is not checked any more."),
        asked_of_checks.RetireForm,
        leads,
    ),
    "value": Part(
        lambda one, by, today, on, value: add_values(one, by, [(on, value)], today=today),
        _("The number is kept."),
        asked_of_checks.ValueForm,
        can_check,
    ),
    "series": Part(
        lambda one, by, today, values: add_values(one, by, values, today=today),
        _("The numbers are kept."),
        asked_of_checks.SeriesForm,
        can_check,
    ),
    "note": Part(
        lambda one, by, today, **data: add_note(one, by, today=today, **data),
        _("Noted."),
        asked_of_checks.NoteForm,
        can_check,
    ),
}

STEP = {
    "edit": Part(lambda one, by, today, **data: one.edit(by, **data), form=asked.StepEditForm),
    "tick": Part(lambda one, by, today: one.tick(by), allowed=can_tick),
    "untick": Part(lambda one, by, today: one.untick(by), allowed=can_tick),
    "up": Part(lambda one, by, today: one.move_up(by), again=True),
    "down": Part(lambda one, by, today: one.move_down(by), again=True),
    "leave-out": Part(lambda one, by, today: one.leave_out(by), _("Left out. It can be taken in again.")),
    "take-in": Part(lambda one, by, today: one.take_in(by)),
}

MILESTONE = {
    "edit": Part(
        lambda one, by, today, **data: one.edit(by, today=today, **data), form=asked_of_milestones.MilestoneEditForm
    ),
    "reach": Part(
        lambda one, by, today, **data: one.reach(by, today=today, **data),
        _("The milestone is reached."),
        asked_of_milestones.ReachForm,
    ),
    "file": Part(
        lambda one, by, today, file: one.add_file(by, file), _("The file is there."), asked_of_milestones.FileForm
    ),
    "take-back": Part(lambda one, by, today: one.take_back(by), _("Taken back.")),
    "move": Part(
        lambda one, by, today, due_on, reason: one.move(by, due_on, reason, today=today),
        form=asked_of_milestones.MoveForm,
    ),
    "call-off": Part(
        lambda one, by, today, reason: one.call_off(by, reason),
        _("Called off."),
        asked_of_milestones.CallOffForm,
        can_edit_action,
    ),
    "give": Part(
        lambda one, by, today, person: one.give_to(by, person),
        _("They are asked by mail."),
        asked_of_milestones.GiveForm,
    ),
}
