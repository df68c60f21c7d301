"""Replies of a sponsor to what they were asked: yes, no, or words of theirs. Only what leaves no doubt is applied."""

from actions.inbound import away
from actions.inbound.own_note import AWAY
from actions.inbound.parser import parser
from actions.inbound.verdict import Case, Verdict
from actions.models import SponsorRequest
from actions.models.sponsor_request import ASKED, REMINDED
from actions.models.sponsor_request import State as Said
from failforward.guards import Refused
from failforward.inbound.models import InboundMail, State

KINDS = (ASKED, REMINDED)
READ = 1_500
BARE = 4  # words
MEANT = {"accept": Said.AGREED, "decline": Said.DECLINED}
# "Yes, by Friday".
BY_A_DAY = "redate"


def answer_of_sponsor(case: Case) -> Verdict:
    asked = SponsorRequest.objects.for_page().get(pk=case.asked.subject_id)
    if not asked.is_open or asked.sponsor_id != case.person.pk:
        return Verdict(State.NOTE, "late", ("person",))
    if not case.text:
        return Verdict(State.HELD, "empty", ("person",))
    said = parser().choice_of(case.text, case.today)
    if said.ambiguous and parser().absence_in(case.text, case.today) is not None:
        away.offer(case)
        return Verdict(State.NOTE, "away")
    # A question back is no answer, half a yes is a person's to judge, and who is away may be a robot. Words that begin
    # with neither yes nor no are an answer.
    if said.ambiguous and (said.answer in MEANT or "?" in case.text or AWAY.search(case.text[:READ].casefold())):
        return Verdict(State.HELD, "unclear_yes", ("person",))
    if said.answer not in MEANT and is_bare_status(case):
        return Verdict(State.HELD, "unclear_yes", ("person",))
    by_a_day = said.on if said.answer == BY_A_DAY and not said.ambiguous else None
    if by_a_day and not parser().says_yes_to_a_day(case.text, case.today):
        return Verdict(State.HELD, "unclear_yes", ("person",))
    meant = Said.WORDS if said.ambiguous else Said.AGREED if by_a_day else MEANT.get(said.answer, Said.WORDS)
    words = said_in(case.text, meant)
    try:
        asked.give(case.person, meant, words, by_a_day, now=case.now, today=case.today)
    except Refused:
        return Verdict(State.HELD, "refused", ("person",))
    return Verdict(State.APPLIED, "", ("person",))


def is_bare_status(case: Case) -> bool:
    """ "Done", "moved to Friday": the answer to another question, neither a yes or a no nor words about this one."""
    return len(case.text.split()) <= BARE and bool(parser().status_of(case.text, case.today).status)


def said_in(text: str, meant: str) -> str:
    """A first line that is only the yes or the no is said by the answer itself."""
    first, _newline, rest = text.strip().partition("\n")
    return rest.strip() if meant != Said.WORDS and len(first.split()) == 1 else text.strip()


def asked_in(reply: InboundMail) -> SponsorRequest | None:
    """What the sponsor was asked, while it is open."""
    if reply.answers is None or reply.answers.kind not in KINDS:
        return None
    found = SponsorRequest.objects.unanswered().filter(pk=reply.answers.subject_id, sponsor=reply.person_id)
    return found.for_page().first()
