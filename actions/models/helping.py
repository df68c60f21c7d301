from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.told import tell
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from failforward.scopes import Among
from failforward.versions import assign, keep

MOST_HOURS = 20_000


class ActionHelper(models.Model):
    """Somebody who helps besides the responsible person. They read the action, wherever its list is."""

    action = models.ForeignKey("actions.ActionItem", models.PROTECT, related_name="helpers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["user", "action"], name="helps_once_with_an_action")]

    def __str__(self) -> str:
        return f"{self.user_id} with {self.action_id}"


def helped_by(user: User) -> Among:
    return Among("pk", ActionHelper.objects.filter(user=user.pk).values("action"))


class Size(models.TextChoices):
    SMALL = "S", _("small: half a day")
    MEDIUM = "M", _("medium: two days")
    LARGE = "L", _("large: a week")
    HUGE = "X", _("very large: a month")


HOURS_OF = {Size.SMALL: 4, Size.MEDIUM: 16, Size.LARGE: 40, Size.HUGE: 160}


def hours_of(stated: int | None, size: str) -> int | None:
    return stated or HOURS_OF.get(size)


class Helped(models.Model):
    """Who helps with an action, and how much work it is: in hours, or roughly by its size."""

    effort_hours = models.PositiveIntegerField(_("hours of work"), null=True, blank=True)
    effort_size = models.CharField(_("size"), max_length=1, choices=Size, blank=True, default="", db_default="")

    class Meta:
        abstract = True

    @property
    def effort(self) -> int | None:
        """In hours."""
        return hours_of(self.effort_hours, self.effort_size)

    def add_helper(self, by: User, person: User) -> None:
        with transaction.atomic():
            self.hold_open()
            if person.pk == self.responsible_id:
                raise Refused(say("%(name)s is responsible already.") % {"name": person.name}, "person")
            if not self.action_list.eligible().filter(pk=person.pk).exists():
                raise Refused(
                    say("%(name)s is neither on the list “%(list)s” nor in its team. Add them to the list first.")
                    % {"name": person.name, "list": self.action_list.name},
                    "person",
                )
            if ActionHelper.objects.get_or_create(action=self, user=person, defaults={"batch_id": self.batch_id})[1]:
                tell(record(self, "helper_added", by, person=person), person, now=timezone.now())

    def remove_helper(self, by: User, person: User) -> None:
        with transaction.atomic():
            self.hold_open()
            if self.helpers.filter(user=person).delete()[0]:
                record(self, "helper_removed", by, person=person)

    def size_up(self, by: User, hours: int | None = None, size: str = "", seen: int | None = None) -> None:
        """How much work it is; neither takes back what was said."""
        if hours and size:
            raise Refused(_("Say the hours or the size, not both."), "effort_size")
        if hours is not None and not 1 <= hours <= MOST_HOURS:
            raise Refused(_("Write between 1 and 20,000 hours."), "effort_hours")
        if size and size not in Size.values:
            raise Refused(_("Choose one of the sizes."), "effort_size")
        with transaction.atomic():
            self.hold_open(seen)
            changes = assign(self, {"effort_hours": hours, "effort_size": size})
            if changes:
                keep(self, *changes)
                record(self, "changed", by, **changes)
