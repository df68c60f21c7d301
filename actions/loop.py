"""The loop from losses to what is proved: losses → chosen → reviewed → systemic → actions → done on time → proved.

The first four count losses (`reviews.loop`), the last three actions. Every figure is made of standard reviews only and
of what the reader may read, as the list behind it is: the two always agree.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from actions.models import ActionFinding, ActionItem, Milestone
from actions.models.action_state import PROOF_STATES, State
from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.prepared import prepared
from failforward.scopes import Among
from reviews import loop as of_losses
from reviews.models import FailureEvent

DONE = [State.CLAIMED_DONE, *PROOF_STATES]
YEAR, OF_LATE = timedelta(365), timedelta(90)
PERIODS = {"12-months": _("Last 12 months"), "year": _("This year"), "90-days": _("Last 90 days")}


@dataclass(frozen=True)
class Period:
    code: str
    since: date
    until: date


def period_of(code: str | None, today: date) -> Period:
    if code == "year":
        return Period("year", date(today.year, 1, 1), today)
    if code == "90-days":
        return Period("90-days", today - OF_LATE, today)
    return Period("12-months", today - YEAR, today)


def actions_of(actions: QuerySet[ActionItem], user: User, since: date | None, until: date | None) -> QuerySet:
    """Actions: not dropped, on a weakness that a systemic event of a reviewed loss of these days showed."""
    reviews = of_losses.reviewed(*of_losses.of_days(user, since, until))
    events = FailureEvent.objects.systemic().filter(review__in=reviews.values("pk")).order_by()
    shown = events.exclude(finding=None).values("finding")
    # Of all reviews one is soon found for each finding. Of few they are read first, or PostgreSQL walks all events.
    among = Q(finding__in=shown) if reach_of(user).is_admin else Q(Among("finding", shown))
    answering = ActionFinding.objects.filter(among)
    return actions.exclude(state=State.DROPPED).filter(pk__in=answering.values("action"))


def with_days(actions: QuerySet, zone: str | None = None) -> QuerySet:
    """`promised_on`: the last of the days that were first promised for its milestones; moving one changes nothing.
    `done_on`: the day on which it was said to be done, in `zone`, else where the reader is."""
    milestones = Milestone.objects.filter(action=OuterRef("pk"), called_off_because="").order_by().values("action")
    promised = Subquery(milestones.annotate(day=Max("first_due_on")).values("day"))
    done = TruncDate("claimed_done_at", tzinfo=ZoneInfo(zone) if zone else None)
    return actions.annotate(promised_on=promised, done_on=done)


IS_DONE = Q(state__in=DONE)
ON_TIME = IS_DONE & Q(done_on__lte=F("promised_on"))
LATE = IS_DONE & Q(done_on__gt=F("promised_on"))
NO_DAY = IS_DONE & Q(promised_on=None)
PROVED = Q(state=State.EFFECTIVE)

STEPS: dict[str, tuple[Promise, Q]] = {
    "actions": (_("all actions"), Q()),
    "done": (_("said to be done"), IS_DONE),
    "on-time": (_("done on time"), ON_TIME),
    "late": (_("done late"), LATE),
    "no-day": (_("done, no day was promised"), NO_DAY),
    "proved": (_("proved effective"), PROVED),
}
CHOICES = [(name, label) for name, (label, _is_in) in STEPS.items()]


def actions_in(step: str, actions: QuerySet, user: User, since: date | None, until: date | None) -> QuerySet:
    return with_days(actions_of(actions, user, since, until)).filter(STEPS[step][1])


def counted(user: User, period: Period) -> dict[str, int]:
    """How many actions are in each step; one query."""
    rows = by_end(user, days=(period.since, period.until), zone=timezone.get_current_timezone_name())
    ends = Counter()
    for row in rows:
        ends[row["end"]] += row["actions"]
    found = {"on_time": ends["on-time"], "late": ends["late"], "no_day": ends["no-day"]}
    proved = sum(row["actions"] for row in rows if row["state"] == State.EFFECTIVE)
    return found | {"actions": ends.total(), "done": sum(found.values()), "proved": proved}


@prepared
def by_end(user: User, *, days: of_losses.Days, zone: str) -> QuerySet:
    """Of each action no more is asked than tells its end, by the days of `zone`."""
    rows = with_days(actions_of(ActionItem.objects.visible_to(user), user, *days), zone).order_by()
    ends = [When(~IS_DONE, then=Value("open")), When(ON_TIME, then=Value("on-time"))]
    end = Case(*ends, When(NO_DAY, then=Value("no-day")), default=Value("late"))
    return rows.annotate(end=end).values("state", "end").annotate(actions=Count("pk"))
