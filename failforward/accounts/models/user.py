import uuid
from datetime import datetime
from typing import Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models.zone import check_zone
from failforward.working_days import MONDAY_TO_FRIDAY


class AddressTrouble(models.TextChoices):
    REFUSED = "refused", _("the mail server refused this address")
    BOUNCED = "bounced", _("mail to this address came back")
    COMPLAINED = "complained", _("mail to this address was reported as spam")


class UserQuerySet(models.QuerySet):
    def named(self) -> Self:
        """Whoever can be chosen, found or invited here."""
        return self.filter(erased_at=None, outside=False)

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
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    region = models.CharField(_("region"), max_length=30, blank=True, default="")
    work_days = models.CharField(_("working days"), max_length=7, default=MONDAY_TO_FRIDAY)
    nudges = models.BooleanField(_("remind me once when I have not answered"), default=True)
    letters = models.BooleanField(_("a letter a month about the lists I sponsor"), default=True, db_default=True)
    is_active = models.BooleanField(default=True)
    # Not of this company: gets mail and opens what its links open; never listed, chosen or logged in.
    outside = models.BooleanField(default=False)
    is_staff = models.BooleanField(default=False)
    invited_at = models.DateTimeField(null=True, blank=True)
    address_trouble = models.CharField(max_length=10, choices=AddressTrouble, blank=True, default="")
    address_trouble_at = models.DateTimeField(null=True, blank=True)
    address_trouble_text = models.CharField(max_length=300, blank=True, default="")
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
            models.CheckConstraint(
                condition=models.Q(region="") | ~models.Q(country=""),
                name="a_person_s_region_is_of_a_country",
                violation_error_message=_("Choose the country first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        return first_name_of(self.name)

    def note_trouble(self, address: str, trouble: str, text: str, now: datetime) -> bool:
        """What a mail server or a mail service said of this person's address; of an address given up since, nothing.
        Who complained stays so: a later bounce does not allow us to write to them again."""
        same = User.objects.filter(pk=self.pk, email__iexact=address).exclude(address_trouble=AddressTrouble.COMPLAINED)
        return bool(
            same.update(address_trouble=trouble, address_trouble_at=now, address_trouble_text=one_line(text)[:300])
        )

    def clear_trouble(self) -> bool:
        """The address works, or is another one."""
        fresh = {"address_trouble": "", "address_trouble_at": None, "address_trouble_text": ""}
        return bool(User.objects.filter(pk=self.pk).exclude(address_trouble="").update(**fresh))

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.first_name


def first_name_of(name: str) -> str:
    return name.split()[0] if name.split() else name


def one_line(text: str) -> str:
    return " ".join(text.split())


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
