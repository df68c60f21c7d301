"""What the page of one commitment tells: dates, questions, answers, what came before and after."""

from dataclasses import dataclass, field
from typing import Self

from django.db.models import Exists, OuterRef, Prefetch, Q, prefetch_related_objects
from django.urls import reverse

from actions import held
from actions.asked import sentence
from actions.models import (
    ActionItem,
    AskerReply,
    CoachingTalk,
    Commitment,
    DateChange,
    FollowUp,
    Meeting,
    Milestone,
    Partner,
    PartnerNote,
    SilenceStep,
    Step,
)
from actions.models.follow_up import State
from actions.models.moving import SNOOZES
from actions.models.partner import CURRENT
from actions.permissions import can_reply_to_answer
from actions.readers import partner_of, seen_by
from failforward.accounts.models import User
from failforward.inbound.models import InboundMail
from reviews.models import Deal, Review


@dataclass
class Story:
    commitment: Commitment
    seen_by: str
    questions: list[FollowUp]
    moves: list[DateChange]
    before: Commitment | None = None
    after: list[Commitment] = field(default_factory=list)
    place: dict = field(default_factory=dict)
    may_reply: bool = False
    notes: list[InboundMail] = field(default_factory=list)
    partner: Partner | None = None
    partner_notes: list[PartnerNote] = field(default_factory=list)

    @classmethod
    def of(cls, commitment: Commitment, user: User) -> Self:
        around = beside(commitment, user)
        partners = Partner.objects.select_related("person").prefetch_related("notes")
        prefetch_related_objects([commitment], Prefetch("partners", partners))
        return cls(
            commitment=commitment,
            seen_by=seen_by(commitment),
            questions=questions(commitment, user),
            moves=list(commitment.date_changes.select_related("by", "decided_by")),
            before=next((one for one in around if one.pk == commitment.previous_id), None),
            after=[one for one in around if one.previous_id == commitment.pk],
            place=place(commitment),
            may_reply=can_reply_to_answer(user, commitment),
            notes=held.notes_on(commitment, user),
            partner=partner(commitment, user),
            partner_notes=sorted(
                (note for one in commitment.partners.all() for note in one.notes.all()), key=lambda note: note.at
            ),
        )

    @property
    def moved_times(self) -> int:
        return len([move for move in self.moves if move.state == DateChange.State.AGREED])

    @property
    def snoozes_left(self) -> int:
        """What `Commitment.snoozes_left` asks the database."""
        answered = max((one.occurrence for one in self.questions if one.state == State.ANSWERED), default=0)
        snoozed = [one for one in self.questions if one.state == State.SNOOZED and one.occurrence > answered]
        return SNOOZES - len(snoozed)

    @property
    def asked_for(self) -> DateChange | None:
        return next((move for move in self.moves if move.state == DateChange.State.ASKED_FOR), None)


def partner(commitment: Commitment, user: User) -> Partner | None:
    """Others learn of who said yes only."""
    if user.pk != commitment.person_id:
        return partner_of(commitment)
    return next((one for one in commitment.partners.all() if one.state in CURRENT), None)


def beside(commitment: Commitment, user: User) -> list[Commitment]:
    """The one before and those after, as far as `user` may read them."""
    around = Q(previous=commitment.pk) | Q(pk=commitment.previous_id)
    return list(Commitment.objects.visible_to(user).filter(around).for_list().order_by("pk"))


def questions(commitment: Commitment, user: User) -> list[FollowUp]:
    """Newest first, each with its answer and what the asker sent back; `sent` is what `user` did."""
    replies = Prefetch("answer__replies", AskerReply.objects.select_related("by"))
    answers = [f"answer__{name}" for name in ("by", "seen_by", "date_change", "next_commitment")]
    asked = commitment.follow_ups.select_related("mail", *answers).prefetch_related(replies).order_by("-occurrence")
    found = list(asked.defer("mail__body"))
    silent = [one for one in found if one.next_step_at or one.silence_over]
    prefetch_related_objects(silent, Prefetch("silence_steps", SilenceStep.objects.select_related("to")))
    for question in found:
        question.commitment = commitment
        question.steps = question.silence_steps.all() if question in silent else []
        question.sentence = sentence(question)
        answer = getattr(question, "answer", None)
        question.sent = [reply.kind for reply in answer.replies.all() if reply.by_id == user.pk] if answer else []
    return found


def place(commitment: Commitment) -> dict:
    """What it hangs from, as far as its reader may read that, see `parents_for`."""
    for kind, parent in commitment.parent.items():
        page = parent.action if kind in ("step", "milestone") else parent
        if parent.is_seen:
            name = f"{kind}_detail" if kind in ("deal", "review", "talk", "meeting") else "action_detail"
            return {"thing": parent, "url": reverse(name, args=[page.pk])}
    return {}


def parents_for(user: User) -> list[Prefetch]:
    """What a commitment hangs from, read only where it does; `is_seen` says whether `user` may read its page."""
    actions = Exists(ActionItem.objects.visible_to(user).filter(pk=OuterRef("action")))
    parts = [Step.objects.select_related("action"), Milestone.objects.select_related("action")]
    pages = [ActionItem.objects.all(), Review.objects.select_related("deal__account")]
    pages += [Deal.objects.select_related("account"), CoachingTalk.objects.defer("about")]
    pages += [Meeting.objects.select_related("action_list")]
    found = [Prefetch(part.model._meta.model_name, part.annotate(is_seen=actions)) for part in parts]
    for kind, page in zip(("action", "review", "deal", "talk", "meeting"), pages, strict=True):
        seen = Exists(page.model.objects.visible_to(user).filter(pk=OuterRef("pk")))
        found.append(Prefetch(kind, page.annotate(is_seen=seen)))
    return found
