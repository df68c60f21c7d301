"""Capture in ninety seconds: the owner of a lost deal is asked once, by a link that needs no log-in."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from failforward import outbox
from failforward.accounts.models import User
from failforward.history.models import record
from failforward.outbox.models import Mail
from reviews import permissions
from reviews.models import CaptureToken, FailureEvent, Review

LINK_LASTS = timedelta(days=90)
CHANGES_LAST = timedelta(days=7)
KIND = "capture"


@dataclass(frozen=True)
class Told:
    """What the owner says. `edits` holds their own events by key: version seen, and the words as they are now."""

    outcome: str = ""
    competitor: str = ""
    lost_on: date | None = None
    stage_at_loss: str = ""
    happened: list[str] = field(default_factory=list)
    edits: dict[int, tuple[int, str]] = field(default_factory=dict)


def ask_owner(review: Review, by: User | None = None, now: datetime | None = None) -> Mail | None:
    """Plans the one mail to the deal's owner, who is never nudged. None where there is nobody to ask."""
    if why_not(review):
        return None
    with transaction.atomic():
        key = f"{KIND}:{review.pk}"
        asked_before = Mail.objects.filter(key=key).exists()
        mail = outbox.plan(key, KIND, review.owner, now or timezone.now(), review.pk, review.batch_id)
        if not asked_before:
            record(review, "owner_asked", by, person=review.owner)
    return mail


def with_asked(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Each with `owner_was_asked`."""
    key = Concat(Value(f"{KIND}:"), Cast(OuterRef("pk"), CharField()))
    return reviews.annotate(owner_was_asked=Exists(Mail.objects.filter(key=key)))


def why_not(review: Review) -> str:
    """Why the owner is not asked, as a sentence; empty when they may be."""
    owner = review.owner
    if review.kind != Review.Kind.LOST_DEAL:
        return _("Only the owner of a lost deal is asked by mail.")
    if owner is None:
        return _("This deal has no owner who could be asked.")
    if not owner.email or not owner.is_active:
        return _("%(name)s has no e-mail address here.") % {"name": owner}
    if review.captured_at:
        return _("%(name)s has told what happened.") % {"name": owner}
    if not permissions.can_capture(owner, review):
        return _("The deal’s owner cannot write in this review.")
    return ""


def still_wanted(pk: int | None) -> bool | str:
    review = Review.objects.select_related("owner", "team").filter(pk=pk).first()
    return (why_not(review) or True) if review else False


def issue_link(review: Review, now: datetime) -> str:
    return CaptureToken.issue(review=review, person=review.owner, expires_at=now + LINK_LASTS)


def own_events(review: Review, person: User) -> list[FailureEvent]:
    return list(review.events.filter(author=person).in_order())


def save(review: Review, person: User, told: Told, now: datetime) -> None:
    """Writes what the owner said to the deal and the log. Said again it changes nothing."""
    with transaction.atomic():
        tell_deal(review, person, told, now)
        for event in own_events(review, person):
            if event.pk in told.edits:
                version, what = told.edits[event.pk]
                event.edit(person, version=version, what=what.strip())
        known = set(review.events.filter(author=person).values_list("what", flat=True))
        for what in told.happened:
            if what.strip() and what.strip() not in known:
                review.add_event(person, what)
        note(review, person, now)


def tell_deal(review: Review, person: User, told: Told, now: datetime) -> None:
    said = {
        "outcome": told.outcome,
        "competitor": told.competitor.strip(),
        "lost_on": told.lost_on,
        "stage_at_loss": told.stage_at_loss.strip(),
    }
    review.deal.change(
        person,
        today=timezone.localdate(now),
        reason=_("Told by the deal’s owner."),
        **{name: value for name, value in said.items() if value},
    )


def note(review: Review, person: User, now: datetime) -> None:
    """The first time starts the days in which it may still be changed."""
    review.lock()
    if review.captured_at is None:
        review.captured_at = now
        review.save(update_fields=["captured_at"])
        review.capture_tokens.filter(person=person, revoked_at=None).update(expires_at=now + CHANGES_LAST)
        record(review, "captured", person)
