import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import Team, User
from failforward.accounts.reach import reach_of
from reviews.categories import CATEGORY_CHOICES


class State(models.TextChoices):
    OPEN = "open", _("open")
    BEING_FIXED = "being_fixed", _("being fixed")
    FIXED = "fixed", _("fixed")
    REOPENED = "reopened", _("reopened")
    ACCEPTED = "accepted", _("accepted: not worth fixing")


class FindingQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """A finding belongs to its team: all members read it, and everybody of the teams above and managed."""
        if not user.is_authenticated:
            return self.none()
        reach = reach_of(user)
        return self if reach.is_admin else self.filter(team__in=reach.own)

    def for_list(self) -> Self:
        return self.select_related("team")

    def for_detail(self) -> Self:
        return self.select_related("team", "opened_by")


def finding_scopes(user: User) -> list[Q]:
    reach = reach_of(user)
    return [Q()] if reach.is_admin else [Q(team=team) for team in sorted(reach.own)]


class Finding(models.Model):
    """The systemic weakness that several events reveal: about how we work, never about who was there."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, models.PROTECT, related_name="findings")
    title = models.CharField(_("the weakness"), max_length=200)
    description = models.TextField(_("more about it"), blank=True)
    category = models.CharField(_("category"), max_length=30, choices=CATEGORY_CHOICES)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    accepted_because = models.TextField(_("why it is not worth fixing"), blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    fixed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="a_finding_has_a_title"),
            models.CheckConstraint(
                condition=~Q(state=State.ACCEPTED) | ~Q(accepted_because=""),
                name="accepted_has_a_reason",
                violation_error_message=_("Say why this is not worth fixing."),
            ),
        ]
        indexes = [
            models.Index(fields=["team", "-id"], name="findings_of_team"),
        ]

    def __str__(self) -> str:
        return self.title
