from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from reviews import permissions
from reviews.models.review import Review


class OwnPartQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """One's own; of the others' what was shared, in reviews that one reads. No role opens more."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(review__in=Review.objects.visible_to(user)).filter(
            Q(author=user.pk) | Q(shared_at__isnull=False)
        )


class OwnPart(models.Model):
    """What somebody did or left undone, in their own words: theirs alone until they share it.

    Nothing tells when it was written; it has no history before it is shared.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="own_parts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("what did I do or leave undone?"), blank=True)
    shared_at = models.DateTimeField(null=True, blank=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = OwnPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "author"], name="one_own_part_a_person"),
            models.CheckConstraint(condition=Q(shared_at=None) | ~Q(text=""), name="what_is_shared_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.author_id} in {self.review_id}"

    @property
    def is_shared(self) -> bool:
        return self.shared_at is not None

    @classmethod
    @transaction.atomic
    def write(cls, review: Review, by: User, text: str) -> Self:
        """Keeps the text for its author. Empty takes back what nobody has read."""
        review.lock()
        if not permissions.can_edit_review(by, review):
            raise Refused(_("This is asked of the people on the review while it is open."))
        part = cls.objects.filter(review=review, author=by).first()
        before, text = part.text if part else "", text.strip()
        if text == before:
            if not text:
                raise Refused(_("Write a sentence first. Nobody sees it before you share it."), "text")
            return part
        if part is None:
            return cls.objects.create(review=review, author=by, text=text, batch_id=review.batch_id)
        if part.is_shared:
            raise Refused(_("This is shared and stays as it was read. What is new becomes an event."), "text")
        part.text = text
        part.save(update_fields=["text"])
        return part

    @transaction.atomic
    def share(self, by: User) -> bool:
        self.review.lock()
        self.refresh_from_db(from_queryset=OwnPart.objects.select_for_update(no_key=True))
        if by.pk != self.author_id:
            raise Refused(_("Whoever wrote it shares it."))
        if self.is_shared:
            return False
        self.review.must_not_be_closed()
        if not self.text:
            raise Refused(_("Write a sentence first, then share it."), "text")
        self.shared_at = timezone.now()
        self.save(update_fields=["shared_at"])
        record(self.review, "part_shared", by)
        if self.review.kind == Review.Kind.HAND_OFF:
            self.review.hand_off.pass_on(self)
        return True
