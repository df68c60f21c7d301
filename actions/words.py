"""What the history says of lists, actions and coaching talks, after the name of who did it."""

from collections.abc import Callable

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from failforward.history import words


def changed(details: dict) -> str:
    """`{field: [before, after]}`: short values are shown, long ones only named."""
    parts = []
    for name, value in details.items():
        before, after = value if isinstance(value, list) and len(value) == 2 else ("", value)
        label = str(LABELS.get(name, name.replace("_", " ")))
        if len(str(before)) + len(str(after)) > 90 or isinstance(before, bool):
            parts.append(label)
        else:
            parts.append(
                say("%(what)s from “%(before)s” to “%(after)s”")
                % {"what": label, "before": before or "–", "after": after or "–"}
            )
    return say("changed %(what)s") % {"what": ", ".join(parts)}


def decided(found: str) -> Callable[[dict], str]:
    """What was found, and what shows it."""

    def in_words(details: dict) -> str:
        shown = " ".join(filter(None, (details.get("evidence"), details.get("evidence_url"))))
        return say("%(found)s. What shows it: %(shown)s") % {"found": found, "shown": shown} if shown else str(found)

    return in_words


LABELS = {
    "what": _("what is to be done"),
    "type": _("the kind"),
    "done_criterion": _("how we will know"),
    "responsible": _("who is responsible"),
    "no_steps_needed": _("whether steps are needed"),
    "effort_hours": _("the hours of work"),
    "effort_size": _("its size"),
    "checker": _("who checks it"),
    "method": _("how it is checked"),
    "after_days": _("the days after it is done"),
    "after_losses": _("the losses to wait for"),
    "looks_at": _("what is looked at"),
    "unit": _("the unit"),
    "baseline": _("the number before the fix"),
    "target": _("the number to reach"),
    "name": _("the name"),
    "owner": _("the owner"),
    "sponsor": _("the sponsor"),
    "meeting_weekday": _("the meeting day"),
    "meeting_time": _("the time"),
    "minutes": _("the minutes"),
    "starts_on": _("the first day"),
    "ends_on": _("the last day"),
    "buy_in": _("what the sponsor agreed to"),
    "buy_in_on": _("the day of it"),
    "buy_in_how": _("how they said it"),
}


WORDS: dict[str, dict[str, words.Phrase]] = {
    "actions.coachingtalk": {"written_down": _("wrote it down"), "changed": _("changed what it says")},
    "actions.actionlist": {
        "opened": _("opened the list"),
        "changed": changed,
        "person_added": _("added %(person)s"),
        "person_removed": _("took %(person)s off the list"),
        "buy_in_recorded": _("wrote down what the sponsor agreed to"),
        "sponsor_asked": _("asked the sponsor, needed by %(needed_by)s: %(what)s"),
        "sponsor_answered": _("answered “%(what)s”: %(said)s"),
        "sponsor_request_withdrawn": _("took back what the sponsor was asked: %(what)s"),
    },
    "actions.meetingseries": {"planned": _("planned weekly meetings from %(starts_on)s"), "changed": changed},
    "actions.meeting": {
        "called": _("called the meeting"),
        "begun": _("began the meeting"),
        "beginning_taken_back": _("took back that the meeting had begun"),
        "resumed": _("took the meeting up again"),
        "skipped": _("skipped the meeting: %(reason)s"),
        "moved": _("moved the meeting to %(on)s, %(time)s: %(reason)s"),
        "held_elsewhere": _("changed where the meeting is: %(reason)s"),
        "handed_over": _("gave the chair to %(person)s"),
        "note_keeper_named": _("let %(person)s keep the notes"),
        "came": _("wrote down that %(person)s comes"),
        "does_not_come": _("wrote down that %(person)s does not come"),
        "parked": _("kept for later: %(what)s"),
        "settled": _("settled what was kept for later: %(what)s"),
        "item_left": _("left “%(item)s”: %(how)s"),
        "item_taken_up": _("took “%(item)s” up again"),
        "closed": _("closed the meeting"),
    },
    "actions.actionitem": {
        "proposed": _("proposed it"),
        "progress_told": _("told of progress: %(text)s"),
        "activity_told": _("told what was done: %(text)s"),
        "sponsor_asked": _("asked the sponsor, needed by %(needed_by)s: %(what)s"),
        "sponsor_answered": _("answered “%(what)s”: %(said)s"),
        "sponsor_request_withdrawn": _("took back what the sponsor was asked: %(what)s"),
        "changed": changed,
        "finding_added": _("let it answer “%(finding)s” too"),
        "finding_moved": _("let it answer “%(finding)s” instead of “%(before)s”"),
        "committed": _("committed to it with the team"),
        "started": _("started"),
        "blocked": _("said that it waits: %(blocked_by)s"),
        "unblocked": _("said that it can go on"),
        "waits_for": _("said that it comes after %(action)s"),
        "waits_no_more": _("said that it does not wait for %(action)s any more"),
        "waited_for_done": _("finished %(action)s, which this waited for"),
        "waited_for_dropped": _("dropped %(action)s, which this waited for"),
        "drop_asked_for": _("wants to drop it, and asked %(asked)s to agree: %(reason)s"),
        "drop_agreed": _("agreed to drop it, and so it is dropped"),
        "drop_refused": _("did not agree to drop it"),
        "drop_withdrawn": _("took back that it should be dropped"),
        "drop_overtaken": _("went on with it: nobody needs to agree any more that it is dropped"),
        "dropped": _("dropped it, and %(approver)s agreed: %(reason)s"),
        "dropped_alone": _("dropped it; nobody else was there to agree: %(reason)s"),
        "taken_up_again": _("took it up again"),
        "helper_added": _("asked %(person)s to help with it"),
        "helper_removed": _("said that %(person)s does not help with it any more"),
        "claimed_done": _("said that it is done"),
        "taken_back": _("took back that it is done"),
        "check_planned": _("planned a check by %(checker)s: %(method)s"),
        "check_changed": changed,
        "check_begun": _("began to check whether it helped"),
        "check_effective": decided(_("found the criterion met: it helped")),
        "check_ineffective": decided(_("found the criterion not met: it did not help")),
        "check_inconclusive": decided(_("could not tell yet whether it helped")),
        "check_extended": _("extended the check to %(until)s: %(reason)s"),
        "check_ended": _("ended the check"),
        "check_retired": _("said that it is not checked any more: %(reason)s"),
        "values_kept": _("kept numbers for the check: %(new)s new, %(changed)s changed"),
        "check_noted": _("looked at %(looked_at)s: %(what)s"),
        "recurred": _("said that “%(finding)s” came back"),
        "step_added": _("added the step “%(step)s”"),
        "step_changed": _("reworded the step “%(before)s”: “%(step)s”"),
        "step_done": _("ticked “%(step)s”"),
        "step_not_done": _("unticked “%(step)s”"),
        "step_left_out": _("left out the step “%(step)s”"),
        "step_taken_in": _("took the step “%(step)s” in again"),
        "steps_reordered": _("moved the step “%(step)s”"),
        "milestone_added": _("added the milestone “%(milestone)s”, by %(due_on)s"),
        "milestone_changed": _("changed the milestone “%(milestone)s”"),
        "milestone_reached": _("reached “%(milestone)s”: %(shown)s"),
        "evidence_added": _("added “%(file)s” to “%(milestone)s”"),
        "evidence_taken_out": _("took “%(file)s” out of “%(milestone)s”"),
        "milestone_taken_back": _("took back that “%(milestone)s” is reached"),
        "milestone_moved": _("moved “%(milestone)s” from %(from_on)s to %(to_on)s: %(reason)s"),
        "milestone_called_off": _("called off “%(milestone)s”: %(reason)s"),
        "date_asked_for": _("asked for %(to_on)s instead of %(from_on)s for “%(milestone)s”: %(reason)s"),
        "date_agreed": _("agreed to %(to_on)s for “%(milestone)s”"),
        "date_refused": _("kept %(from_on)s for “%(milestone)s”"),
    },
}


def register() -> None:
    for subject, phrases in WORDS.items():
        words.register(subject, phrases)
