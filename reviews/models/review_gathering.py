from django.db import models, transaction

from failforward.accounts.models import User
from failforward.history.models import record


class Gathering(models.Model):
    """In a full review everybody says what they know before they hear the others."""

    # Where a page has read them: the session that is held on it, and the screen that shows it.
    running, seen_in = None, ""

    class Meta:
        abstract = True

    def finish_telling(self, by: User) -> bool:
        """`by` has said what they know, or has nothing to add. The record keeps the day and no name: else it would
        tell who wrote what was said without one."""
        with transaction.atomic():
            self.lock()
            self.must_not_be_closed()
            told = self.persons.filter(user=by, has_told=False).update(has_told=True)
            if told:
                record(self, "told", by, anonymous=True)
        return bool(told)
