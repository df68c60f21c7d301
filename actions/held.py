"""Replies that wait for a person to say what they meant, and what that person says."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from actions import answers
from actions.inbound import meaning
from actions.inbound.parser import parser
from actions.inbound.why import words_of
from actions.models import Answer, AskerReply, Commitment, FollowUp
from actions.models.follow_up import State as FollowUpState
from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.guards import Refused
from failforward.history import record
from failforward.inbound.models import InboundMail, InboundQuerySet, State

ASKING = ("follow_up", "nudge", "digest")


def waiting_for(user: User) -> InboundQuerySet:
    """The newest first. A question that was answered by other means waits no longer."""
    open_questions = FollowUp.objects.waiting().values("pk")
    own = InboundMail.objects.held().filter(person=user.pk)
    settled = own.filter(answers__kind="follow_up").exclude(answers__subject_id__in=open_questions)
    return own.exclude(pk__in=settled.values("pk")).for_list().order_by("-pk")


def notes_on(commitment: Commitment, user: User) -> list[InboundMail]:
    """Replies that changed nothing: those that came late, for whoever reads the commitment; what only its person can
    judge (an absence, a reply that waits for their word) for them alone."""
    questions = commitment.follow_ups.values("pk")
    about = InboundMail.objects.filter(answers__kind="follow_up", answers__subject_id__in=questions)
    shown = Q(state=State.NOTE, why__in=["late", "copy"])
    if user.pk == commitment.person_id:
        shown |= Q(state=State.NOTE, why="away") | Q(state=State.HELD, person=user.pk)
    found = list(about.filter(shown).for_list().order_by("pk"))
    for note in found:
        note.reason = words_of(note.why)
    return found


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


def put_aside(reply: InboundMail, by: User, now: datetime) -> None:
    """It was no answer, or not theirs. It stays kept."""
    if reply.person_id is not None:
        guard(reply, by)
    elif not reach_of(by).is_admin:
        raise Refused(_("An admin looks after mail that belongs to nobody."))
    with transaction.atomic():
        if reply.state == State.QUARANTINED:
            InboundMail.objects.filter(pk=reply.pk, state=State.QUARANTINED).update(
                state=State.IGNORED, settled_by=by, settled_at=now
            )
        else:
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
