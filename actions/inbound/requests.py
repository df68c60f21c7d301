"""Replies to what was asked of somebody: yes, no, or yes by another day."""

from datetime import date, datetime

from actions.inbound import away
from actions.inbound.parser import parser
from actions.inbound.verdict import Case, Verdict
from actions.models import Commitment
from actions.models.promise import State as Promise
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.inbound.models import State

LONGEST_REASON = 300


def answer_to_request(case: Case) -> Verdict:
    commitment = Commitment.objects.for_detail().get(pk=case.asked.subject_id)
    if commitment.state != Promise.REQUESTED or commitment.person_id != case.person.pk:
        return Verdict(State.NOTE, "late", ("person",))
    if not case.text:
        return Verdict(State.HELD, "empty", ("person",))
    said = parser().choice_of(case.text, case.today)
    if said.ambiguous:
        if parser().absence_in(case.text, case.today) is not None:
            away.offer(case)
            return Verdict(State.NOTE, "away")
        return Verdict(State.HELD, "unclear_yes", ("person",))
    try:
        carry_out(commitment, case.person, said.answer, said.on, reason_in(case.text), case.now)
    except Refused:
        return Verdict(State.HELD, "refused", ("person",))
    return Verdict(State.APPLIED, "", ("person",))


def carry_out(commitment: Commitment, by: User, answer: str, on: date | None, reason: str, now: datetime) -> None:
    if answer == "accept":
        commitment.accept(by, now=now)
    elif answer == "redate":
        commitment.redate(by, on, now=now)
    else:
        commitment.decline(by, reason, now=now)


def reason_in(text: str) -> str:
    """A first line that is only the word is no reason."""
    first, _newline, rest = text.strip().partition("\n")
    return " ".join((rest if len(first.split()) == 1 else text).split())[:LONGEST_REASON]
