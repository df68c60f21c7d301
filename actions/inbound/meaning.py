"""What a reply means for what it answers, and carrying it out. Only what leaves no doubt is applied."""

import re
from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from actions import answers
from actions.inbound import away, sponsors
from actions.inbound.numbered import tokens_in
from actions.inbound.parser import parser
from actions.inbound.partners import answer_to_partner_request, notes_of_partner
from actions.inbound.requests import answer_to_request
from actions.inbound.verdict import Case, Verdict
from actions.models import Answer, AnswerToken, FollowUp
from actions.models.answer import AskerReply, Status
from actions.models.follow_up import State as FollowUpState
from failforward import working_days
from failforward.accounts import times
from failforward.guards import Refused
from failforward.inbound.models import State
from failforward.outbox.models import Mail

STAYS_OPEN_FOR = 5  # working days, when "partly" comes without a date
# "moved to Friday 4.12." is a status and nothing else; of the other words only one alone is.
WORDS_OF_A_DATE = 4
LINK = re.compile(r"/f/([a-z2-7]{26})/")
THANKS = {"thanks", "thank", "thx", "danke", "merci", "gracias", "👍"}


def of(case: Case) -> Verdict:
    meant = MEANINGS.get(case.asked.kind)
    return meant(case) if meant else Verdict(State.HELD, "no_question", ("person",))


def answer_to_question(case: Case) -> Verdict:
    return answered(case, case.asked.subject_id, case.text)


def answered(case: Case, pk: int, text: str) -> Verdict:
    question = FollowUp.objects.for_page().get(pk=pk)
    if question.state != FollowUpState.PLANNED or not question.commitment.is_open:
        return Verdict(State.NOTE, "late", ("person",))
    if not text:
        return Verdict(State.HELD, "empty", ("person",))
    said = parser().status_of(text, case.today)
    if said.ambiguous or not said.status:
        # An absence that no header marks is a robot's all the same, and a robot is told nothing.
        if parser().absence_in(text, case.today) is not None:
            away.offer(case)
            return Verdict(State.NOTE, "away")
        return Verdict(State.HELD, "unclear", ("person",))
    words = words_for(said.status, said.on, text, case)
    try:
        answers.give(question, case.person, said.status, via=Answer.Via.MAIL, now=case.now, **words)
    except Refused:
        return Verdict(State.HELD, "refused", ("person",))
    return Verdict(State.APPLIED, "", ("person",))


def answers_to_several(case: Case) -> Verdict:
    """Each item of a mail about several is answered under its number. What stands under none, or leaves a doubt, waits
    for the person; the rest counts."""
    items = questions_in(case.asked)
    if len(items) == 1:
        return answered(case, next(iter(items.values())), case.text)
    given = parser().digest_answers(case.raw, case.sent, list(items))
    found = {number: answered(case, items[number], text) for number, text in given.by_item.items()}
    left = [given.unmarked] if given.unmarked.strip() else []
    left += [f"[{number}] {given.by_item[number]}" for number, one in found.items() if one.state == State.HELD]
    if left or not found:
        case.text = "\n\n".join(left).replace("\x00", "")
        return Verdict(State.HELD, "several" if left else "empty", ("person",))
    applied = any(one.state == State.APPLIED for one in found.values())
    return Verdict(State.APPLIED, "", ("person",)) if applied else next(iter(found.values()))


def questions_in(mail: Mail) -> dict[int, int]:
    """The question behind each number of a mail of ours."""
    if mail.kind == "follow_up":
        return {1: mail.subject_id}
    return {number: token.follow_up_id for number, token in tokens_in(mail, AnswerToken, LINK).items()}


def words_for(status: str, on: date | None, text: str, case: Case) -> dict:
    outcome = without_status_line(text, WORDS_OF_A_DATE if on else 1)
    if status == Status.MOVED:
        return {"new_on": on, "outcome": outcome, "reason": first_line(outcome) or _("Said by mail, without a reason.")}
    if status == Status.STUCK:
        return {"new_on": on, "outcome": outcome}
    if status == Status.PARTLY:
        until = on or working_days.later(case.today, STAYS_OPEN_FOR, times.calendar_of(case.person))
        return {"new_on": until, "outcome": outcome}
    return {"outcome": outcome, "reason": first_line(outcome)}


def without_status_line(text: str, words: int) -> str:
    """A first line that is only the word is no outcome; one that says more is."""
    first, _newline, rest = text.strip().partition("\n")
    return rest.strip() if len(first.split()) <= words else text.strip()


def first_line(text: str) -> str:
    return next((line.strip()[:300] for line in text.splitlines() if line.strip()), "")


def words_to_answerer(case: Case) -> Verdict:
    """What the asker writes back reaches whoever answered, in the asker's own words."""
    given = answer_in(case.asked)
    if given is None:
        return Verdict(State.HELD, "no_question", ("person",))
    if not case.text:
        return Verdict(State.HELD, "empty", ("person",))
    words = case.text.casefold().strip(" .!").split()
    thanks = len(words) <= 2 and words[0].strip(",.!") in THANKS
    kind = AskerReply.Kind.THANKS if thanks else AskerReply.Kind.WROTE
    try:
        given.reply(case.person, kind, text="" if thanks else case.text, now=case.now)
    except Refused:
        return Verdict(State.HELD, "refused", ("person",))
    return Verdict(State.APPLIED)


def answer_in(mail: Mail) -> Answer | None:
    """The one answer that this mail told of; of a mail about several nobody knows which is meant."""
    about = {"pk": mail.subject_id} if mail.kind == "answer" else {"told_in": mail.pk}
    found = list(Answer.objects.filter(**about).select_related("by", "follow_up__commitment")[:2])
    return found[0] if len(found) == 1 else None


MEANINGS: dict[str, Callable[[Case], Verdict]] = {
    "follow_up": answer_to_question,
    "digest": answers_to_several,
    "nudge": answers_to_several,
    "answer": words_to_answerer,
    "answers": words_to_answerer,
    "request": answer_to_request,
    "partner_request": answer_to_partner_request,
    "partner_help": notes_of_partner,
    **dict.fromkeys(sponsors.KINDS, sponsors.answer_of_sponsor),
}
