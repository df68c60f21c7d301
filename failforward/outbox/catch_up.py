"""After everything was down: what waited goes out late and slowly, and a flood of it only after somebody could look.

A tick that follows a gap remembers when that was; what was due two hours before is late from then on. Folding what
waited into one mail a person is the work of the apps that plan it (`catalogue.before_writing`).
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from failforward.outbox.models import CLAIMABLE, Mail, State, Tick
from failforward.working_days import USUAL

log = logging.getLogger(__name__)

GAP = timedelta(minutes=15)
LATE_AFTER = timedelta(hours=2)
FLOOD = 200
# Names of ticks: when a gap was noticed, and until when its flood waits.
NOTICED, HELD = "catch_up", "held_until"
ONE_A_DOMAIN = timedelta(seconds=1)
FARTHEST = timedelta(days=1)


def notice(struck_at: datetime | None, now: datetime) -> bool:
    """Called by every tick with the one before it. True after a gap: it is noted at once, or the next would see it."""
    if struck_at is None or now - struck_at <= GAP:
        return False
    late = waiting().filter(due_at__lte=now - LATE_AFTER)
    if not late.exists():
        return True
    keep(NOTICED, now)
    flood = late.filter(due_at__lte=working_day_before(now)).count()
    if flood > FLOOD and settings.CATCH_UP_HOLD:
        hold(now, flood)
    return True


def hold(now: datetime, flood: int) -> None:
    until = now + timedelta(seconds=settings.CATCH_UP_HOLD)
    keep(HELD, until)
    late = Mail.objects.filter(state__in=[State.READY, State.RETRY], due_at__lte=now - LATE_AFTER)
    late.filter(next_at__lt=until).update(next_at=until)
    log.error("%s mails are overdue by more than a working day. They wait until %s; see /mail/.", flood, until)


def let_go(now: datetime) -> bool:
    """Somebody has looked and does not want to wait."""
    until = held_until(now)
    if until is None:
        return False
    Mail.objects.filter(state__in=[State.READY, State.RETRY], next_at=until).update(next_at=now)
    keep(HELD, now)
    return True


def held_until(now: datetime) -> datetime | None:
    until = Tick.objects.filter(name=HELD, at__gt=now).aggregate(at=Max("at"))["at"]
    # A clock that was set back holds nothing for longer than it would have.
    return until if until and until - now <= timedelta(seconds=max(settings.CATCH_UP_HOLD, 1)) else None


def late_before(now: datetime) -> datetime | None:
    """What was due before this instant goes out slowly; None when nothing was ever missed. What was noticed by a clock
    that was set back since was no gap."""
    noticed = Tick.objects.filter(name=NOTICED, at__lte=now).values_list("at", flat=True).first()
    return noticed - LATE_AFTER if noticed else None


def slot(address: str, now: datetime) -> datetime:
    """When the next late mail to this domain may go: a second after the one before, whoever sends it."""
    name = f"pace {address.rpartition('@')[2].lower()[-30:]}"
    with transaction.atomic():
        Tick.objects.get_or_create(name=name, defaults={"at": now - ONE_A_DOMAIN})
        last = Tick.objects.select_for_update(no_key=True).get(name=name)
        set_back = last.at > now + FARTHEST
        last.at = now if set_back else max(last.at + ONE_A_DOMAIN, now)
        last.save(update_fields=["at"])
    return last.at


def waiting():
    return Mail.objects.filter(Q(state=State.PLANNED) | Q(state__in=CLAIMABLE))


def working_day_before(now: datetime) -> datetime:
    day = now - timedelta(1)
    while not USUAL.works_on(day.date()):
        day -= timedelta(1)
    return day


def keep(name: str, at: datetime) -> None:
    Tick.objects.update_or_create(name=name, defaults={"at": at})
