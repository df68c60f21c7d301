"""The days away that a note names are asked back. They hold nothing before the person says yes, and a robot is told
nothing."""

from django.conf import settings

from actions.inbound import whose
from actions.inbound.parser import parser
from actions.inbound.verdict import Case
from failforward.accounts.models import Absence


def offer(case: Case) -> None:
    """From a robot that answers for the person, or their own words; never from an address not theirs, or forged."""
    person = case.person
    if person is None or person.outside or not whose.is_theirs(person, case.letter.sender):
        return
    if case.letter.is_disowned(settings.AUTHSERV_ID):
        return
    found = parser().absence_of(case.raw, case.today) or parser().absence_in(case.text, case.today)
    if found is not None and found.until is not None:
        Absence.offer(person, found.until, today=case.today)
