from django.db import models

from failforward.accounts.models.team import Membership, Role
from failforward.accounts.models.user import User


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
