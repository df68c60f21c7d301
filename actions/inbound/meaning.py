"""What a reply means for what it answers, and carrying it out. Only what leaves no doubt is applied."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from actions import answers
from actions.inbound import parse
from actions.inbound.verdict import Case, Verdict
from actions.models import Answer, FollowUp
from actions.models.answer import AskerReply, Status
from actions.models.follow_up import State as FollowUpState
from failforward import working_days
from failforward.accounts import times
from failforward.guards import Refused
from failforward.inbound.models import State
from failforward.outbox.models import Mail

STAYS_OPEN_FOR = 5  # working days, when "partly" comes without a date
WORDS_OF_A_STATUS = 4
THANKS = {"thanks", "thank", "thx", "danke", "merci", "gracias", "👍"}


def of(case: Case) -> Verdict:
    meant = MEANINGS.get(case.asked.kind)
    return meant(case) if meant else Verdict(State.HELD, "no_question", ("person",))


def answer_to_question(case: Case) -> Verdict:
    question = FollowUp.objects.for_page().get(pk=case.asked.subject_id)
    if question.state != FollowUpState.PLANNED or not question.commitment.is_open:
        return Verdict(State.NOTE, "late", ("person",))
    if not case.text:
        return Verdict(State.HELD, "empty", ("person",))
    said = parse.status_of(case.text, case.today)
    if said.ambiguous or not said.status:
        # An absence that no header marks is a robot's all the same, and a robot is told nothing.
        if parse.absence_in(case.text, case.today) is not None:
            return Verdict(State.NOTE, "away")
        return Verdict(State.HELD, "unclear", ("person",))
    try:
        answers.give(
            question,
            case.person,
            said.status,
            via=Answer.Via.MAIL,
            now=case.now,
            **words_for(said.status, said.on, case),
        )
    except Refused:
        return Verdict(State.HELD, "refused", ("person",))
    return Verdict(State.APPLIED, "", ("person",))


def words_for(status: str, on, case: Case) -> dict:
    outcome = without_status_line(case.text)
    if status == Status.MOVED:
        return {"new_on": on, "outcome": outcome, "reason": first_line(outcome) or _("Said by mail, without a reason.")}
    if status == Status.STUCK:
        return {"new_on": on, "outcome": outcome}
    if status == Status.PARTLY:
        until = on or working_days.later(case.today, STAYS_OPEN_FOR, times.calendar_of(case.person))
        return {"new_on": until, "outcome": outcome}
    return {"outcome": outcome, "reason": first_line(outcome)}


def without_status_line(text: str) -> str:
    """A first line that is only the word is no outcome; one that says more is."""
    first, _newline, rest = text.strip().partition("\n")
    return rest.strip() if len(first.split()) <= WORDS_OF_A_STATUS else text.strip()


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
    "answer": words_to_answerer,
    "answers": words_to_answerer,
}
