"""One word, one icon and one tone for every code of the product: what `{% status %}` shows."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(NamedTuple):
    label: str | Promise
    icon: str
    tone: str = ""  # ok, wait, stuck, go, ink; empty is quiet


# A code that means two things has its kind before it: `finding.accepted`.
STATES = {
    # Reviews
    "pending": State(_("To choose"), "clock", "wait"),
    "gathering": State(_("Gathering"), "pencil", "wait"),
    "causality": State(_("Causality"), "contributed", "go"),
    "coding": State(_("Coding"), "book", "go"),
    "acting": State(_("Acting"), "check", "go"),
    "closed": State(_("Closed"), "done", "ok"),
    "waived": State(_("Waived"), "dropped"),
    "reopened": State(_("Reopened"), "recur", "wait"),
    # What an event did, and whether it could happen again
    "caused": State(_("Caused"), "caused", "ink"),
    "contributed": State(_("Contributed"), "contributed", "ink"),
    "unrelated": State(_("Unrelated"), "unrelated", "ink"),
    "unknown": State(_("We don’t know"), "unknown", "ink"),
    # The same in a deal that was won
    "win.caused": State(_("Nearly cost the win"), "caused", "ink"),
    "win.contributed": State(_("Put the win at risk"), "contributed", "ink"),
    "win.unrelated": State(_("Did no harm"), "unrelated", "ink"),
    "systemic": State(_("Systemic"), "systemic"),
    "one_off": State(_("One-off"), "one_off"),
    "unsure": State(_("Unsure"), "unsure"),
    # How alike a definition is read
    "definition.clear": State(_("Read alike"), "check", "ok"),
    "definition.fair": State(_("Use with care"), "partly", "wait"),
    "definition.unclear": State(_("Definition unclear"), "unsure", "wait"),
    # Findings
    "open": State(_("Open"), "open", "wait"),
    "being_fixed": State(_("Being fixed"), "partly", "go"),
    "fixed": State(_("Fixed"), "done", "ok"),
    "finding.accepted": State(_("Accepted as it is"), "dropped"),
    # Actions
    "proposed": State(_("Proposed"), "unknown"),
    "committed": State(_("Committed"), "open", "go"),
    "in_progress": State(_("In progress"), "partly", "go"),
    "blocked": State(_("Blocked"), "stuck", "stuck"),
    "claimed_done": State(_("Said to be done"), "check", "wait"),
    "under_check": State(_("Being checked"), "eye", "wait"),
    "effective": State(_("Proved effective"), "done", "ok"),
    "ineffective": State(_("Did not help"), "dropped", "stuck"),
    "inconclusive": State(_("Too early to tell"), "clock", "wait"),
    "recurred": State(_("Came back"), "recur", "stuck"),
    "check.planned": State(_("Planned"), "calendar"),
    "check.under_way": State(_("Being checked"), "eye", "wait"),
    "check.decided": State(_("Decided"), "check", "ok"),
    "check.retired": State(_("Not checked any more"), "dropped"),
    "sponsor.asked": State(_("No answer yet"), "clock", "wait"),
    "sponsor.agreed": State(_("Yes"), "done", "ok"),
    "sponsor.declined": State(_("No"), "dropped"),
    "sponsor.words": State(_("Answered"), "talk", "go"),
    "sponsor.withdrawn": State(_("Taken back"), "dropped"),
    "recurrence.proposed": State(_("Came back?"), "recur", "wait"),
    "recurrence.accepted": State(_("Came back"), "recur", "stuck"),
    "recurrence.rejected": State(_("Something else"), "dropped"),
    "action.dropped": State(_("Dropped"), "dropped"),
    # Commitments and the five answers
    "requested": State(_("Asked for"), "unsure", "wait"),
    "accepted": State(_("Agreed"), "open", "go"),
    "kept": State(_("Kept"), "done", "ok"),
    "kept_late": State(_("Kept late"), "done", "ok"),
    "done": State(_("Done"), "done", "ok"),
    "partly": State(_("Partly"), "partly", "wait"),
    "moved": State(_("Moved"), "moved", "wait"),
    "stuck": State(_("Stuck"), "stuck", "stuck"),
    "dropped": State(_("Not doing it"), "dropped"),
    "declined": State(_("Declined"), "close"),
    "due": State(_("Due"), "clock", "wait"),
    # What is sent back to an answer
    "thanks": State(_("Thanks"), "thanks", "ok"),
    "help": State(_("I’ll help"), "help", "go"),
    "talk": State(_("Let’s talk"), "talk", "go"),
    "new_date": State(_("New date"), "calendar", "wait"),
    "wrote": State(_("Wrote back"), "mail", "go"),
    "read": State(_("Read"), "eye"),
    # Milestones, steps, dates
    "reached": State(_("Reached"), "done", "ok"),
    "todo": State(_("To do"), "open"),
    "asked_for": State(_("Asked for"), "unsure", "wait"),
    "agreed": State(_("Agreed"), "check", "ok"),
    "refused": State(_("Not agreed"), "close"),
    # Meetings, and how an item of one is left
    "meeting.planned": State(_("Ahead"), "calendar"),
    "meeting.running": State(_("Under way"), "talk", "go"),
    "meeting.closed": State(_("Held"), "done", "ok"),
    "meeting.off": State(_("Not held"), "dropped"),
    "skipped": State(_("Skipped"), "dropped"),
    "left.done": State(_("Done"), "done", "ok"),
    "left.moved": State(_("Moved"), "moved", "wait"),
    "left.blocked": State(_("Blocked"), "stuck", "stuck"),
    "left.next": State(_("Next commitment"), "plus", "go"),
    "left.parked": State(_("Parked"), "parked"),
    "left.dropped": State(_("Dropped"), "dropped"),
    # Deals
    "won": State(_("Won"), "done"),
    "lost": State(_("Lost"), "dropped"),
    "lost_to_competitor": State(_("Lost to a competitor"), "dropped"),
    "lost_to_no_decision": State(_("No decision"), "parked"),
    "withdrawn": State(_("Withdrawn"), "left"),
    "deal.open": State(_("Open"), "open"),
    # A finding that is told as another
    "merged": State(_("Merged into another"), "link"),
    # A promise to a customer
    "promise.open": State(_("Not known yet"), "open", "wait"),
    "promise.kept": State(_("As promised"), "done", "ok"),
    "promise.partly": State(_("In part"), "partly", "wait"),
    "promise.not": State(_("Not as promised"), "dropped", "stuck"),
    # Who reads it
    "standard": State(_("Team"), "eye"),
    "named": State(_("Named people"), "people"),
    "sealed": State(_("Sealed"), "lock"),
    "private": State(_("Private"), "lock"),
    # An accountability partner
    "partner.asked": State(_("Asked, no answer yet"), "clock", "wait"),
    "partner.ended": State(_("Ended"), "close"),
    # Days away
    "absence.offered": State(_("Offered"), "unsure", "wait"),
    "absence.standing": State(_("Away"), "leave"),
    "absence.called_off": State(_("Called off"), "dropped"),
    # Mail that came in
    "inbound.stored": State(_("Not read yet"), "clock"),
    "inbound.applied": State(_("Became the answer"), "done", "ok"),
    "inbound.held": State(_("Waits for a person"), "unsure", "wait"),
    "inbound.note": State(_("Kept as a note"), "pencil"),
    "inbound.ignored": State(_("No answer"), "parked"),
    "inbound.quarantined": State(_("Cannot be read"), "lock", "stuck"),
    # Mail
    "planned": State(_("Planned"), "clock"),
    "ready": State(_("Ready"), "clock"),
    "claimed": State(_("Being sent"), "send", "go"),
    "sending": State(_("Being sent"), "send", "go"),
    "sent": State(_("Sent"), "mail", "ok"),
    "retry": State(_("Will be tried again"), "recur", "wait"),
    "failed": State(_("Did not work"), "error", "stuck"),
    "mail.expired": State(_("Too old to send"), "error", "stuck"),
    "mail.bounced": State(_("Came back"), "recur", "stuck"),
    "mail.failed": State(_("Not delivered"), "error", "stuck"),
    "withheld": State(_("Held back"), "parked", "wait"),
    "bounced": State(_("Came back"), "left", "stuck"),
    "expired": State(_("Too old to send"), "clock"),
    "snoozed": State(_("Put off"), "clock"),
    "answered": State(_("Answered"), "talk", "ok"),
    "import.looking": State(_("Being looked at"), "eye", "go"),
    "import.checked": State(_("Not begun yet"), "clock", "wait"),
    "import.done": State(_("Came in"), "done", "ok"),
    "import.failed": State(_("Stopped"), "error", "stuck"),
    "cancelled": State(_("Cancelled"), "close"),
    # Imports
    "checked": State(_("Looked at"), "eye"),
    "running": State(_("Running"), "systemic", "go"),
    "created": State(_("New"), "plus", "ok"),
    "updated": State(_("Changed"), "pencil"),
    "rejected": State(_("Left out"), "error", "wait"),
}


def state(code: str, kind: str = "") -> State:
    """The words for a code; one that nobody described is shown as it is, so that nothing disappears."""
    return STATES.get(f"{kind}.{code}") or STATES.get(code) or State(str(code).replace("_", " ").capitalize(), "open")
