import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import Team, User, check_zone
from failforward.accounts.reach import reach_of


class ActionListQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        if not user.is_authenticated:
            return self.none()
        reach = reach_of(user)
        if reach.is_admin:
            return self
        return self.filter(pk__in=lists_of(user)) | self.filter(team__in=reach.managed)

    def for_list(self) -> Self:
        return self.select_related("owner", "sponsor", "team")


def lists_of(user: User) -> models.QuerySet:
    """Ids of the lists that `user` owns, sponsors or is a member of."""
    return (
        ActionList.objects.filter(Q(owner=user.pk) | Q(sponsor=user.pk) | Q(people=user.pk))
        .order_by()
        .values("pk")
        .distinct()
    )


class ActionList(models.Model):
    """One list, one owner, one weekly meeting."""

    class Weekday(models.IntegerChoices):
        MONDAY = 1, _("Monday")
        TUESDAY = 2, _("Tuesday")
        WEDNESDAY = 3, _("Wednesday")
        THURSDAY = 4, _("Thursday")
        FRIDAY = 5, _("Friday")
        SATURDAY = 6, _("Saturday")
        SUNDAY = 7, _("Sunday")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=150)
    team = models.ForeignKey(Team, models.PROTECT, related_name="action_lists")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="owned_lists")
    sponsor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="sponsored_lists"
    )
    buy_in = models.TextField(_("what the sponsor agreed to"), blank=True)
    buy_in_on = models.DateField(null=True, blank=True)
    meeting_weekday = models.PositiveSmallIntegerField(_("meets on"), choices=Weekday, default=Weekday.WEDNESDAY)
    meeting_time = models.TimeField(_("at"), default="15:00")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[check_zone])
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, through="ActionListPerson", related_name="action_lists")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = ActionListQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "name"],
                name="list_name_once_in_a_team",
                violation_error_message=_("This team has a list of that name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ActionListPerson(models.Model):
    """A member of the list: reads its actions and the answers shared on it."""

    action_list = models.ForeignKey(ActionList, models.PROTECT, related_name="persons")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "action_list"], name="once_on_a_list")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.action_list_id}"
