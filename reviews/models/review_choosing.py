from datetime import date
from typing import Self

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from reviews.models.deal import Deal, Outcome
from reviews.models.review_closing import CLOSE_WITHIN
from reviews.models.review_state import State, Visibility, state_of

QUICK = "quick"
BEGUN = ["depth", "state", "waived_because", "opened_by", "opened_on", "facilitator", "self_facilitated"]
BEGUN += ["target_close_on"]


class Choosable(models.Model):
    """Review, quick review or waive: how a loss is taken up, or left."""

    class Meta:
        abstract = True

    @classmethod
    def open(
        cls,
        deal: Deal,
        by: User | None,
        *,
        today: date,
        depth: str = QUICK,
        visibility: str = Visibility.STANDARD,
        chosen: bool = True,
    ) -> Self:
        """The review of a lost deal. A deal has one standard review: where it exists it is taken up as it stands."""
        if not deal.is_lost:
            raise Refused(_("This deal is not lost. Say in the deal how it ended, then review it."))
        return cls._take_up(deal, cls.Kind.LOST_DEAL, by, today, depth, visibility, chosen)

    @classmethod
    def open_win(cls, deal: Deal, by: User, *, today: date, depth: str = QUICK) -> Self:
        """The review of a win, so that what nearly went wrong is known."""
        if deal.outcome != Outcome.WON:
            raise Refused(_("This deal is not won. Say in the deal how it ended, then review it."))
        return cls._take_up(deal, cls.Kind.WIN, by, today, depth, Visibility.STANDARD, True)

    @classmethod
    def _take_up(
        cls, deal: Deal, kind: str, by: User | None, today: date, depth: str, visibility: str, chosen: bool
    ) -> Self:
        fields = {"deal": deal, "kind": kind, "visibility": visibility}
        copies = {
            "depth": depth,
            "team": deal.team,
            "owner": deal.owner,
            "lost_on": deal.lost_on if deal.is_lost else deal.closed_on or today,
            "value_minor": deal.amount_minor if deal.amount_minor is not None else deal.list_price_minor,
            "batch_id": deal.batch_id,
        }
        with transaction.atomic():
            if visibility == Visibility.STANDARD:
                review, created = cls.objects.get_or_create(**fields, defaults=copies)
            else:
                review, created = cls.objects.create(**fields, **copies), True
            if created:
                record(review, "opened", by, visibility=visibility)
            if chosen and review.state in [State.PENDING, State.WAIVED]:
                review.choose(by, depth, today)
        return review

    def choose(self, by: User, depth: str, today: date) -> bool:
        """Takes the loss up for review, or changes how deep it goes. False where nothing was to change."""
        with transaction.atomic():
            self.lock()
            self.must_not_be_closed()
            if self.is_open and self.depth == depth:
                return False
            self.depth = depth
            if self.is_open:
                self.save(update_fields=["depth"])
                record(self, "depth_changed", by, depth=depth)
            else:
                self.begin(by, today)
        return True

    def waive(self, by: User, reason: str) -> bool:
        reason = reason.strip()
        with transaction.atomic():
            self.lock()
            self.must_not_be_closed()
            if self.state == State.WAIVED:
                return False
            if not reason:
                raise Refused(_("Say in a few words why it is not reviewed."), field="reason")
            if self.is_open and self.events.exists():
                raise Refused(_("Work on this review has begun. Finish and close it instead of waiving it."))
            self.state, self.waived_because = State.WAIVED, reason
            self.save(update_fields=["state", "waived_because"])
            self.count_anew()
            record(self, "waived", by, reason=reason)
            self.end_session(by, timezone.now())
        return True

    def put_back(self, by: User) -> bool:
        """The loss waits to be chosen again, as if nobody had: for as long as nothing was written on it."""
        with transaction.atomic():
            self.lock()
            if self.state == State.PENDING:
                return False
            if self.kind != self.Kind.LOST_DEAL:
                raise Refused(_("Only a loss waits to be chosen. Close this review, or leave it with a reason."))
            begun = self.state != State.GATHERING or self.captured_at or self.events.exists()
            if self.state != State.WAIVED and begun:
                raise Refused(_("Work on this review has begun, so it stays chosen."))
            came_by_choosing = [self.opened_by_id, self.owner_id] if self.visibility == Visibility.STANDARD else []
            self.state, self.waived_because = State.PENDING, ""
            self.opened_by = self.opened_on = self.facilitator = self.target_close_on = None
            self.self_facilitated = False
            self.save(update_fields=BEGUN)
            self.count_anew()
            self.persons.filter(user__in=came_by_choosing).delete()
            record(self, "put_back", by)
            self.end_session(by, timezone.now())
        return True

    def begin(self, by: User, today: date) -> None:
        """Whoever chose it is on it and facilitates; so is the deal's owner where the review is open to them."""
        self.state, self.waived_because = state_of(**self.events.progress()), ""
        self.opened_by, self.opened_on, self.target_close_on = by, today, today + CLOSE_WITHIN[self.depth]
        facilitates = self.facilitator_id is None and (by.pk != self.owner_id or not self.could_facilitate().exists())
        if facilitates:
            self.facilitator, self.self_facilitated = by, by.pk == self.owner_id
        self.save(update_fields=BEGUN)
        self.count_anew()
        record(self, "chosen", by, depth=self.depth)
        self.add_person(by, by)
        if self.visibility == Visibility.STANDARD and self.owner_id and self.owner.is_active:
            self.add_person(by, self.owner)
        if facilitates:
            record(self, "facilitator_named", by, person=by, self_facilitated=self.self_facilitated)
