"""Today: what needs me. The page asks each app its question and has no queries of its own."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.views import redirect_to_login
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions import answers, held
from actions.loop import period_of
from actions.models import ActionItem, ActionList, Answer, Commitment, DateChange, Drop, EffectivenessCheck, Recurrence
from actions.models.commitment import CommitmentQuerySet
from actions.sponsors.silence import first_unanswered, with_first_unanswered, with_silence
from failforward.accounts.models import Absence, Installation, User
from failforward.accounts.reach import reach_of
from failforward.counting import counts
from failforward.outbox import channel
from failforward.outbox.models import Channel
from failforward.prepared import prepared
from reviews import coding
from reviews.insights import Share, reviewed_share
from reviews.models import Deal, Review
from reviews.next_step import add_next_steps

# People who gather are not late.
LATE_AFTER = dt.timedelta(minutes=5)
MOST_SHOWN = 5
MOST_COUNTED = 100
# Minutes that one of each usually takes; the sum stands beside the heading.
MINUTES = {"stuck": 3, "dates": 1, "drops": 2, "asked_of_me": 2, "silent": 1, "requests": 1, "due": 3}
MINUTES |= {"checks": 10, "came_back": 3, "reviews": 10, "meetings": 30, "events": 1, "replies": 1, "paused": 5}


@dataclass
class Desk:
    """What one person sees. Lists are cut at MOST_SHOWN, counts stop at MOST_COUNTED."""

    stuck: list
    dates: list
    drops: list
    asked_of_me: list
    silent: list
    answered: list
    requests: list
    due: list
    checks: list
    came_back: list
    ahead: int
    reviews: list
    events: int
    still_actions: int
    still_deals: int
    replies: int
    paused: Channel | None
    share: Share | None
    lists: list
    meetings: list
    away: list

    @property
    def things(self) -> int:
        waiting = [
            self.meetings,
            self.stuck,
            self.dates,
            self.drops,
            self.asked_of_me,
            self.silent,
            self.requests,
            self.due,
            self.checks,
            self.came_back,
            self.reviews,
        ]
        return sum(len(rows) for rows in waiting) + sum(map(bool, self.singles))

    @property
    def singles(self) -> tuple:
        """What is one thing however much is in it."""
        return self.events, self.replies, self.to_choose, self.paused, self.still_actions, self.still_deals

    @property
    def minutes(self) -> int:
        rows = ("meetings", "stuck", "dates", "drops", "asked_of_me", "silent", "requests", "due")
        rows += ("checks", "came_back", "reviews")
        minutes = sum(MINUTES[name] * len(getattr(self, name)) for name in rows)
        minutes += sum(MINUTES[name] * getattr(self, name) for name in ("events", "replies"))
        return minutes + (3 if self.to_choose else 0) + (MINUTES["paused"] if self.paused else 0)

    @property
    def to_choose(self) -> int:
        return self.share.to_choose if self.share else 0


def desk_of(user: User, today: dt.date) -> Desk:
    told, mine, lists = asked_by(user), promised(user, today=today), lists_of(user, today=today)
    zone = timezone.get_current_timezone_name()
    under_way, number = reviews_of(user), numbers(user, today=today, zone=zone)[0]
    unanswered = with_silence(filter(None, map(first_unanswered, lists)), today)
    add_next_steps(under_way)
    return Desk(
        stuck=[answer for answer in told if answer.status == "stuck"][:MOST_SHOWN],
        dates=dates_for(user, lists),
        asked_of_me=[one for one in unanswered if one.sponsor_id == user.pk][:MOST_SHOWN],
        silent=[one for one in unanswered if user.pk in (one.action_list.owner_id, one.asked_by_id)][:MOST_SHOWN],
        still_actions=number["still_actions"],
        still_deals=number["still_deals"],
        drops=few(Drop.objects.to_decide_by(user)) if number["to_drop"] else [],
        answered=[answer for answer in told if answer.status != "stuck"][:MOST_SHOWN],
        requests=[one for one in mine if one.state == "requested"][:MOST_SHOWN],
        due=[one for one in mine if one.is_open and one.due_on <= today][:MOST_SHOWN],
        checks=list(EffectivenessCheck.objects.waiting_for(user, today).for_list()[:MOST_SHOWN])
        if number["to_check"]
        else [],
        came_back=few(Recurrence.objects.waiting_for(user)) if number["came_back"] else [],
        ahead=sum(one.is_open and one.due_on > today for one in mine),
        reviews=under_way,
        events=number["events"],
        replies=number["mine"] + number["nobodys"],
        paused=channel.paused() if number["paused"] else None,
        share=share_for(user, today),
        lists=lists[:MOST_SHOWN],
        meetings=[one for one in lists if meets_by(one, today)][:MOST_SHOWN],
        away=away_for(user, today, mine, lists),
    )


def meets_by(action_list: ActionList, today: dt.date) -> bool:
    """It meets today, or was to meet and nobody has begun or closed that yet."""
    when = action_list.meeting_ahead_at
    holds = action_list.meeting_ahead_runs or action_list.meets_weekly
    return when is not None and holds and timezone.localtime(when).date() <= today


@prepared
def numbers(user: User, *, today: dt.date, zone: str) -> QuerySet:
    """How many wait, of each kind. What stands still is reckoned in days of `zone`."""
    waiting = {"mine": held.waiting_for(user), "nobodys": held.unclaimed(user)}
    waiting["events"] = coding.first_of(coding.waiting_for(user), user, MOST_COUNTED)
    waiting["paused"] = channel.shut() if reach_of(user).is_admin else Channel.objects.none()
    waiting["to_check"] = EffectivenessCheck.objects.waiting_for(user, today)
    waiting["came_back"] = Recurrence.objects.waiting_for(user)
    waiting["still_actions"] = ActionItem.objects.filter(action_list__owner=user.pk).stalled(today, zone)
    waiting["still_deals"] = Deal.objects.filter(owner=user.pk).stalled(today, zone)
    waiting["to_drop"] = Drop.objects.to_decide_by(user)
    return counts(user, MOST_COUNTED, **waiting)


@prepared
def asked_by(user: User) -> QuerySet[Answer]:
    return answers.for_asker(user)[: 4 * MOST_SHOWN]


@prepared
def promised(user: User, *, today: dt.date) -> QuerySet[Commitment]:
    own = Absence.objects.not_called_off().not_over(today).filter(person=OuterRef("person"))
    return Commitment.objects.waiting_for(user).for_desk().annotate(away=Exists(own))[:MOST_COUNTED]


@prepared
def reviews_of(user: User) -> QuerySet[Review]:
    return Review.objects.under_way().on(user).for_list().order_by("-lost_on", "-pk")[:MOST_SHOWN]


@prepared
def lists_of(user: User, *, today: dt.date) -> QuerySet[ActionList]:
    away = Absence.objects.on(today).values("person")
    theirs = promising(user).filter(action_list=OuterRef("pk"), person__in=away)
    mine = with_first_unanswered(ActionList.objects.of(user)).with_dates_waiting().with_meeting_ahead()
    return mine.annotate(away=Exists(theirs))[:MOST_COUNTED]


def away_for(user: User, today: dt.date, mine: list[Commitment], lists: list[ActionList]) -> list[Absence]:
    """One's own days away and what a mail said of them; and who is away of those who promised one something. Looked
    for only where something waits for it."""
    if not any(one.away for one in [*mine, *lists]):
        return []
    own = Absence.objects.not_called_off().not_over(today).filter(person=user.pk)
    theirs = Absence.objects.on(today).filter(person__in=promising(user).values("person"))
    return list((own | theirs).for_list()[:MOST_COUNTED])


def promising(user: User) -> CommitmentQuerySet:
    return Commitment.objects.still_open().filter(asked_by=user.pk)


def dates_for(user: User, lists: list[ActionList]) -> list[DateChange]:
    """Looked for only where one of the user's own lists has any."""
    if not any(one.dates_wait and one.owner_id == user.pk for one in lists):
        return []
    return few(DateChange.objects.to_decide_by(user))


def few(waiting: QuerySet) -> list:
    return list(waiting.for_list()[:MOST_SHOWN])


def share_for(user: User, today: dt.date) -> Share | None:
    """For whoever chooses, and what the loop says of these days. A rep sees their own work, not a figure of it."""
    if not reach_of(user).is_manager:
        return None
    of_late = period_of("90-days", today)
    return reviewed_share(user, of_late.since, of_late.until)


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect("setup") if Installation.is_new() else redirect_to_login("/")
    today = timezone.localdate()
    context = {"today": today, "late": timezone.now() - LATE_AFTER, "desk": desk_of(request.user, today)}
    return render(request, "desk/desk.html", context)
