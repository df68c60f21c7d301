from datetime import date, datetime

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import Team, User
from failforward.guards import Refused
from reviews.categories import CATEGORY_CHOICES
from reviews.models.event import EventQuerySet, FailureEvent, Verdict
from reviews.models.review import is_standard

# This many within a year are put up; no more than the newest of them are looked at.
TIMES, MOST = 3, 50


class ReturningOneOffs(models.Model):
    """One-offs of one category that came back in one team within a year, put up: are they one-offs still?

    `events` are the ids of those known when the newest of them was settled. What has changed since (another reading,
    another visibility, a year gone by) is looked up when it is shown, see `standing`.
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    category = models.CharField(_("category"), max_length=30, choices=CATEGORY_CHOICES)
    events = models.JSONField(default=list)
    put_up_at = models.DateTimeField()
    still_because = models.TextField(_("why they are one-offs still"), blank=True)
    still_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    still_at = models.DateTimeField(null=True, blank=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "category"], condition=Q(still_at=None), name="put_up_once_for_a_team"
            ),
            models.CheckConstraint(
                condition=Q(still_at=None) | ~Q(still_because=""), name="still_one_offs_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category} in {self.team_id}"

    @classmethod
    def note(cls, event: FailureEvent, now: datetime) -> None:
        """After an event was settled as a one-off: puts it up with those before it, where they are enough."""
        review = event.review
        if event.verdict != Verdict.ONE_OFF or not review.is_standard:
            return
        alike = one_offs(timezone.localdate(now)).filter(category=event.category, review__team=review.team_id)
        ids = list(alike.order_by("-day", "-pk").values_list("pk", flat=True)[:MOST])
        if len(ids) < TIMES:
            return
        cls.objects.update_or_create(
            team=review.team,
            category=event.category,
            still_at=None,
            # The newest are shown first: one that another came to is put up anew.
            defaults={"events": ids, "put_up_at": now},
            create_defaults={"events": ids, "put_up_at": now, "batch_id": event.batch_id},
        )

    @transaction.atomic
    def still(self, by: User, because: str, seen: set[int], now: datetime) -> bool:
        """They are one-offs all the same; quiet until another comes. `seen` are the events that were looked at."""
        self.refresh_from_db(from_queryset=ReturningOneOffs.objects.select_for_update(no_key=True))
        if self.still_at:
            return False
        if not because.strip():
            raise Refused(_("Say in a sentence why they are one-offs still."), "because")
        if not {event.pk for event in self.standing(timezone.localdate(now))} <= seen:
            raise Refused(_("Another one has come since you looked. It stands with the others now; look again."))
        self.still_because, self.still_by, self.still_at = because.strip(), by, now
        self.save(update_fields=["still_because", "still_by", "still_at"])
        return True

    def standing(self, today: date) -> EventQuerySet:
        """Those that are one-offs of this category still, of the last year and of standard reviews, oldest first."""
        return standing([self], today).filter(category=self.category, review__team=self.team_id)


def standing(rows: list[ReturningOneOffs], today: date) -> EventQuerySet:
    ids = {pk for row in rows for pk in row.events}
    return one_offs(today).filter(pk__in=ids).order_by("day", "pk")


def one_offs(today: date) -> EventQuerySet:
    """Settled as such, of standard reviews, in the year up to `today`. `day` is when it happened, else was written."""
    day = Coalesce("happened_on", "created_on")
    events = FailureEvent.objects.filter(is_standard(), settled_at__isnull=False, verdict=Verdict.ONE_OFF)
    return events.annotate(day=day).filter(day__gt=a_year_before(today))


def a_year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
