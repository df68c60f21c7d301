from datetime import date

from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from reviews import permissions
from reviews.stalling import BuyersClock

YEARS_AHEAD = 3


class OnTheClock(models.Model):
    """How long the buyer has not moved, and the deals that rest until a day, for a reason."""

    parked_until = models.DateField(_("taken up again on"), null=True, blank=True)
    parked_because = models.CharField(_("why it rests"), max_length=300, blank=True, db_default="")

    class Meta:
        abstract = True

    def clock_on(self, today: date) -> BuyersClock:
        """One query: for the page of one deal."""
        moved = self.activities.filter(direction="in", happened_on__lte=today).order_by("-happened_on")
        agreed = self.joint_milestones.filter(agreed_on__lte=today).order_by("-agreed_on")
        last = [models.Subquery(moved.values("happened_on")[:1]), models.Subquery(agreed.values("agreed_on")[:1])]
        buyer_moved_on, agreed_on = type(self).objects.filter(pk=self.pk).values_list(*last).get()
        return BuyersClock(
            began_on=self.opened_on or timezone.localdate(self.created_at),
            buyer_moved_on=buyer_moved_on,
            agreed_on=agreed_on,
            parked_until=self.parked_until,
        )

    @transaction.atomic
    def park(self, by: User, reason: str, until: date, *, today: date) -> None:
        """It rests until then. Said again with another day or reason, those change."""
        reason = reason.strip()
        self.hold_open_deal(by)
        if not reason:
            raise Refused(_("Say why it rests: what has to happen first?"), "reason")
        if until <= today:
            raise Refused(_("Choose a day after today, on which it is taken up again."), "until")
        if until.year > today.year + YEARS_AHEAD:
            raise Refused(_("That is far ahead. Look at the year once more."), "until")
        if (self.parked_until, self.parked_because) == (until, reason):
            return
        self.parked_until, self.parked_because = until, reason
        self.save(update_fields=["parked_until", "parked_because"])
        record(self, "park", by, until=until, reason=reason)

    @transaction.atomic
    def take_up(self, by: User) -> None:
        """It rests no longer, before its day or on it."""
        self.hold_open_deal(by)
        if self.parked_until is None:
            return
        self.parked_until, self.parked_because = None, ""
        self.save(update_fields=["parked_until", "parked_because"])
        record(self, "take up", by)

    def check_day(self, day: date, today: date, field: str) -> None:
        """Of something that happened while the deal is open."""
        if day > today:
            raise Refused(_("This day lies ahead. Choose today or an earlier day."), field)
        if self.opened_on and day < self.opened_on:
            said = say("The deal was opened on %(day)s. Choose that day or a later one.")
            raise Refused(said % {"day": date_format(self.opened_on, "j M Y")}, field)

    def hold_open_deal(self, by: User) -> None:
        self.refresh_from_db(from_queryset=type(self).objects.select_for_update(no_key=True))
        if not permissions.can_write_deal(by, self):
            raise Refused(_("This is for the owner of the deal and the managers of its team."))
        if self.outcome != "open":
            raise Refused(_("This deal is closed. Nothing waits for the buyer any more."))
