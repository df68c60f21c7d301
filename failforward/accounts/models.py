import uuid
import zoneinfo
from typing import Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from failforward.working_days import MONDAY_TO_FRIDAY


def check_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("Choose a time zone from the list, for instance Europe/Berlin."))


class UserQuerySet(models.QuerySet):
    def named(self) -> Self:
        return self.filter(erased_at=None)

    def invited(self) -> Self:
        return self.exclude(email=None)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email: str | None = None, password: str | None = None, **fields) -> "User":
        """Somebody who can be named; without an e-mail they cannot be asked, without a password not log in."""
        user = self.model(email=email.strip().lower() if email else None, **fields)
        if password:
            user.set_password(password)
        else:
            user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **fields) -> "User":
        return self.create_user(email, password, is_superuser=True, is_staff=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Whoever can be named, mailed or asked: reps and managers, sponsors, partners, imported owners."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(
        _("e-mail"),
        unique=True,
        null=True,
        blank=True,
        error_messages={"unique": _("Somebody here has this address already.")},
    )
    language = models.CharField(_("language"), max_length=8, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[check_zone])
    ask_hour = models.PositiveSmallIntegerField(_("hour to be asked at"), default=16)
    work_days = models.CharField(_("working days"), max_length=7, default=MONDAY_TO_FRIDAY)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    invited_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=None) | models.Q(email=Lower("email")),
                name="email_is_lower_case",
                violation_error_message=_("Write the e-mail address in lower case."),
            ),
            models.CheckConstraint(
                condition=models.Q(ask_hour__lte=23),
                name="ask_hour_is_an_hour",
                violation_error_message=_("The hour is a number from 0 to 23."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.first_name


class Installation(models.Model):
    """One row from the moment somebody starts for real: the first-run page never opens again."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    opened_at = models.DateTimeField(auto_now_add=True)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_installation")]

    def __str__(self) -> str:
        return f"opened {self.opened_at:%F}"

    @classmethod
    def is_new(cls) -> bool:
        return not cls.objects.exists() and not Membership.objects.filter(role=Role.ADMIN).exists()


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
    started_on = models.DateField(_("started on"), null=True, blank=True)
    default_sponsor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="sponsored_teams")
    readers_per_event = models.PositiveSmallIntegerField(_("readers per event"), null=True, blank=True)
    review_from_minor = models.BigIntegerField(_("review from this amount"), null=True, blank=True)
    review_every_nth = models.PositiveSmallIntegerField(_("and every n-th below it"), null=True, blank=True)
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
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def open(cls, name: str, parent: "Team | None" = None, **fields) -> "Team":
        """A new team in its place in the tree."""
        with transaction.atomic():
            team = cls.objects.create(name=name, parent=parent, path="", **fields)
            team.path = f"{parent.path if parent else ''}{team.pk:010d}/"
            team.save(update_fields=["path"])
        return team

    @classmethod
    def unassigned(cls) -> "Team":
        """The home of deals whose team nobody named."""
        return cls.objects.filter(parent=None, name="Unassigned").first() or cls.open("Unassigned")

    def readers_needed(self) -> int:
        """One reader while the team is small (under six people), two from then on, unless the team says otherwise."""
        if self.readers_per_event:
            return self.readers_per_event
        return 1 if self.memberships.count() < 6 else 2


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


class CrmIdentity(models.Model):
    """The name under which a source knows a person."""

    source = models.CharField(max_length=50)
    external_name = models.CharField(max_length=200)
    user = models.ForeignKey(User, models.PROTECT, related_name="crm_identities")
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_name"], name="one_person_for_a_name_of_a_source")
        ]

    def __str__(self) -> str:
        return f"{self.external_name} ({self.source})"
