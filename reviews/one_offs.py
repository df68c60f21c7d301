"""One-offs that return: three of a category in a team within a year are looked at again. Are they one-offs still?"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Min, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.guards import Refused
from failforward.prepared import prepared
from reviews import coding, permissions
from reviews.categories import BY_CODE, Category
from reviews.choosing import Result
from reviews.models import FailureEvent, ReturningOneOffs, Review, ReviewPerson
from reviews.models.returning import TIMES, standing

MOST_SHOWN, LAST = 20, 5
GROUPED = ["review__team", "category", "times", "since", "own"]


@dataclass(frozen=True)
class Counted:
    """How many came back, and since when."""

    row: ReturningOneOffs
    times: int
    since: date

    @property
    def category(self) -> Category:
        return BY_CODE[self.row.category]


@dataclass(frozen=True)
class Returned(Counted):
    """`events` are those the reader may open, `times` how many there are; `day` of each is when it happened."""

    events: list[FailureEvent]
    may_decide: bool


def returned_to(user: User, today: date, category: str) -> list[Returned]:
    """What is put up for those who may do something about it: managers of the team, and whoever facilitates the review
    of one of the events. The newest first."""
    return looked_at(user, list(put_up_for(user).filter(category=category)[:MOST_SHOWN]), today)


def returned_one(user: User, today: date, category: str, pk: int) -> Returned | None:
    rows = list(put_up_for(user).filter(category=category, pk=pk))
    return next(iter(looked_at(user, rows, today)), None)


def counted_for(user: User, today: date) -> list[Counted]:
    """Of all categories, without reading the events."""
    rows = newest_put_up(user, most=MOST_SHOWN)
    found = counts_of(rows, user, today) if rows else {}
    managed = {row.team_id for row in rows if permissions.manages(user, row.team_id)}
    counted = [(row, *found.get((row.team_id, row.category), (0, today, 0))) for row in rows]
    return [
        Counted(row, times, since)
        for row, times, since, facilitated in counted
        if times >= TIMES and (facilitated or row.team_id in managed)
    ]


def counts_of(rows: list[ReturningOneOffs], user: User, today: date) -> dict[tuple, tuple[int, date, int]]:
    own = Count("pk", filter=Q(review__facilitator=user.pk))
    groups = standing(rows, today).order_by().values("review__team", "category")
    groups = groups.annotate(times=Count("pk"), since=Min("day"), own=own)
    return {(team, category): rest for team, category, *rest in groups.values_list(*GROUPED)}


@prepared
def newest_put_up(user: User, *, most: int) -> QuerySet[ReturningOneOffs]:
    return put_up_for(user)[:most]


def put_up_for(user: User) -> QuerySet[ReturningOneOffs]:
    reach = reach_of(user)
    facilitated = Review.objects.filter(facilitator=user.pk).standard().values("team")
    whose = Q() if reach.is_admin else Q(team__in=reach.managed) | Q(team__in=facilitated)
    rows = ReturningOneOffs.objects.filter(whose, still_at=None).select_related("team")
    return rows.order_by("-put_up_at", "-pk")


def looked_at(user: User, rows: list[ReturningOneOffs], today: date) -> list[Returned]:
    found = grouped(rows, today)
    shown = [seen_by(user, row, found[row.team_id, row.category]) for row in rows]
    return [one for one in shown if one]


def last_said(user: User, category: str) -> list[ReturningOneOffs]:
    """When it was said of a team's that they are one-offs still, for those who say it."""
    reach = reach_of(user)
    said = ReturningOneOffs.objects.filter(category=category, still_at__isnull=False)
    said = said if reach.is_admin else said.filter(team__in=reach.managed)
    return list(said.select_related("team", "still_by").order_by("-still_at")[:LAST])


def grouped(rows: list[ReturningOneOffs], today: date) -> dict[tuple, list[FailureEvent]]:
    found = defaultdict(list)
    if rows:
        on_it = Prefetch("review__persons", ReviewPerson.objects.all())
        for event in standing(rows, today).select_related("review__deal__account").prefetch_related(on_it):
            found[event.review.team_id, event.category].append(event)
    return found


def seen_by(user: User, row: ReturningOneOffs, events: list[FailureEvent]) -> Returned | None:
    if len(events) < TIMES:
        return None
    facilitates = any(event.review.facilitator_id == user.pk for event in events)
    if not facilitates and not permissions.manages(user, row.team_id):
        return None
    readable = [event for event in events if reads(user, event)]
    # Who facilitates some of them only, or has not told yet in one that gathers, cannot say it of the others.
    return Returned(row, len(events), events[0].day, readable, len(readable) == len(events))


def reads(user: User, event: FailureEvent) -> bool:
    """What `FailureEvent.objects.visible_to` says of one that is at hand."""
    heard = permissions.hears_all(user, event.review) or event.author_id == user.pk
    return heard and permissions.reads_review(user, event.review)


def still(one: Returned, by: User, because: str, seen: set[int], now: datetime) -> bool:
    if not one.may_decide:
        raise Refused(_("Whether they are one-offs still is said by a manager of the team who reads all of them."))
    return one.row.still(by, because, seen, now)


def read_again(one: Returned, by: User, because: str, chosen: set[int], now: datetime) -> Result:
    """The chosen ones are read anew; a closed review is opened for it by whoever may."""
    events = [event for event in one.events if event.pk in chosen]
    if not events:
        raise Refused(_("Tick at least one that should be read again."), "events")
    if not because.strip():
        raise Refused(_("Say in a sentence why it should be read again."), "because")
    result = Result(_("to be read again"))
    for event in events:
        try:
            open_for_reading(event, by, because, now)
            result.done.append(event.pk)
        except Refused as refused:
            result.reasons[str(refused)] += 1
    return result


@transaction.atomic
def open_for_reading(event: FailureEvent, by: User, because: str, now: datetime) -> None:
    review = event.review
    if review.is_closed:
        if not permissions.may_reopen(by, review):
            raise Refused(_("Its review is closed. A manager of the team or the sponsor opens it again."))
        review.reopen(by, because)
    coding.ask_again(event, by, because, now=now)
