"""Replies that wait for a person to say what they meant, and what that person says."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from actions import answers
from actions.inbound import meaning, requests, sponsors
from actions.inbound.parser import parser
from actions.inbound.partners import partners_in
from actions.inbound.why import words_of
from actions.models import Answer, AskerReply, Commitment, FollowUp, Partner, SilenceStep, SponsorRequest
from actions.models.follow_up import State as FollowUpState
from actions.models.promise import State as Promise
from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.guards import Refused
from failforward.history import record
from failforward.inbound.models import InboundMail, InboundQuerySet, State

ASKING = ("follow_up", "nudge", "digest")


def waiting_for(user: User) -> InboundQuerySet:
    """The newest first. A question that was answered by other means waits no longer."""
    own = InboundMail.objects.held().filter(person=user.pk)
    settled = own.filter(answers__kind__in=ASKING).exclude(asking(FollowUp.objects.waiting()))
    asked = Commitment.objects.filter(person=user.pk, state=Promise.REQUESTED).values("pk")
    replied = own.filter(answers__kind="request").exclude(answers__subject_id__in=asked)
    open_ones = SponsorRequest.objects.waiting_for(user).order_by().values("pk")
    helped = own.filter(answers__kind__in=sponsors.KINDS).exclude(answers__subject_id__in=open_ones)
    over = [settled, replied, helped]
    for rows in over:
        own = own.exclude(pk__in=rows.values("pk"))
    return own.for_list().order_by("-pk")


def notes_on(commitment: Commitment, user: User) -> list[InboundMail]:
    """Replies that changed nothing: those that came late, for whoever reads the commitment; what was passed on, for
    both its sides; what only its person can judge (an absence, a reply that waits for their word, one to a mail about
    several things) for them alone."""
    questions = commitment.follow_ups.order_by()
    late = Q(state=State.NOTE, why__in=["late", "copy"])
    shown = asking_alone(questions) & late
    if user.pk in (commitment.asked_by_id, commitment.person_id, owner_of(commitment)):
        shown |= asking_alone(questions) & Q(state=State.NOTE, why="passed_on")
    if user.pk == commitment.person_id:
        shown |= asking(questions) & (late | Q(state=State.NOTE, why="away") | Q(state=State.HELD, person=user.pk))
    found = list(InboundMail.objects.filter(shown).for_list().order_by("pk"))
    for note in found:
        note.reason = words_of(note.why)
    return found


def owner_of(commitment: Commitment) -> int | None:
    return commitment.action_list.owner_id if commitment.action_list else None


def asking(questions: QuerySet[FollowUp]) -> Q:
    """Replies to a mail that asked one of these, alone or among others."""
    asked = questions.filter(mail__isnull=False).values("mail")
    again = SilenceStep.objects.filter(follow_up__in=questions.values("pk"), mail__isnull=False).values("mail")
    return (
        asking_alone(questions)
        | Q(answers__kind="digest", answers__in=asked)
        | Q(answers__kind="nudge", answers__in=again)
    )


def asking_alone(questions: QuerySet[FollowUp]) -> Q:
    return Q(answers__kind="follow_up", answers__subject_id__in=questions.values("pk"))


def unclaimed(user: User) -> InboundQuerySet:
    """What could not be given to anybody, for admins."""
    waiting = InboundMail.objects.filter(state__in=[State.HELD, State.QUARANTINED], person=None, answers=None)
    return waiting.for_list().order_by("-pk") if reach_of(user).is_admin else InboundMail.objects.none()


def question_of(reply: InboundMail) -> FollowUp | None:
    """The question it may answer, while that is open."""
    if reply.answers is None or reply.answers.kind not in ASKING:
        return None
    asked = list(meaning.questions_in(reply.answers).values())
    if len(asked) != 1:
        return None
    found = FollowUp.objects.for_page().filter(pk=asked[0], state=FollowUpState.PLANNED).first()
    return found if found is not None and found.commitment.is_open else None


def request_of(reply: InboundMail) -> Commitment | None:
    """What was asked of its person, while that is open."""
    if reply.answers is None or reply.answers.kind != "request":
        return None
    found = Commitment.objects.for_detail().filter(pk=reply.answers.subject_id, person=reply.person_id)
    return found.filter(state=Promise.REQUESTED).first()


def partner_of(reply: InboundMail) -> Partner | None:
    """Whom it may come from, if it is a partner who still keeps an eye on one thing, or is asked to."""
    if reply.answers is None or reply.answers.kind not in ("partner_request", "partner_help"):
        return None
    found = list(partners_in(reply.answers).values())
    return found[0] if len(found) == 1 and found[0].person_id == reply.person_id and found[0].is_current else None


def answer_of(reply: InboundMail) -> Answer | None:
    """The answer that an asker wrote back to."""
    if reply.answers is None or reply.answers.kind not in ("answer", "answers"):
        return None
    return meaning.answer_in(reply.answers)


def answer(reply: InboundMail, by: User, status: str, now: datetime, **words) -> Answer:
    """It meant this: the answer is given, and the reply is settled with it."""
    guard(reply, by)
    with transaction.atomic():
        question = question_of(reply)
        if question is None:
            raise Refused(_("This is settled by now."))
        given = answers.give(question, by, status, via=Answer.Via.MAIL, now=now, **words)
        reply.settle(State.APPLIED, by, now)
        record(reply, "meant", by, status=status)
    return given


def pass_on(reply: InboundMail, by: User, now: datetime) -> AskerReply:
    """It was theirs, so who answered gets their words."""
    guard(reply, by)
    with transaction.atomic():
        given = answer_of(reply)
        if given is None or not reply.text:
            raise Refused(_("There is nothing to pass on."))
        sent = given.reply(by, AskerReply.Kind.WROTE, text=reply.text, now=now)
        reply.settle(State.APPLIED, by, now)
        record(reply, "meant", by, status="wrote")
    return sent


def answer_request(
    reply: InboundMail, by: User, answer: str, now: datetime, due_on: date | None = None, reason: str = ""
) -> None:
    """It meant this to what was asked of them: "accept", "redate" or "decline"."""
    guard(reply, by)
    with transaction.atomic():
        commitment = request_of(reply)
        if commitment is None:
            raise Refused(_("This is settled by now."))
        requests.carry_out(commitment, by, answer, due_on, reason, now)
        reply.settle(State.APPLIED, by, now)
        record(reply, "meant", by, status=answer)


def answer_as_sponsor(
    reply: InboundMail,
    by: User,
    state: str,
    words: str,
    now: datetime,
    today: date,
    promised_on: date | None = None,
) -> None:
    """It meant this to what the list asked of them."""
    guard(reply, by)
    with transaction.atomic():
        asked = sponsors.asked_in(reply)
        if asked is None:
            raise Refused(_("This is settled by now."))
        asked.give(by, state, words, promised_on, now=now, today=today)
        reply.settle(State.APPLIED, by, now)
        record(reply, "meant", by, status=state)


def answer_as_partner(reply: InboundMail, by: User, said: str, now: datetime) -> None:
    """`said` is "yes", "no" or "note"."""
    guard(reply, by)
    with transaction.atomic():
        partner = partner_of(reply)
        if partner is None:
            raise Refused(_("This is settled by now."))
        if said == "note":
            partner.leave_note(reply.text, now)
        else:
            (partner.agree if said == "yes" else partner.decline)(now)
        reply.settle(State.APPLIED, by, now)
        record(reply, "meant", by, status=said)


def put_aside(reply: InboundMail, by: User, now: datetime) -> None:
    """It was no answer, or not theirs. It stays kept."""
    if reply.person_id is not None:
        guard(reply, by)
    elif not reach_of(by).is_admin:
        raise Refused(_("An admin looks after mail that belongs to nobody."))
    with transaction.atomic():
        reply.settle(State.IGNORED, by, now)
        record(reply, "put_aside", by)


def read_by(reply: InboundMail, by: User) -> str:
    """The words of a mail that belongs to nobody; who read them is written down."""
    record(reply, "read", by)
    try:
        return parser().reply_text(bytes(reply.raw or b""))
    except parser().Unreadable:
        return ""


def guard(reply: InboundMail, by: User) -> None:
    if not by.is_active or reply.person_id != by.pk:
        raise Refused(_("Only the person it may come from can say what it meant."))
