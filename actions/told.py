"""What happened to a date or a promise reaches whom it concerns, not only the history."""

from datetime import datetime

from failforward import outbox
from failforward.accounts.models import User
from failforward.history.models import Change


def tell(change: Change, *people: User | None, now: datetime) -> None:
    """Everybody but who did it, once each; runs in the transaction of the verb."""
    for person in {person for person in people if person is not None and person.pk != change.by_id}:
        key = f"news:{change.pk}:{person.pk}"
        outbox.plan(key, "news", person, now, subject_id=change.pk, batch_id=change.batch_id)
