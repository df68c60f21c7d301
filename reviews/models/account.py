from django.db import models
from django.utils.translation import gettext_lazy as _


class Account(models.Model):
    """The buying company, as a source names it."""

    source = models.CharField(max_length=50)
    name = models.CharField(_("customer"), max_length=200)
    sector = models.CharField(_("sector"), max_length=100, blank=True)
    location = models.CharField(_("location"), max_length=100, blank=True)
    parent_name = models.CharField(_("belongs to"), max_length=200, blank=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "name"], name="one_account_for_a_name_of_a_source")]

    def __str__(self) -> str:
        return self.name
