"""Questions that nobody was asked yet follow the person's times: their zone, hour, week, holidays and absences."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from actions.models import FollowUp
from actions.models.follow_up import State, due_at
from failforward.accounts.models import User
from failforward.outbox.models import State as MailState
from failforward.versions import hold

LOOKED_AHEAD = timedelta(days=2)
MOVED_AT_ONCE = 2_000


def replan_for(person: User, now: datetime | None = None) -> int:
    """After a change of the person's times or address: what they were not asked yet moves, what they were asked stays.
    Answers how many moved."""
    now = now or timezone.now()
    mine = FollowUp.objects.waiting().not_yet_asked().filter(commitment__person=person)
    return sum(replan(pk, now) for pk in mine.values_list("pk", flat=True))


def look_again(now: datetime) -> int:
    """Moves what is due at another instant by now than when it was planned. Holidays and the rules of time zones change
    with an update of their data, which tells nobody; so the questions of the next days are reckoned anew, each hour.
    Answers how many moved."""
    ZoneInfo.clear_cache()
    meant = FollowUp.objects.waiting().filter(due_on__lte=(now + LOOKED_AHEAD).date(), due_at__gt=now)
    rows = list(meant.values_list("pk", "commitment__person", "due_on", "due_at").order_by("due_at"))
    people = User.objects.prefetch_related("absences").in_bulk({person for _, person, *_ in rows})
    moved = (pk for pk, person, on, at in rows if due_at(people[person], on, now) != at)
    return sum(replan(pk, now) for pk, _ in zip(moved, range(MOVED_AT_ONCE), strict=False))


def replan(pk: int, now: datetime) -> bool:
    with transaction.atomic():
        follow_up = FollowUp.objects.select_related("commitment", "mail").get(pk=pk)
        hold(follow_up.commitment)
        follow_up.refresh_from_db()
        person, mail = follow_up.commitment.person, follow_up.mail
        if follow_up.state != State.PLANNED:
            return False
        when = due_at(person, follow_up.due_on, now)
        # What is late already goes out late; how late is told by its due instant, which stays.
        late = max(when, follow_up.due_at) <= now
        meant = (follow_up.due_at if late else when, person.ask_hour, person.time_zone)
        reachable_now = bool(person.email) and mail is not None and mail.state == MailState.WITHHELD
        if meant == (follow_up.due_at, follow_up.hour, follow_up.zone) and not reachable_now:
            return False
        return follow_up.move(follow_up.due_on, now)
