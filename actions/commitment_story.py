"""What the page of one commitment tells: dates, questions, answers, what came before and after."""

from dataclasses import dataclass, field
from datetime import date
from typing import Self

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.shortcuts import get_object_or_404
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
from actions.models.answer import Status
from actions.models.follow_up import State
from actions.models.moving import SNOOZES
from actions.models.partner import CURRENT
from actions.models.promise import State as Promise
from actions.permissions import can_reply_to_answer
from actions.readers import partner_of, seen_by
from failforward.accounts.models import Absence, User
from failforward.history.models import Change
from failforward.inbound.models import InboundMail
from failforward.together import Together, keep
from reviews.models import Deal, Review


@dataclass
class Story:
    commitment: Commitment
    seen_by: str
    questions: list[FollowUp]
    moves: list[DateChange]
    dropped: Change | None = None
    before: Commitment | None = None
    after: list[Commitment] = field(default_factory=list)
    place: dict = field(default_factory=dict)
    may_reply: bool = False
    notes: list[InboundMail] = field(default_factory=list)
    partner: Partner | None = None
    partner_notes: list[PartnerNote] = field(default_factory=list)

    @classmethod
    def of(cls, commitment: Commitment, user: User) -> Self:
        around, asked = beside(commitment, user), questions(commitment, user)
        return cls(
            commitment=commitment,
            seen_by=seen_by(commitment),
            questions=asked,
            moves=commitment.moves_read,
            dropped=dropped(commitment, asked),
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


def load(user: User, pk: int, today: date) -> Commitment:
    """One that `user` may read, with its partners, its dates in `moves_read`, and when its person is away in `away`."""
    notes = Together(PartnerNote.objects.filter(partner=HERE), "partner", "text", "at")
    partners = Partner.objects.filter(commitment=HERE).annotate(notes_read=notes)
    moves = DateChange.objects.filter(commitment=HERE)
    absences = Absence.objects.ahead(today).filter(person=OuterRef("person")).order_by("from_on", "pk")
    shown = Commitment.objects.visible_to(user).for_page().prefetch_related(*parents_for(user))
    beside_it = {
        "partners_read": Together(partners, "commitment", "state", "person__name", "notes_read"),
        "moves_read": Together(moves, "from_on", "to_on", "reason", "state", "at", "by__name"),
        "away": Together(absences[:1], "from_on", "until_on", "person__name", "stand_in__name"),
    }
    found = get_object_or_404(shown.annotate(**beside_it), pk=pk)
    keep(found, "partners", found.partners_read)
    for one in found.partners_read:
        keep(one, "notes", one.notes_read)
    return found


HERE = OuterRef("pk")


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
    answers = [f"answer__{name}" for name in ("by", "seen_by", "date_change", "next_commitment")]
    replies = AskerReply.objects.filter(answer__follow_up=HERE)
    asked = commitment.follow_ups.select_related("mail", *answers).order_by("-occurrence").defer("mail__body")
    found = list(
        asked.annotate(
            replies_read=Together(replies, "kind", "text", "new_on", "at", "by__name"),
            steps=Together(SilenceStep.objects.filter(follow_up=HERE), "step", "taken_at", "to__name"),
        )
    )
    for question in found:
        question.commitment = commitment
        question.sentence = sentence(question)
        if answer := getattr(question, "answer", None):
            keep(answer, "replies", question.replies_read)
        question.sent = [reply.kind for reply in question.replies_read if reply.by_id == user.pk]
    return found


def dropped(commitment: Commitment, asked: list[FollowUp]) -> Change | None:
    """Who ended it, when and why, where no answer below says so."""
    answers = [question.answer for question in asked if hasattr(question, "answer")]
    said = any(one.is_followed or one.status == Status.DROPPED for one in answers if not one.too_late)
    if commitment.state != Promise.DROPPED or said:
        return None
    return Change.objects.about(commitment).filter(verb__in=["dropped", "taken_back"]).first()


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
