"""What the page of one list shows beside what was promised on it, read in the query that reads the list."""

from datetime import date

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from actions.going import with_lately
from actions.models import ActionItem, ActionList, DateChange, Drop, EffectivenessCheck, Milestone, SponsorRequest
from actions.models.action import LISTED
from actions.models.action_state import OPEN_STATES
from actions.permissions import can_agree_to_drop
from actions.sponsors.silence import SPONSOR_ROW, with_silence
from failforward.accounts.models import User
from failforward.together import Together
from reviews.models import Finding

SHOWN = 50
ANSWERS_SHOWN = 5
HERE = OuterRef("pk")
DATE_FIELDS = ["from_on", "to_on", "reason", "by__name", "commitment__title", "commitment__what"]
DATE_FIELDS += ["milestone__what", "milestone__action"]
DROP_FIELDS = ["reason", "at", "by__name", "asked__name", "action__what"]


def with_page(lists: QuerySet, today: date) -> QuerySet:
    people = User.objects.filter(action_lists=HERE).order_by("name", "pk")
    asked = SponsorRequest.objects.filter(action_list=HERE).exclude(state=SponsorRequest.State.WITHDRAWN)
    dates = DateChange.objects.asked_for().on_list(HERE).order_by("at", "pk")
    drops = Drop.objects.asked_for().filter(action__action_list=HERE).order_by("at", "pk")
    checks = EffectivenessCheck.objects.due(today).filter(action__action_list=HERE).order_by("due_on", "pk")
    over = ActionItem.objects.filter(action_list=HERE).exclude(state__in=OPEN_STATES).order_by().values("action_list")
    return (
        with_lately(lists.for_list(), today)
        .with_meeting_ahead()
        .annotate(
            over_count=Coalesce(Subquery(over.values(n=Count("pk"))), 0),
            members=Together(people, "name"),
            asked_of_sponsor=Together(asked.order_by("-pk")[:SHOWN], *SPONSOR_ROW),
            dates_asked=Together(dates[:SHOWN], *DATE_FIELDS),
            drops_asked=Together(drops[:SHOWN], *DROP_FIELDS),
            checks_due=Together(checks[:SHOWN], "due_on", "action__what", "checker__name"),
        )
    )


def requests_of(shown: ActionList, today: date) -> list[SponsorRequest]:
    """What waits, the first needed first; then the last answers."""
    asked = with_silence(shown.asked_of_sponsor, today)
    waiting = sorted((one for one in asked if one.is_open), key=lambda one: one.needed_by)
    answered = sorted((one for one in asked if one.is_answered), key=lambda one: one.answered_on, reverse=True)
    return waiting + answered[:ANSWERS_SHOWN]


def drops_of(shown: ActionList, user: User) -> list[Drop]:
    """Each says in `may_agree` whether `user` can be the second person."""
    for drop in shown.drops_asked:
        drop.action.action_list = shown
        drop.may_agree = can_agree_to_drop(user, drop)
    return shown.drops_asked


def with_rows(actions: QuerySet) -> QuerySet:
    """What `_row.html` says of each."""
    milestones = Milestone.objects.filter(action=HERE, called_off_because="").order_by("due_on", "pk")
    findings = Finding.objects.filter(actions=HERE).order_by("pk")
    # The rest is for `stalls` and for what it waits for.
    read = [*LISTED, "next_due_on", "committed_at", "created_at", "blocked_by_action__state"]
    return (
        actions.for_rows()
        .only(*read)
        .annotate(
            milestones_read=Together(milestones, "what", "due_on", "reached_on"),
            helps_to_fix=Together(findings, "title"),
        )
    )
