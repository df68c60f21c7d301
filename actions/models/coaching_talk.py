from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.permissions import can_coach
from failforward import links, working_days
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history import record
from failforward.versions import hold, keep

LONGEST_AGO = 5 * 366  # days


class CoachingTalkQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Its two people, and nobody else: no manager above them, no admin."""
        if not user.is_authenticated:
            return self.none()
        by, person = talk_scopes(user)
        return self.filter(by | person)

    def for_page(self) -> Self:
        return self.select_related("by", "person")


def talk_scopes(user: User) -> list[Q]:
    return [Q(by=user.pk), Q(person=user.pk)]


class CoachingTalk(models.Model):
    """What two people talked about so that one of them gets further. Read by these two alone.

    Commitments made in it are read by whom they say themselves; that they come from a talk is told to nobody else.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="coaching_talks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="coaching_talks_held")
    held_on = models.DateField(_("held on"))
    about = models.TextField(_("about"))
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = CoachingTalkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(about=""), name="a_talk_is_about_something"),
            models.CheckConstraint(condition=~Q(person=F("by")), name="a_talk_takes_two"),
        ]
        indexes = [
            models.Index(fields=["by", "-held_on", "-id"], name="talks_held_by"),
            models.Index(fields=["person", "-held_on", "-id"], name="talks_with"),
        ]

    def __str__(self) -> str:
        return say("coaching talk of %(day)s") % {"day": date_format(self.held_on, "D j M")}

    def get_absolute_url(self) -> str:
        return links.address_of("talk_detail", self.pk)

    @classmethod
    def write_down(cls, by: User, person: User, held_on: date, about: str, *, now: datetime | None = None) -> Self:
        """By who coaches, once it was held."""
        if by == person:
            raise Refused(say("A talk takes two. Choose somebody else."), "person")
        if not (person.is_active and can_coach(by, person)):
            raise Refused(say("Choose somebody of your teams."), "person")
        talk = cls(by=by, person=person)
        talk._say(held_on, about, now or timezone.now())
        with transaction.atomic():
            talk.save(force_insert=True)
            record(talk, "written_down", by)
        return talk

    def change(
        self, by: User, held_on: date, about: str, seen: int | None = None, *, now: datetime | None = None
    ) -> None:
        """By who wrote it down. The history says that it changed, not what: these words stay in one place."""
        with transaction.atomic():
            hold(self, seen)
            if by.pk != self.by_id:
                raise Refused(say("Only %(name)s can change this.") % {"name": self.by})
            before = (self.held_on, self.about)
            self._say(held_on, about, now or timezone.now())
            if (self.held_on, self.about) != before:
                keep(self, "held_on", "about")
                record(self, "changed", by)

    def _say(self, held_on: date, about: str, now: datetime) -> None:
        self.held_on, self.about = held_on, about.strip()
        ago = (working_days.local_date(now, self.by.time_zone) - held_on).days
        if ago < 0:
            raise Refused(say("Write it down once it was held: choose today or a day before."), "held_on")
        if ago > LONGEST_AGO:
            raise Refused(say("That is too long ago."), "held_on")
        if not self.about:
            raise Refused(say("Say what you talked about."), "about")

    @property
    def two(self) -> tuple[User, User]:
        return self.person, self.by

    def other_than(self, user: User) -> User:
        return self.by if user.pk == self.person_id else self.person
