from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from actions.models.action_list import ActionList
from failforward.accounts.models import User
from failforward.history.models import record
from failforward.tokens import Token, TokenQuerySet


class CalendarFeedQuerySet(TokenQuerySet):
    def running(self, user: User) -> "CalendarFeedQuerySet":
        return self.alive(timezone.now()).filter(person=user.pk)


class CalendarFeed(Token):
    """The address of a calendar that one person subscribes to: their own promises, or what lies ahead on one list.

    The address is shown once; whoever loses it makes another, and the old one stops.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="calendar_feeds")
    action_list = models.ForeignKey(ActionList, models.PROTECT, null=True, blank=True, related_name="calendar_feeds")

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(revoked_at=None, action_list=None),
                name="one_calendar_of_ones_own",
            ),
            models.UniqueConstraint(
                fields=["person", "action_list"],
                condition=Q(revoked_at=None, action_list__isnull=False),
                name="one_calendar_a_list",
            ),
        ]

    def __str__(self) -> str:
        return f"calendar of {self.person_id}"

    @classmethod
    def make(cls, person: User, action_list: ActionList | None = None) -> str:
        """Answers the raw token of the new address; the address before it ends."""
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).get(pk=person.pk)
            cls.stop(person, action_list)
            record(person, "calendar_made", person, list=action_list)
            return cls.issue(person=person, action_list=action_list)

    @classmethod
    def end(cls, person: User, action_list: ActionList | None = None) -> bool:
        with transaction.atomic():
            ended = cls.stop(person, action_list)
            if ended:
                record(person, "calendar_ended", person, list=action_list)
        return ended

    @classmethod
    def stop(cls, person: User, action_list: ActionList | None) -> bool:
        own = cls.objects.filter(person=person, action_list=action_list, revoked_at=None)
        return bool(own.update(revoked_at=timezone.now()))
