from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from reviews.models.review_state import State


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

    def close(self, by: User, now: datetime) -> bool:
        """Guards what is known here; `actions.closing.close`, the way in, also asks for the findings' actions."""
        with transaction.atomic():
            self.lock()
            if self.is_closed:
                return False
            if not self.is_open:
                raise Refused(_("Only a review that was begun can be closed."))
            if not self.events.exists():
                raise Refused(_("Nothing is written down yet. Add an event, or waive the review."))
            if self.events.loose().exists():
                raise Refused(_("An event is not settled, or is systemic and has no finding yet."))
            self.state, self.closed_at, self.closed_by = State.CLOSED, now, by
            self.save(update_fields=["state", "closed_at", "closed_by"])
            record(self, "closed", by)
        return True

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
            self.closed_at = self.closed_by = None
            self.save(update_fields=["state", "reopened_because", "closed_at", "closed_by"])
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
