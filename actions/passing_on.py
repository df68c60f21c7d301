"""A mail that belongs to nobody and yet says something about a promise: an admin who read it gives its words to whoever
asked for that promise. It answers nothing, because only the person's own answer counts."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from actions import held
from actions.models import Commitment, FollowUp
from actions.models.commitment import CommitmentQuerySet
from failforward import outbox
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history import record
from failforward.inbound.models import InboundMail, State
from failforward.outbox.models import Mail

KIND = "words_passed"
WHY = "passed_on"
MOST_FOUND = 10


def promises(by: User, words: str = "") -> CommitmentQuerySet:
    """Open promises that `by` may read and somebody asked for, by words of theirs and of the people's names."""
    asked = FollowUp.objects.filter(commitment=OuterRef("pk"), mail__isnull=False)
    found = Commitment.objects.visible_to(by).still_open().filter(Exists(asked), private=False)
    found = found.filter(Q(asked_by__is_active=True) | Q(action_list__owner__is_active=True))
    for word in words.split()[:5]:
        in_names = Q(person__name__icontains=word) | Q(asked_by__name__icontains=word)
        found = found.filter(in_names | Q(what__icontains=word) | Q(title__icontains=word))
    return found.select_related("person", "asked_by", "action_list__owner").order_by("due_on", "pk")


def asker_of(commitment: Commitment) -> User | None:
    """Whoever asked for it; where they are gone or nobody did, the owner of its list."""
    owner = commitment.action_list.owner if commitment.action_list else None
    return next((one for one in (commitment.asked_by, owner) if one is not None and one.is_active), None)


def pass_words(reply: InboundMail, by: User, commitment: Commitment, words: str, now: datetime) -> User:
    """Answers who gets them. The mail stays kept, as a note on that promise, and is nobody's no more."""
    asker, question = asker_of(commitment), commitment.follow_ups.order_by("pk").first()
    if not held.unclaimed(by).filter(pk=reply.pk).exists():
        raise Refused(_("Somebody has dealt with this mail meanwhile."))
    if asker is None or question is None or not promises(by).filter(pk=commitment.pk).exists():
        raise Refused(_("That promise is not open any more, or nobody asked for it. Choose another one."))
    if not words.strip():
        raise Refused(_("There are no words of it to pass on."))
    asked_in = Mail.objects.get(key=f"followup:{question.pk}")
    with transaction.atomic():
        reply.settle(State.NOTE, by, now, why=WHY, text=words, answers=asked_in)
        record(reply, WHY, by, to=asker)
        record(commitment, "words_passed", by, to=asker)
        if asker.pk != by.pk:
            outbox.plan(f"{KIND}:{reply.pk}", KIND, asker, now, subject_id=reply.pk, batch_id=reply.batch_id)
    return asker
