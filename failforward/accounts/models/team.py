import uuid
from typing import Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models.user import User
from failforward.accounts.models.zone import check_zone
from failforward.places import country_of_zone


class TeamQuerySet(models.QuerySet):
    def within(self, team: "Team") -> Self:
        """The team and every team below it."""
        return self.filter(path__startswith=team.path)


class Team(models.Model):
    """`path` is the way down from the top, one zero-padded id a step: "0000000001/0000000004/"."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=150)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=255, db_index=True, editable=False)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[check_zone])
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    region = models.CharField(_("region"), max_length=30, blank=True, default="")
    started_on = models.DateField(_("started on"), null=True, blank=True)
    default_sponsor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="sponsored_teams")
    readers_per_event = models.PositiveSmallIntegerField(_("readers per event"), null=True, blank=True)
    review_from_minor = models.BigIntegerField(_("review from this amount"), null=True, blank=True)
    review_every_nth = models.PositiveSmallIntegerField(_("and every n-th below it"), null=True, blank=True)
    # Pairs of a stage's name and the percent of deals at it that are won, in the order that deals go through them.
    stage_chances = models.JSONField(_("chances by stage"), default=list, blank=True)
    caused_weight = models.PositiveSmallIntegerField(_("weight of an event that caused a loss"), default=3)
    contributed_weight = models.PositiveSmallIntegerField(_("weight of one that contributed"), default=1)
    neutral_subject = models.BooleanField(_("neutral mail subjects"), default=False)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"],
                name="team_name_once_below_a_parent",
                violation_error_message=_("There is a team of this name already."),
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(parent=None),
                name="team_name_once_at_the_top",
                violation_error_message=_("There is a team of this name already."),
            ),
            models.CheckConstraint(
                condition=models.Q(readers_per_event=None) | models.Q(readers_per_event__in=[1, 2]),
                name="one_reader_or_two",
                violation_error_message=_("An event is read by one person or by two."),
            ),
            models.CheckConstraint(
                condition=models.Q(region="") | ~models.Q(country=""),
                name="a_team_s_region_is_of_a_country",
                violation_error_message=_("Choose the country first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def open(cls, name: str, parent: "Team | None" = None, **fields) -> "Team":
        """A new team in its place in the tree; in the country of its time zone unless told otherwise."""
        fields.setdefault("country", country_of_zone(fields.get("time_zone", "")))
        with transaction.atomic():
            team = cls.objects.create(name=name, parent=parent, path="", **fields)
            team.path = f"{parent.path if parent else ''}{team.pk:010d}/"
            team.save(update_fields=["path"])
        return team

    @classmethod
    def unassigned(cls) -> "Team":
        """The home of deals whose team nobody named."""
        return cls.objects.filter(parent=None, name="Unassigned").first() or cls.open("Unassigned")

    def readers_needed(self, size: int | None = None) -> int:
        """One reader while the team is small (under six people), two from then on, unless the team says otherwise.

        `size` is how many belong to it, where that is known already.
        """
        if self.readers_per_event:
            return self.readers_per_event
        return 1 if (self.memberships.count() if size is None else size) < 6 else 2


class Role(models.TextChoices):
    REP = "rep", _("rep")
    MANAGER = "manager", _("manager")
    SUPPORT = "support", _("support")
    ADMIN = "admin", _("admin")


class Membership(models.Model):
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role)
    since_on = models.DateField(null=True, blank=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "team"],
                name="one_role_in_a_team",
                violation_error_message=_("This person is in the team already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.team} · {self.role}"
