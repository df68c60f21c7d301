from datetime import datetime

from django.conf import settings
from django.db import models

from failforward.accounts.models import User
from reviews.models.deal import Deal
from reviews.models.review import Review


class LessonSetAside(models.Model):
    """A lesson that somebody was offered for a deal and found not to fit it: it is not offered to them there again."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="lessons_set_aside")
    review = models.ForeignKey(Review, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deal", "by", "review"], name="a_lesson_is_set_aside_once")]

    def __str__(self) -> str:
        return f"{self.review_id} for {self.deal_id}"

    @classmethod
    def set_aside(cls, deal: Deal, lesson: Review, by: User, now: datetime) -> bool:
        found = {"deal": deal, "review": lesson, "by": by}
        return cls.objects.get_or_create(**found, defaults={"at": now, "batch_id": deal.batch_id})[1]

    @classmethod
    def take_back(cls, deal: Deal, by: User) -> int:
        """All of a deal are offered again."""
        return cls.objects.filter(deal=deal, by=by).delete()[0]
