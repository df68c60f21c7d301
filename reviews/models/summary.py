from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import Team
from reviews.categories import CATEGORY_CHOICES

# Where a loss goes that no category bears, and of which nobody knows the cost.
NOT_STATED = ""


class Figures(models.Model):
    """What insights are made of, by team, owner, category, month of the loss and currency.

    Of standard reviews of lost deals that were taken up (open or closed): what waits to be chosen or was waived has
    been looked at by nobody and is no failure yet. Each such loss stands once as `reviewed` in the category "not
    stated", so that `reviewed` adds up to the losses looked at. There it is a loss of "not stated" too (`losses`), with
    all it cost, where no systemic event caused it or contributed to it; where nobody knows what it cost (`uncosted`)
    it is one with nothing. What events bear stands in their category, so that the costs add up to the whole.
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    category = models.CharField(max_length=30, choices=[(NOT_STATED, _("not stated")), *CATEGORY_CHOICES], blank=True)
    # Its first day.
    month = models.DateField()
    currency = models.CharField(max_length=3)
    systemic = models.IntegerField(default=0)
    one_offs = models.IntegerField(default=0)
    # With at least one systemic event of the category.
    losses = models.IntegerField(default=0)
    reviewed = models.IntegerField(default=0)
    uncosted = models.IntegerField(default=0)
    cost_minor = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


KEY = ["team_id", "owner_id", "category", "month", "currency"]
MEASURES = ["systemic", "one_offs", "losses", "reviewed", "uncosted", "cost_minor"]


class Summary(Figures):
    """The sum of what all reviews put in. Rows at zero may stay; nobody minds them."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "team", Coalesce("owner", 0), "category", "month", "currency", name="one_summary_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.owner_id} {self.category} {self.month} {self.currency}"


class Contribution(Figures):
    """What one review has put into the sums, a row a category, so that a change is told by the difference.

    The chance of winning stays as it was when the loss was first counted at this stage: else every deal that a
    team-mate wins or loses would move the cost of all losses before. A rebuild takes it anew.
    """

    review = models.ForeignKey("reviews.Review", models.PROTECT, related_name="contributions", db_index=False)
    stage = models.CharField(max_length=100, blank=True)
    chance_won = models.BigIntegerField(null=True, blank=True)
    chance_of = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "category"], name="a_review_puts_in_once")]
        indexes = [models.Index(fields=["team", "month"], name="contributions_of_a_team")]

    def __str__(self) -> str:
        return f"{self.review_id} {self.category}"
