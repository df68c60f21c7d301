"""Reading events: readers who do not see each other's answers, agreement or adjudication, the queue."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.guards import Refused
from failforward.history.models import record
from failforward.prepared import counting, prepared
from failforward.scopes import Among
from reviews import permissions
from reviews.agreement import Reading, agreed
from reviews.categories import BY_CODE
from reviews.models import (
    Adjudication,
    Coding,
    Definition,
    FailureEvent,
    HalfReading,
    Hat,
    ReturningOneOffs,
    Review,
    Verdict,
    Visibility,
)
from reviews.models.review import OPEN_STATES, on_it, reviews_to_tell
from reviews.readers import eligible, readers_needed

# How many may be asked to read each event of a review.
READERS = range(1, 10)
# As many as one looks forward to; to count more, very many are walked for whoever leads some of them.
MOST_COUNTED = 100

# Called with each event that is settled: what hangs on findings may want to know.
after_settling: list[Callable[[FailureEvent], object]] = []


@transaction.atomic
def submit(
    event: FailureEvent,
    by: User,
    category: str,
    verdict: str,
    *,
    more: Iterable[str] = (),
    reason: str = "",
    hat: str = Hat.LUMPER,
    now: datetime,
) -> Coding:
    """`by` reads the event. Settles it when as many have read as are asked for and they agree."""
    event.lock()
    _check_reading(category, verdict, more)
    may_submit(event, by)
    coding, _new = Coding.objects.update_or_create(
        event=event,
        coder=by,
        defaults={
            "category": category,
            "verdict": verdict,
            "more_categories": [code for code in BY_CODE if code in set(more) - {category}],
            "reason": reason.strip(),
            "definition_version": Definition.version_of(category),
            "hat": hat if hat in Hat.values else Hat.LUMPER,
            "submitted_at": now,
            "batch_id": event.batch_id,
        },
    )
    HalfReading.objects.filter(event=event, reader=by).delete()
    # What was answered stays with the reading: the event's history is seen before all are sent.
    record(event, "read", by)
    _weigh(event, by, now)
    return coding


@transaction.atomic
def adjudicate(
    event: FailureEvent, by: User, category: str, verdict: str, reason: str, dissent: str = "", *, now: datetime
) -> Adjudication:
    """Settles differing readings. The readings stay as they are, and who sees it otherwise is written down."""
    event.lock()
    _check_reading(category, verdict, ())
    if verdict == Verdict.UNSURE:
        raise Refused(_("A decision is systemic or one-off. Leave it open while nobody can say."), "verdict")
    if not reason.strip():
        raise Refused(_("Say in a sentence why it is decided this way."), "reason")
    if not permissions.can_adjudicate(by, event.review):
        raise Refused(_("Differing readings are settled by the facilitator or a manager while the review is open."))
    event.must_be_counted()
    if event.is_settled:
        raise Refused(_("This event is settled already. Ask for a new reading first."))
    if event.disputed_at is None:
        raise Refused(_("There is nothing to decide yet: not everybody who reads this event has sent their answer."))
    decision, _new = Adjudication.objects.update_or_create(
        event=event,
        defaults={
            "category": category,
            "verdict": verdict,
            "reason": reason.strip(),
            "dissent": dissent.strip(),
            "by": by,
            "at": now,
            "batch_id": event.batch_id,
        },
    )
    record(event, "adjudicate", by, category=category, verdict=verdict, reason=reason.strip())
    settle(event, Reading(category, verdict), by, now)
    return decision


def settle(event: FailureEvent, reading: Reading, by: User | None, now: datetime) -> None:
    """Writes the settled reading on the event. Everything else that settles goes through here."""
    event.category, event.verdict, event.settled_at, event.disputed_at = *reading, now, None
    event.save(update_fields=["category", "verdict", "settled_at", "disputed_at"])
    record(event, "settle", by, category=reading.category, verdict=reading.verdict, readings=event.readings)
    event.leave_finding_unless_fit(by)
    event.review.refresh_state()
    event.review.count_anew()
    # Last: who sorts anew and who weighs a whole review hold the team already, so everybody takes it before.
    ReturningOneOffs.note(event, now)
    for follow in after_settling:
        follow(event)


@transaction.atomic
def ask_again(event: FailureEvent, by: User, reason: str, *, now: datetime) -> None:
    """Opens a settled event for another reading. Earlier readings stay; where as many as are asked for have read it, or
    nobody is left who has not, it goes to a decision."""
    event.lock()
    if not permissions.can_adjudicate(by, event.review):
        raise Refused(_("A new reading is asked for by the facilitator or a manager while the review is open."))
    event.must_be_counted()
    if not event.is_settled:
        return
    if not reason.strip():
        raise Refused(_("Say in a sentence why it should be read again."), "reason")
    if event.finding_id:
        raise Refused(_("This event belongs to a finding. Take it out of the finding first."))
    record(event, "ask again", by, reason=reason.strip(), category=event.category, verdict=event.verdict)
    event.category = event.verdict = ""
    event.asked_again = _can_be_read_by_another(event)
    event.settled_at, event.disputed_at = None, None if event.asked_again else now
    event.save(update_fields=["category", "verdict", "settled_at", "disputed_at", "asked_again"])
    event.review.refresh_state()
    event.review.count_anew()


@transaction.atomic
def ask_readers(review: Review, by: User, number: int | None, *, now: datetime) -> bool:
    """How many read each event; None leaves it to the team. What is settled or waits for a decision stays as it is."""
    review.lock()
    if not permissions.can_ask_readers(by, review):
        raise Refused(_("How many read an event is said by the facilitator or a manager while the review is open."))
    if number is not None and number not in READERS:
        raise Refused(_("Choose from one to nine readers."), "readers_per_event")
    if review.readers_per_event == number:
        return False
    before, review.readers_per_event = review.readers_per_event, number
    review.save(update_fields=["readers_per_event"])
    record(review, "readers_asked", by, before=before or "–", after=number or "–")
    weigh_again(review, now)
    return True


@transaction.atomic
def weigh_again(review: Review, now: datetime) -> None:
    """Fewer are asked for, or somebody left: what was read by as many as are asked now waits for nobody else."""
    review.lock()
    if not review.is_open:
        return
    for event in begun().filter(review=review):
        event.review = review
        _weigh(event, None, now)


def begun() -> QuerySet[FailureEvent]:
    """Events that somebody has read and that wait for others."""
    return FailureEvent.objects.filter(settled_at=None, disputed_at=None, asked_again=False, readings__gt=0)


def waiting_for(user: User) -> QuerySet[FailureEvent]:
    """Events of all reviews that `user` may code and that still need a reading of theirs, oldest day first.

    Within a day at random (by uuid): the order tells nothing about who wrote an anonymous event."""
    mine = Coding.objects.filter(event=OuterRef("pk"), coder=user.pk)
    return (
        FailureEvent.objects.filter(_to_code(user), settled_at=None, disputed_at=None)
        .filter(~Exists(mine))
        .order_by("created_on", "uuid")
    )


def first_of(waiting: QuerySet[FailureEvent], user: User, most: int) -> QuerySet[FailureEvent]:
    """To be counted. In their order they are met in the index of what waits; where the reviews are read first, they
    would be sorted for it."""
    return (waiting if reach_of(user).leads_much else waiting.order_by()).values("pk")[:most]


@counting
def still_waiting(user: User, *apart: int) -> QuerySet[FailureEvent]:
    """How many more than those `apart`, as far as they are counted."""
    return first_of(waiting_for(user).exclude(pk__in=apart), user, MOST_COUNTED)


@prepared
def first_disputes(user: User, *, most: int) -> QuerySet[FailureEvent]:
    return disputes_for(user)[:most]


def disputes_for(user: User) -> QuerySet[FailureEvent]:
    """Events whose readings differ and which `user` may settle, oldest first."""
    # These are few, and the reviews of a manager can be very many: asked of each event, they are not all read.
    led = Exists(_reviews_to_lead(user).filter(pk=OuterRef("review")))
    return (
        FailureEvent.objects.filter(led, disputed_at__isnull=False)
        .select_related("review", "review__deal", "review__deal__account")
        .order_by("disputed_at", "pk")
    )


def codings_for(event: FailureEvent, user: User) -> list[Coding]:
    """The readings `user` may see: all once everybody has sent theirs, until then their own."""
    rows = event.codings.select_related("coder").order_by("submitted_at", "pk")
    return list(rows if event.is_settled or event.disputed_at else rows.filter(coder=user.pk))


def _weigh(event: FailureEvent, by: User | None, now: datetime) -> None:
    readings = [Reading(*pair) for pair in event.codings.values_list("category", "verdict")]
    event.readings, event.asked_again = len(readings), False
    event.save(update_fields=["readings", "asked_again"])
    if len(readings) < readers_needed(event.review):
        return
    if reading := agreed(readings):
        settle(event, reading, by if len(readings) == 1 else None, now)
    elif event.disputed_at is None:
        event.disputed_at = now
        event.save(update_fields=["disputed_at"])
        record(event, "differ", None, readings=event.readings)


def _can_be_read_by_another(event: FailureEvent) -> bool:
    """Without having seen what was settled nobody can read it, but those who have not read it are still alone."""
    if event.readings >= max(2, event.review.readers_needed()):
        return False
    return eligible(event.review).exclude(codings__event=event).exists()


def may_submit(event: FailureEvent, by: User) -> None:
    if not event.review.is_open:
        raise Refused(_("This review is not open. Events are sorted while it is."))
    if not permissions.can_code(by, event.review):
        raise Refused(_("Events are read by the people on the review and its managers. Ask to be added to it."))
    event.must_be_counted()
    if event.is_settled:
        raise Refused(_("This event is settled. To read it again, ask its facilitator or a manager for a new reading."))
    if event.disputed_at and event.codings.exclude(coder=by).exists():
        raise Refused(_("Everybody’s answers are open now. The facilitator or a manager decides."))


def _check_reading(category: str, verdict: str, more: Iterable[str]) -> None:
    if category not in BY_CODE:
        raise Refused(_("Choose one of the eleven categories."), "category")
    if any(code not in BY_CODE for code in more):
        raise Refused(_("Choose further categories from the eleven."), "more")
    if verdict not in Verdict.values:
        raise Refused(_("Say whether it could happen again, or choose unsure."), "verdict")


def _to_code(user: User) -> Q:
    """Who leads much finds the next among the first that wait, so that the review of each is looked at. Who leads
    little would wait for all to be walked: there the reviews are read first."""
    reviews = _open(Q(on_it(user)) | _led(user)).exclude(pk__in=reviews_to_tell(user)).values("pk")
    reach = reach_of(user)
    if reach.leads_much:
        return Q(Exists(reviews.filter(pk=OuterRef("review"))))
    return Q(review__in=reviews) if reach.is_manager else Q(Among("review", reviews))


def _reviews_to_lead(user: User) -> QuerySet:
    on = Q(on_it(user))
    reach = reach_of(user)
    manager = on if reach.is_admin else on & Q(team__in=reach.managed)
    led = _open(_led(user) | manager | on & Q(facilitator=user.pk))
    return led.exclude(pk__in=reviews_to_tell(user)).values("pk")


def _led(user: User) -> Q:
    reach = reach_of(user)
    standard = Q(visibility=Visibility.STANDARD)
    if reach.is_admin:
        return standard
    return standard & (Q(team__in=reach.managed) | Q(owner=user.pk, facilitator=user.pk))


def _open(condition: Q) -> QuerySet:
    return Review.objects.filter(condition, state__in=OPEN_STATES)
