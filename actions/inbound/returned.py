"""Mail of ours that came back, and complaints. Only the headers of our own mail in it are believed."""

from actions.inbound.parser import parser
from actions.inbound.verdict import Case, Verdict
from failforward.inbound.models import State
from failforward.outbox.models import Mail


def bounce(case: Case) -> Verdict:
    found = parser().bounce_of(case.raw)
    mail = ours(found.original_message_id) if found else None
    if mail is None:
        return Verdict(State.IGNORED, "foreign_bounce")
    case.asked, case.person = mail, None
    case.text = " ".join(part for part in (found.status, found.diagnostic) if part)[:500]
    if not found.failed:
        return Verdict(State.NOTE, "delayed")
    mail.bounced(case.text, case.now)
    return Verdict(State.APPLIED, "bounced")


def complaint(case: Case) -> Verdict:
    found = parser().complaint_of(case.raw)
    mail = ours(found.original_message_id) if found else None
    if mail is None:
        return Verdict(State.IGNORED, "foreign_bounce")
    case.asked, case.person = mail, None
    mail.bounced(found.feedback_type, case.now, trouble="complained")
    return Verdict(State.APPLIED, "complaint")


def ours(message_id: str) -> Mail | None:
    if not message_id:
        return None
    return Mail.objects.filter(message_id=message_id).order_by("pk").first()
