import uuid
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.models.action import ActionItem
from actions.models.action_list import ActionList, lists_of
from actions.models.date_change import DateChange
from actions.models.follow_up import FollowUp
from actions.models.milestone import Milestone
from actions.models.parents import PARENTS, at_most_one, home_of
from actions.models.step import Step
from actions.permissions import can_agree_for, can_agree_to_a_move, can_settle
from failforward import outbox, working_days
from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.guards import Refused
from failforward.history import record
from failforward.tokens import Token
from failforward.versions import hold, keep
from reviews.models import Deal, Review, ReviewPerson
from reviews.models.review import Visibility


class State(models.TextChoices):
    REQUESTED = "requested", _("asked for")
    ACCEPTED = "accepted", _("accepted")
    KEPT = "kept", _("kept")
    PARTLY = "partly", _("partly")
    STUCK = "stuck", _("stuck")
    MOVED = "moved", _("moved")
    DROPPED = "dropped", _("dropped")
    DECLINED = "declined", _("declined")


OPEN_STATES = [State.ACCEPTED, State.PARTLY, State.STUCK, State.MOVED]


class CommitmentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """One's own and what one asked for; shared ones of one's lists, reviews and teams managed. Private ones: their
        person only (and later the partner), not even admins."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(reduce(or_, commitment_scopes(user)))

    def still_open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def waiting_for(self, user: User) -> Self:
        """What `user` has promised or is asked to promise, the next due first."""
        return self.filter(person=user.pk, state__in=[State.REQUESTED, *OPEN_STATES]).order_by("due_on", "pk")

    def for_list(self) -> Self:
        return self.select_related("person", "asked_by", "action_list")

    def for_detail(self) -> Self:
        return self.select_related(
            "person",
            "asked_by",
            "team",
            "action_list__owner",
            "action",
            "step__action",
            "milestone__action",
            "review__deal__account",
            "deal__account",
            "previous",
        )


def commitment_scopes(user: User) -> list[Q]:
    """Whose commitments `user` reads, a condition for each reason. What hangs from a named or sealed review is seen by
    those on it, and by nobody for any other reason but being the person or the asker."""
    reach = reach_of(user)
    shared = Q(private=False)
    open_to_teams = shared & (Q(review=None) | Q(review__visibility=Visibility.STANDARD))
    my_reviews = models.Subquery(ReviewPerson.objects.filter(user=user.pk).values("review"))
    scopes = [Q(person=user.pk), shared & Q(asked_by=user.pk), shared & Q(review__in=my_reviews)]
    if reach.is_admin:
        return [*scopes, open_to_teams]
    lists = models.Subquery(lists_of(user))
    return [*scopes, shared & Q(action_list__in=lists), *(open_to_teams & Q(team=t) for t in sorted(reach.managed))]


class Commitment(models.Model):
    """Who does what, with whom, for what outcome, by when; agreed by that person, at a time and place.

    It hangs from at most one thing. `action_list` and `team` are that thing's, so that lists read in index order.
    `asked_by` gets every answer; without one (a promise to oneself) nobody does.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    what = models.TextField(_("what"))
    title = models.CharField(_("short title for the mail"), max_length=80, blank=True)
    with_whom = models.CharField(_("with whom"), max_length=200, blank=True)
    outcome_wanted = models.CharField(_("for what outcome"), max_length=300, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="commitments")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="commitments_asked_for"
    )
    due_on = models.DateField(_("by"))
    first_due_on = models.DateField(editable=False)
    agreed_on = models.DateField(null=True, blank=True)
    agreed_where = models.CharField(_("agreed where"), max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    private = models.BooleanField(_("only I see it"), default=False)
    kept_on = models.DateField(null=True, blank=True)
    declined_because = models.CharField(max_length=300, blank=True)
    previous = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="following")
    action = models.ForeignKey(ActionItem, models.PROTECT, null=True, blank=True, related_name="commitments")
    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="commitments")
    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, blank=True, related_name="commitments")
    review = models.ForeignKey(Review, models.PROTECT, null=True, blank=True, related_name="commitments")
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, blank=True, related_name="commitments")
    action_list = models.ForeignKey(ActionList, models.PROTECT, null=True, blank=True, related_name="commitments")
    team = models.ForeignKey("accounts.Team", models.PROTECT, null=True, blank=True, related_name="commitments")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="a_commitment_says_what"),
            models.CheckConstraint(condition=at_most_one(PARENTS), name="a_commitment_has_one_parent_at_most"),
            models.CheckConstraint(
                condition=~Q(state__in=OPEN_STATES) | Q(agreed_on__isnull=False), name="accepted_on_a_day"
            ),
            models.CheckConstraint(
                condition=Q(private=False) | Q(asked_by=None, action_list=None), name="a_private_one_has_no_asker"
            ),
            models.CheckConstraint(condition=~Q(state=State.KEPT) | Q(kept_on__isnull=False), name="kept_on_a_day"),
        ]
        indexes = [
            models.Index(fields=["-due_on", "-id"], name="commitments_by_day", condition=Q(private=False)),
            models.Index(fields=["person", "-due_on", "-id"], name="commitments_of_person"),
            models.Index(fields=["asked_by", "-due_on", "-id"], name="commitments_asked_by"),
            models.Index(fields=["action_list", "-due_on", "-id"], name="commitments_of_list"),
            models.Index(fields=["team", "-due_on", "-id"], name="commitments_of_team"),
        ]

    def __str__(self) -> str:
        return self.title or self.what[:80]

    def get_absolute_url(self) -> str:
        return reverse("commitment_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def kept_late(self) -> bool:
        return self.kept_on is not None and self.kept_on > self.first_due_on

    @classmethod
    def make(cls, by: User, person: User, what: str, due_on: date, *, now: datetime | None = None, **fields) -> Self:
        """Accepted from the start: promised by the person, or aloud where `by` may write it down."""
        now = now or timezone.now()
        begun = cls._begin(by, person, what, due_on, now, State.ACCEPTED, **fields)
        if not can_agree_for(by, person, begun.action_list, begun.review):
            raise Refused(
                say("Only %(person)s can promise this. Ask instead: they accept, name another date or say no.")
                % {"person": person},
                "person",
            )
        if by != person and not begun.agreed_where:
            raise Refused(say("Say where %(person)s agreed to this.") % {"person": person}, "agreed_where")
        begun.agreed_on = begun.agreed_on or working_days.local_date(now, person.time_zone)
        with transaction.atomic():
            begun.save(force_insert=True)
            record(begun, "made", by, due_on=due_on, agreed_where=begun.agreed_where)
            FollowUp.plan(begun, begun.due_on, now)
        return begun

    @classmethod
    def request(cls, by: User, person: User, what: str, due_on: date, *, now: datetime | None = None, **fields) -> Self:
        """Asked of somebody, who accepts, names another date or says no. Asked of oneself it is made; asked of the
        same person for the same milestone or step again, it is the one that is there."""
        now = now or timezone.now()
        if by == person:
            return cls.make(by, person, what, due_on, now=now, **fields)
        begun = cls._begin(by, person, what, due_on, now, State.REQUESTED, **fields)
        if begun.private:
            raise Refused(say("What is asked of somebody else cannot be private."), "private")
        with transaction.atomic():
            if there := begun._twin():
                return there
            begun.save(force_insert=True)
            record(begun, "requested", by, due_on=due_on)
            mail = outbox.plan(
                f"request:{begun.pk}", "request", person, now, subject_id=begun.pk, batch_id=begun.batch_id
            )
            if not person.email:
                outbox.withhold(mail, f"{person} has no e-mail address.")
        return begun

    @classmethod
    def _begin(cls, by: User, person: User, what: str, due_on: date, now: datetime, state: str, **fields) -> Self:
        begun = cls(person=person, what=what.strip(), due_on=due_on, first_due_on=due_on, state=state, **fields)
        if not begun.what:
            raise Refused(say("Say what is to be done."), "what")
        if not person.is_active:
            raise Refused(say("%(person)s is not here any more. Choose somebody else.") % {"person": person}, "person")
        check_day(due_on, working_days.local_date(now, person.time_zone), earliest=-366)
        for kind in PARENTS:
            if (parent := getattr(begun, kind)) is not None:
                begun._hang_from(kind, parent)
        if begun.private:
            begun.asked_by = None
        elif begun.asked_by is None:
            begun.asked_by = begun._usual_asker(by)
        return begun

    def _hang_from(self, kind: str, parent: models.Model) -> None:
        home = home_of(kind, parent)
        if self.private and "action_list" in home:
            raise Refused(say("What hangs from an action is seen by its list. Leave it shared."), "private")
        for name, value in home.items():
            setattr(self, name, value)

    def _usual_asker(self, by: User) -> User | None:
        """Who asked; for one's own promise the owner of the list, who carries it into the meeting."""
        if by != self.person:
            return by
        owner = self.action_list.owner if self.action_list else None
        return owner if owner != self.person else None

    def _twin(self) -> Self | None:
        if not (self.milestone_id or self.step_id):
            return None
        live = type(self).objects.filter(state__in=[State.REQUESTED, *OPEN_STATES], person=self.person)
        return live.filter(milestone=self.milestone_id, step=self.step_id).select_for_update().first()

    def accept(self, by: User, *, now: datetime | None = None) -> None:
        self._answer_request(by, self.due_on, now or timezone.now())

    def redate(self, by: User, to_on: date, *, now: datetime | None = None) -> None:
        """Yes, but by another day. That day is the first promised one; the asker is told."""
        self._answer_request(by, to_on, now or timezone.now())

    def _answer_request(self, by: User, to_on: date, now: datetime) -> None:
        with transaction.atomic():
            hold(self)
            if self._was_answered_so(by, [*OPEN_STATES, State.KEPT]):
                return
            today = working_days.local_date(now, self.person.time_zone)
            asked_for = self.due_on
            if to_on != asked_for:
                check_day(to_on, today)
            self.state, self.agreed_on = State.ACCEPTED, today
            self.due_on = self.first_due_on = to_on
            keep(self, "state", "agreed_on", "due_on", "first_due_on")
            if to_on == asked_for:
                record(self, "accepted", by, due_on=to_on)
            else:
                record(self, "redated", by, asked_for=asked_for, due_on=to_on)
                self._tell_asker(now)
            FollowUp.plan(self, to_on, now)

    def decline(self, by: User, reason: str = "", *, now: datetime | None = None) -> None:
        with transaction.atomic():
            hold(self)
            if self._was_answered_so(by, [State.DECLINED]):
                return
            self.state, self.declined_because = State.DECLINED, reason.strip()[:300]
            keep(self, "state", "declined_because")
            record(self, "declined", by, reason=self.declined_because)
            self._tell_asker(now or timezone.now())

    def _was_answered_so(self, by: User, states: list[str]) -> bool:
        if by != self.person:
            raise Refused(say("Only %(person)s can answer this.") % {"person": self.person})
        if self.state in states:
            return True
        if self.state != State.REQUESTED:
            raise Refused(say("This is %(state)s by now.") % {"state": self.get_state_display()})
        return False

    def _tell_asker(self, now: datetime) -> None:
        if self.asked_by_id:
            key = f"request-answer:{self.pk}"
            outbox.plan(key, "request_answer", self.asked_by, now, subject_id=self.pk, batch_id=self.batch_id)

    def drop(self, by: User, reason: str) -> None:
        with transaction.atomic():
            hold(self)
            if self.state == State.DROPPED:
                return
            self._guard_settling(by, [State.REQUESTED, *OPEN_STATES])
            if not reason.strip():
                raise Refused(say("Say in a few words why it is dropped."), "reason")
            self.state = State.DROPPED
            keep(self, "state")
            record(self, "dropped", by, reason=reason.strip())
            self._stop_asking()

    def move(self, by: User, to_on: date, reason: str, *, now: datetime | None = None) -> DateChange:
        """To another day, with a reason. A third move of what hangs from a milestone waits for the list owner: the
        question is asked on the new day, the promised date stays until it is agreed."""
        with transaction.atomic():
            hold(self)
            self._guard_settling(by, OPEN_STATES)
            return self.shift(by, to_on, reason, State.MOVED, now or timezone.now(), self.needs_owner(by))

    def shift(self, by: User, to_on: date, reason: str, state: str, now: datetime, asked_for: bool) -> DateChange:
        """The change of date behind a move and behind the answers that keep it open; the row is held already."""
        check_day(to_on, working_days.local_date(now, self.person.time_zone))
        if not reason.strip():
            raise Refused(say("Say in one line why it moves."), "reason")
        self.date_changes.filter(state=DateChange.State.ASKED_FOR).update(state=DateChange.State.WITHDRAWN)
        change = DateChange.objects.create(
            commitment=self,
            from_on=self.due_on,
            to_on=to_on,
            reason=reason.strip()[:300],
            state=DateChange.State.ASKED_FOR if asked_for else DateChange.State.AGREED,
            by=by,
            batch_id=self.batch_id,
        )
        self.state = state
        self.due_on = self.due_on if asked_for else to_on
        keep(self, "state", "due_on")
        record(self, "asked_to_move" if asked_for else "moved", by, from_on=change.from_on, to_on=to_on)
        FollowUp.plan(self, to_on, now)
        return change

    def agree_to_move(self, by: User, *, now: datetime | None = None) -> None:
        """The list owner agrees to the date that was asked for."""
        with transaction.atomic():
            change = self._held_change(by)
            if change is None:
                return
            change.state, change.decided_by = DateChange.State.AGREED, by
            change.save(update_fields=["state", "decided_by"])
            self.due_on = change.to_on
            keep(self, "due_on")
            record(self, "agreed_to_move", by, to_on=change.to_on)
            FollowUp.plan(self, change.to_on, now or timezone.now())

    def refuse_move(self, by: User, *, now: datetime | None = None) -> None:
        """The date stays; the person is asked again on it, or at once when it is over."""
        with transaction.atomic():
            change = self._held_change(by)
            if change is None:
                return
            change.state, change.decided_by = DateChange.State.REFUSED, by
            change.save(update_fields=["state", "decided_by"])
            record(self, "refused_move", by, to_on=change.to_on)
            FollowUp.plan(self, self.due_on, now or timezone.now())

    def _held_change(self, by: User) -> DateChange | None:
        hold(self)
        if not can_agree_to_a_move(by, self):
            raise Refused(say("The owner of the list agrees to this date."))
        return self.date_changes.filter(state=DateChange.State.ASKED_FOR).first() if self.is_open else None

    def needs_owner(self, by: User) -> bool:
        if not self.milestone_id or can_agree_to_a_move(by, self):
            return False
        return self.times_moved() >= 2

    def times_moved(self) -> int:
        return self.date_changes.filter(state=DateChange.State.AGREED).count()

    def _guard_settling(self, by: User, states: list[str]) -> None:
        if not can_settle(by, self):
            raise Refused(say("Only %(person)s or who asked for it can do this.") % {"person": self.person})
        if self.state not in states:
            raise Refused(say("This is %(state)s, so nothing can be moved.") % {"state": self.get_state_display()})

    # What an answer makes of it; `actions.answers` holds the row already.

    def keep_it(self, by: User, on: date) -> None:
        self._close(State.KEPT, by, "kept", kept_on=on)

    def give_up(self, by: User, reason: str) -> None:
        self._close(State.DROPPED, by, "dropped", reason=reason)

    def get_stuck(self, by: User, again_on: date, now: datetime) -> None:
        """The date stays, help is asked for, and the question comes again so that it is not forgotten."""
        self.state = State.STUCK
        keep(self, "state")
        record(self, "stuck", by)
        FollowUp.plan(self, again_on, now)

    def _close(self, state: str, by: User, verb: str, kept_on: date | None = None, **details) -> None:
        self.state, self.kept_on = state, kept_on
        keep(self, "state", "kept_on")
        record(self, verb, by, kept_on=kept_on, **details)
        self._stop_asking()

    def take_answer_back(self, change: DateChange | None) -> None:
        """As it was before the answer that is being changed."""
        if change is not None:
            if change.state == DateChange.State.AGREED and self.due_on == change.to_on:
                self.due_on = change.from_on
            change.state = DateChange.State.WITHDRAWN
            change.save(update_fields=["state"])
        self.state, self.kept_on = State.ACCEPTED, None
        keep(self, "state", "kept_on", "due_on")

    # The next step an answer names, as long as nobody was asked about it.

    def reword(self, by: User, what: str, with_whom: str, due_on: date, now: datetime) -> None:
        if self._has_its_own_life() or (
            self.is_open and (self.what, self.with_whom, self.due_on) == (what, with_whom, due_on)
        ):
            return
        self.what, self.with_whom, self.state = what, with_whom, State.ACCEPTED
        self.due_on = self.first_due_on = due_on
        keep(self, "what", "with_whom", "state", "due_on", "first_due_on")
        record(self, "reworded", by, due_on=due_on)
        FollowUp.plan(self, due_on, now)

    def take_off(self, by: User) -> None:
        if self.is_open and not self._has_its_own_life():
            self._close(State.DROPPED, by, "taken_back")

    def _has_its_own_life(self) -> bool:
        return self.follow_ups.answered().exists() or self.date_changes.exists()

    @property
    def parent(self) -> dict[str, models.Model]:
        """What it hangs from, by kind; empty or one."""
        return {kind: getattr(self, kind) for kind in PARENTS if getattr(self, f"{kind}_id")}

    def _stop_asking(self) -> None:
        for waiting in self.follow_ups.waiting():
            waiting.cancel()


def check_day(day: date, today: date, earliest: int = 0, field: str = "due_on") -> None:
    """A day one can promise something for. `earliest` counts from today."""
    if (day - today).days < earliest:
        raise Refused(say("That is too long ago.") if earliest else say("Choose a day from today on."), field)
    if (day - today).days > 5 * 366:
        raise Refused(say("Choose a day within the next five years."), field)


class RequestToken(Token):
    """Lets the person accept, redate or decline what was asked of them, without logging in."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="request_tokens")
