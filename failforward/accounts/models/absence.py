from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from failforward.accounts import times
from failforward.accounts.models.no_overlap import NoOverlap
from failforward.accounts.models.team import Membership
from failforward.accounts.models.user import User
from failforward.accounts.reach import manages_person, reach_of
from failforward.guards import Refused
from failforward.history import record
from failforward.versions import hold

DAY = timedelta(1)
LONGEST = 2 * 366
KEPT = ["from_on", "until_on", "stand_in", "state"]
OVERLAP = _("There is an absence on some of these days already. Change that one instead.")


class State(models.TextChoices):
    OFFERED = "offered", _("offered")
    STANDING = "standing", _("standing")
    CALLED_OFF = "called_off", _("called off")


class AbsenceQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """One's own, and those of the people one manages."""
        reach = reach_of(user)
        if reach.is_admin:
            return self
        managed = Membership.objects.filter(team__in=reach.managed).values("user")
        return self.filter(Q(person=user.pk) | Q(person__in=managed))

    def standing(self) -> Self:
        return self.filter(state=State.STANDING)

    def offered(self) -> Self:
        return self.filter(state=State.OFFERED)

    def not_called_off(self) -> Self:
        return self.exclude(state=State.CALLED_OFF)

    def not_over(self, today: date) -> Self:
        return self.filter(until_on__gte=today)

    def on(self, day: date) -> Self:
        return self.standing().filter(from_on__lte=day, until_on__gte=day)

    def ahead(self, today: date) -> Self:
        """Now, or within the week."""
        return self.standing().filter(from_on__lte=today + 7 * DAY, until_on__gte=today)

    def for_list(self) -> Self:
        return self.select_related("person", "stand_in").order_by("from_on", "person__name", "pk")


class Absence(models.Model):
    """Whole days on which a person is not asked. What was to come then comes on their first working day after.

    The stand-in is named to whoever waits for an answer; they are asked about nothing they did not promise themselves.
    An `offered` one was read from an out-of-office mail and holds nothing until the person says that it is right.
    """

    State = State

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="absences")
    from_on = models.DateField(_("first day"))
    until_on = models.DateField(_("last day"))
    stand_in = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="standing_in",
        verbose_name=_("stand-in"),
    )
    state = models.CharField(max_length=10, choices=State, default=State.STANDING)
    created_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")),
                name="an_absence_begins_before_it_ends",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                condition=Q(stand_in=None) | ~Q(stand_in=F("person")),
                name="nobody_stands_in_for_themselves",
                violation_error_message=_("Choose somebody else to stand in."),
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(state=State.OFFERED), name="one_absence_offered_at_a_time"
            ),
            NoOverlap(
                name="absences_do_not_overlap",
                owner="person",
                since="from_on",
                until="until_on",
                only=State.STANDING.value,
                violation_error_message=OVERLAP,
            ),
        ]
        indexes = [models.Index(fields=["until_on"], name="absences_not_over", condition=Q(state=State.STANDING))]

    def __str__(self) -> str:
        return f"{self.person} {self.from_on} – {self.until_on}"

    @property
    def stands(self) -> bool:
        return self.state == State.STANDING

    @classmethod
    def plan(
        cls, by: User, person: User, from_on: date, until_on: date, stand_in: User | None = None, *, today: date
    ) -> Self:
        made = cls(person=person, from_on=from_on, until_on=until_on, stand_in=stand_in, batch_id=person.batch_id)
        with transaction.atomic():
            made._guard(by)
            made._check_days(today)
            made._keep()
            record(made, "planned", by, from_on=from_on, until_on=until_on)
            times.changed(person)
        return made

    def change(self, by: User, from_on: date, until_on: date, stand_in: User | None = None, *, today: date) -> None:
        with transaction.atomic():
            hold(self)
            self._guard(by, State.STANDING)
            before = self.from_on, self.until_on, self.stand_in_id
            self.from_on, self.until_on, self.stand_in = from_on, until_on, stand_in
            if before == (self.from_on, self.until_on, self.stand_in_id):
                return
            self._check_days(today)
            self._keep()
            record(self, "changed", by, from_on=from_on, until_on=until_on)
            times.changed(self.person)

    def end(self, by: User, *, today: date) -> None:
        """Back from `today` on, or not away at all. What it put off comes back to its day."""
        with transaction.atomic():
            hold(self)
            if not self.stands or self.until_on < today:
                return
            self._guard(by)
            if self.from_on < today:
                self.until_on = today - DAY
            else:
                self.state = State.CALLED_OFF
            self._keep()
            record(self, "ended", by, until_on=self.until_on)
            times.changed(self.person)

    # --- Read from an out-of-office mail ------------------------------------------------------------

    @classmethod
    def offer(cls, person: User, until_on: date, *, today: date, from_on: date | None = None) -> Self | None:
        """Asks the person whether they are away until then. None where there is nothing to ask: the days are past or
        too far, an absence stands on them already, or they said no to just this. Twice is once."""
        from_on = from_on or today
        if until_on < max(from_on, today) or (until_on - from_on).days > LONGEST:
            return None
        with transaction.atomic():
            hold(person)
            theirs = cls.objects.filter(person=person, until_on__gte=today)
            if theirs.standing().filter(from_on__lte=until_on, until_on__gte=from_on).exists():
                return None
            if theirs.filter(state=State.CALLED_OFF, until_on=until_on).exists():
                return None
            fields = {"from_on": from_on, "until_on": until_on, "batch_id": person.batch_id}
            offered, _new = cls.objects.update_or_create(person=person, state=State.OFFERED, defaults=fields)
        return offered

    def accept(self, by: User, *, today: date) -> None:
        with transaction.atomic():
            hold(self)
            if self.stands:
                return
            self._guard(by, State.OFFERED)
            self.state = State.STANDING
            self._check_days(today)
            self._keep()
            record(self, "accepted", by, from_on=self.from_on, until_on=self.until_on)
            times.changed(self.person)

    def decline(self, by: User) -> None:
        with transaction.atomic():
            hold(self)
            if self.state == State.OFFERED:
                self._guard(by)
                self.state = State.CALLED_OFF
                self._keep()
                record(self, "declined", by)

    # --- What the verbs stand on --------------------------------------------------------------------

    def _guard(self, by: User, state: str | None = None) -> None:
        if not may_plan_for(by, self.person):
            raise Refused(say("Only %(person)s and who leads their team can do this.") % {"person": self.person})
        if state is not None and self.state != state:
            raise Refused(say("This absence was called off."))

    def _check_days(self, today: date) -> None:
        if self.until_on < self.from_on:
            raise Refused(say("The last day is before the first."), "until_on")
        if self.until_on < today:
            raise Refused(say("These days are over. Choose a last day from today on."), "until_on")
        if (self.until_on - self.from_on).days > LONGEST or (self.from_on - today).days > LONGEST:
            raise Refused(say("Choose days within the next two years."), "until_on")
        if self.stand_in_id == self.person_id:
            raise Refused(say("Choose somebody else to stand in."), "stand_in")

    def _keep(self) -> None:
        try:
            self.validate_constraints()
            with transaction.atomic():
                self.save(update_fields=None if self._state.adding else KEPT)
        except ValidationError as error:
            raise Refused(" ".join(error.messages), "from_on") from error
        except IntegrityError as error:
            raise Refused(str(OVERLAP), "from_on") from error


def may_plan_for(user: User, person: User) -> bool:
    return user.pk == person.pk or manages_person(user, person)
