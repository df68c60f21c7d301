from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from reviews.models.loose_end import LooseEnd
from reviews.models.review_state import State

# How long a review may take by itself, in days; a full one twice as long.
CLOSE_WITHIN = {"quick": timedelta(14), "full": timedelta(28)}
LATEST = timedelta(366)
EVENT_LOOSE = _("An event is not settled, or is systemic and has no finding yet.")
NEAR_MISS_LOOSE = _("A near miss is not settled, or is systemic and has no finding yet.")
LOOSE = {"lost_deal": EVENT_LOOSE, "hand_off": EVENT_LOOSE, "win": NEAR_MISS_LOOSE}
NOTHING_WRITTEN = {
    "lost_deal": _("Nothing is written down yet. Add an event, or waive the review."),
    "win": _("Nothing is written down yet. Add a near miss, or the lesson where there was none."),
}


class Closable(models.Model):
    """Let go and move on: the lesson, closing, and what may still happen afterwards."""

    class Meta:
        abstract = True

    def write_lesson(self, by: User, lesson: str) -> bool:
        with transaction.atomic():
            self.lock()
            self.must_not_be_closed()
            if self.lesson == lesson.strip():
                return False
            self.lesson = lesson.strip()
            self.save(update_fields=["lesson"])
            record(self, "lesson_written", by)
        return True

    def settle_ends(self, by: User, settled: Collection[str], now: datetime) -> bool:
        """Ticks the loose ends that are named and takes back the ticks of the others."""
        with transaction.atomic():
            self.lock()
            self.must_not_be_closed()
            before = set(self.loose_ends.values_list("what", flat=True))
            wanted = [what for what in LooseEnd.What if what in settled]
            for what in wanted:
                if what not in before:
                    self.loose_ends.create(what=what, settled_by=by, settled_at=now, batch_id=self.batch_id)
                    record(self, "end_settled", by, what=what.label)
            for what in LooseEnd.What:
                if what in before and what not in wanted:
                    self.loose_ends.filter(what=what).delete()
                    record(self, "end_opened", by, what=what.label)
        return before != set(wanted)

    def aim_at(self, by: User, day: date, today: date) -> bool:
        """The day by which it is to be closed."""
        with transaction.atomic():
            self.lock()
            if not self.is_open:
                raise Refused(_("Only an open review has a day by which it is to be closed."), field="target_close_on")
            if self.target_close_on == day:
                return False
            if not today <= day <= today + LATEST:
                raise Refused(_("Choose a day from today on, within a year."), field="target_close_on")
            before, self.target_close_on = self.target_close_on, day
            self.save(update_fields=["target_close_on"])
            record(self, "target_set", by, before=before or "–", after=day)
        return True

    def close(self, by: User, now: datetime) -> bool:
        """Guards what is known here; `actions.closing.close`, the way in, also asks for the findings' actions."""
        with transaction.atomic():
            self.lock()
            if self.is_closed:
                return False
            if not self.is_open:
                raise Refused(_("Only a review that was begun can be closed."))
            if not (self.may_go_well or self.events.exists()):
                raise Refused(NOTHING_WRITTEN[self.kind])
            if self.events.loose().exists():
                raise Refused(LOOSE[self.kind])
            self.state, self.closed_at, self.closed_by = State.CLOSED, now, by
            self.save(update_fields=["state", "closed_at", "closed_by"])
            record(self, "closed", by)
            self.end_session(by, now)
            self.pass_on_thanks(by, now, timezone.localdate(now))
        return True

    def end_session(self, by: User, now: datetime) -> None:
        """None goes on about a review that is not open."""
        for session in self.sessions.filter(ended_at=None):
            session.be_over(by, now)

    @property
    def may_go_well(self) -> bool:
        """Closed without an event: a hand-off, or a win of which at least the lesson is known."""
        return self.kind == "hand_off" or self.kind == "win" and bool(self.lesson)

    def reopen(self, by: User | None, reason: str) -> bool:
        with transaction.atomic():
            self.lock()
            if self.state == State.REOPENED:
                return False
            if not self.is_closed:
                raise Refused(_("Only a closed review can be reopened."))
            if not reason.strip():
                raise Refused(_("Say why it is reopened."), field="reason")
            self.state, self.reopened_because = State.REOPENED, reason.strip()
            self.closed_at = self.closed_by = self.target_close_on = None
            self.save(update_fields=["state", "reopened_because", "closed_at", "closed_by", "target_close_on"])
            record(self, "reopened", by, reason=reason.strip())
        return True

    def add_addendum(self, by: User, text: str) -> models.Model:
        if not self.is_closed:
            raise Refused(_("This review is open. Write it into an event instead."))
        if not text.strip():
            raise Refused(_("Say what came to light."), field="text")
        with transaction.atomic():
            addendum = self.addenda.create(text=text.strip(), by=by, batch_id=self.batch_id)
            record(self, "addendum_added", by)
        return addendum
