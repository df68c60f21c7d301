"""One letter a month to whoever sponsors lists: what is proved and what came back, what was asked of them and what they
answered. Nothing private and nothing of closed circles is in it: requests, actions and checks of lists only."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from actions.models import ActionItem, ActionList, EffectivenessCheck, Recurrence, SponsorRequest
from actions.models.action_state import State as ActionState
from actions.models.check import Outcome
from actions.models.check import State as CheckState
from actions.models.recurrence import State as RecurrenceState
from failforward import outbox, working_days
from failforward.accounts import times
from failforward.accounts.models import User
from failforward.outbox.models import Mail
from reviews.models.review_state import Visibility

KIND = "sponsor_letter"


@dataclass(frozen=True)
class Month:
    """A calendar month in the zone of a person: `since` its first day, `until` the first day of the next."""

    since: date
    until: date
    zone: str

    @property
    def days(self) -> tuple[date, date]:
        """For a range of dates, both ends included."""
        return self.since, self.until - timedelta(1)

    def instants(self, column: str) -> Q:
        first, end = (working_days.instant(day, 0, self.zone) for day in (self.since, self.until))
        return Q(**{f"{column}__gte": first, f"{column}__lt": end})


@dataclass(frozen=True)
class Letter:
    proved: Sequence[EffectivenessCheck]
    came_back: Sequence[ActionItem]
    not_helped: Sequence[EffectivenessCheck]
    asked: Sequence[SponsorRequest]
    answered: Sequence[SponsorRequest]
    waiting: Sequence[SponsorRequest]

    @property
    def says_something(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))


def plan_month(now: datetime) -> int:
    """For each sponsor the letter about the month before, due on their first working day of this one at their hour.
    Planned late it comes at their next working hour; a month with nothing to say has none."""
    planned = 0
    for sponsor in sponsors().prefetch_related("absences"):
        this = month_of(working_days.local_date(now, sponsor.time_zone), sponsor.time_zone)
        key = key_of(sponsor, this.since)
        if not Mail.objects.filter(key=key).exists() and letter_for(sponsor, before(this)).says_something:
            planned += plan(sponsor, key, due_at(sponsor, this.since, now))
    return planned


@transaction.atomic
def plan(sponsor: User, key: str, when: datetime) -> bool:
    """It is its own subject: what is in it is read from its key. Two that plan at once make one."""
    mail = outbox.plan(key, KIND, sponsor, when, batch_id=sponsor.batch_id)
    if mail.subject_id is not None:
        return False
    Mail.objects.filter(pk=mail.pk, subject_id=None).update(subject_id=mail.pk)
    return True


def due_at(sponsor: User, first: date, now: datetime) -> datetime:
    when = times.due(sponsor, first)
    if when > now:
        return when
    today = working_days.local_date(now, sponsor.time_zone)
    when = times.due(sponsor, today)
    return when if when > now else times.due(sponsor, today + timedelta(1))


def sponsors() -> QuerySet[User]:
    on_lists = ActionList.objects.exclude(sponsor=None).order_by().values("sponsor")
    wanting = User.objects.filter(pk__in=on_lists, is_active=True, letters=True)
    return wanting.exclude(email=None).exclude(email="").order_by("pk")


def key_of(sponsor: User, first: date) -> str:
    return f"{KIND}:{sponsor.pk}:{first:%Y-%m}"


def month_in(mail: Mail) -> Month:
    """The month that a letter speaks of: the one before it was due."""
    first = datetime.strptime(mail.key.rpartition(":")[2], "%Y-%m").date()
    return before(month_of(first, mail.recipient.time_zone))


def month_of(day: date, zone: str) -> Month:
    first = day.replace(day=1)
    return Month(first, (first + timedelta(31)).replace(day=1), zone)


def before(month: Month) -> Month:
    return month_of(month.since - timedelta(1), month.zone)


def letter_for(sponsor: User, month: Month) -> Letter:
    mine = SponsorRequest.objects.filter(sponsor=sponsor).exclude(state=SponsorRequest.State.WITHDRAWN).for_list()
    decided = EffectivenessCheck.objects.filter(
        month.instants("decided_at"), action__action_list__sponsor=sponsor, state=CheckState.DECIDED
    ).select_related("action__action_list")
    return Letter(
        proved=list(decided.filter(outcome=Outcome.EFFECTIVE).order_by("decided_at", "pk")),
        came_back=list(came_back(sponsor, month)),
        not_helped=list(decided.filter(outcome=Outcome.INEFFECTIVE).order_by("decided_at", "pk")),
        asked=list(mine.filter(asked_on__range=month.days).order_by("asked_on", "pk")),
        answered=list(mine.answered().filter(answered_on__range=month.days).order_by("answered_on", "pk")),
        waiting=list(mine.unanswered().order_by("needed_by", "pk")),
    )


def came_back(sponsor: User, month: Month) -> QuerySet[ActionItem]:
    """Known from a loss that everybody may read; of a closed circle nobody is told."""
    seen = Recurrence.objects.filter(
        month.instants("decided_at"),
        state=RecurrenceState.ACCEPTED,
        event__review__visibility=Visibility.STANDARD,
    )
    recurred = ActionItem.objects.filter(state=ActionState.RECURRED, action_list__sponsor=sponsor)
    return recurred.filter(findings__in=seen.values("finding")).distinct().select_related("action_list", "team")


def still_wanted(pk: int | None) -> bool | str:
    mail = Mail.objects.filter(pk=pk).select_related("recipient").defer("body").first()
    if mail is None or not sponsors().filter(pk=mail.recipient_id).exists():
        return _("The sponsor wants no letter.")
    return letter_for(mail.recipient, month_in(mail)).says_something or _("There is nothing to tell of.")
