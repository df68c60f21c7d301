from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from failforward import outbox, working_days
from failforward.accounts import times
from failforward.accounts.models import User
from failforward.outbox.models import Mail
from failforward.outbox.models import State as MailState
from failforward.tokens import Token

if TYPE_CHECKING:
    from actions.models.commitment import Commitment


class State(models.TextChoices):
    PLANNED = "planned", _("planned")
    ANSWERED = "answered", _("answered")
    CANCELLED = "cancelled", _("cancelled")
    SNOOZED = "snoozed", _("put off")


# The kind of mail that asks several questions at once.
DIGEST = "digest"
# The mail can still be called back, so the question was not put yet.
NOT_YET_ASKED = [MailState.PLANNED, MailState.READY, MailState.RETRY, MailState.CLAIMED, MailState.WITHHELD]


class FollowUpQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        return self.filter(state=State.PLANNED)

    def answered(self) -> Self:
        return self.filter(state=State.ANSWERED)

    def snoozed(self) -> Self:
        return self.filter(state=State.SNOOZED)

    def due(self, now: datetime) -> Self:
        return self.waiting().filter(due_at__lte=now)

    def just_asked(self, now: datetime) -> Self:
        """The question went out and no clock of silence runs yet.

        Each mail is looked up by its key: of a join, PostgreSQL may begin with a million mails that wait.
        """
        became = Mail.objects.filter(pk=OuterRef("mail")).values("state")
        unclocked = self.due(now).filter(next_step_at=None, silence_over=False)
        return unclocked.alias(mail_became=Subquery(became)).filter(mail_became=MailState.SENT)

    def silent(self, now: datetime) -> Self:
        """Unanswered for so long that the next step is due."""
        return self.waiting().filter(next_step_at__lte=now)

    def not_yet_asked(self) -> Self:
        return self.filter(mail__state__in=NOT_YET_ASKED)

    def for_page(self) -> Self:
        return self.select_related(
            "mail",
            "commitment__person",
            "commitment__asked_by",
            "commitment__action_list__sponsor",
            "commitment__milestone",
        )


class FollowUp(models.Model):
    """The question "How did it go?" for one occurrence of a commitment: asked once, whatever crashes.

    `due_on`, `hour` and `zone` are what was meant; `due_at` is derived from them and the person's working days.
    """

    commitment = models.ForeignKey("actions.Commitment", models.PROTECT, related_name="follow_ups")
    occurrence = models.PositiveSmallIntegerField(default=1)
    due_on = models.DateField()
    hour = models.PositiveSmallIntegerField()
    zone = models.CharField(max_length=64)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    # Its own, or the digest it is asked in together with others of that day.
    mail = models.ForeignKey(Mail, models.PROTECT, null=True, blank=True, related_name="follow_ups")
    snoozed_because = models.CharField(max_length=300, blank=True)
    # When the next step about silence is due: none while the question was not put, or when all were taken.
    next_step_at = models.DateTimeField(null=True, blank=True)
    silence_over = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["commitment", "occurrence"], name="asked_once_an_occurrence")]
        indexes = [
            models.Index(fields=["due_at"], name="follow_ups_due", condition=models.Q(state="planned")),
            models.Index(fields=["state", "due_on"], name="follow_ups_meant"),
            models.Index(
                fields=["due_at"],
                name="follow_ups_without_a_clock",
                condition=models.Q(state="planned", next_step_at=None, silence_over=False),
            ),
            models.Index(
                fields=["next_step_at"],
                name="follow_ups_silent",
                condition=models.Q(state="planned", next_step_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id}.{self.occurrence}"

    @classmethod
    def plan(cls, commitment: "Commitment", on: date, now: datetime) -> "FollowUp":
        """The next question, on `on`. A question nobody was asked yet moves; one that went out is followed by another,
        so that nobody is asked the same thing twice. Runs in the transaction of what causes it."""
        last = commitment.follow_ups.select_related("mail").order_by("-occurrence").first()
        if last and last.state != State.ANSWERED:
            if not last.was_asked and last.move(on, now):
                return last
            if last.state == State.PLANNED and last.due_on == on:
                return last
            last.cancel()
        return cls._create(commitment, last.occurrence + 1 if last else 1, on, now)

    @classmethod
    def _create(cls, commitment: "Commitment", occurrence: int, on: date, now: datetime) -> "FollowUp":
        person = commitment.person
        planned = cls.objects.create(
            commitment=commitment,
            occurrence=occurrence,
            due_on=on,
            hour=person.ask_hour,
            zone=person.time_zone,
            due_at=due_at(person, on, now),
            batch_id=commitment.batch_id,
        )
        planned.mail = outbox.plan(
            f"followup:{planned.pk}",
            "follow_up",
            person,
            planned.due_at,
            subject_id=planned.pk,
            batch_id=planned.batch_id,
        )
        planned.save(update_fields=["mail"])
        planned._withhold_without_address()
        return planned

    @property
    def was_asked(self) -> bool:
        """The mail went out or is going out."""
        return self.mail is not None and self.mail.state not in NOT_YET_ASKED

    def move(self, on: date, now: datetime) -> bool:
        """To another day, or to the person's new hour or zone. False when the mail is on its way already."""
        person = self.commitment.person
        when = due_at(person, on, now)
        if self.mail is not None and not self._call_back(when):
            return False
        self.due_on, self.hour, self.zone, self.due_at = on, person.ask_hour, person.time_zone, when
        self.state = State.PLANNED
        self.save(update_fields=["due_on", "hour", "zone", "due_at", "state"])
        self._withhold_without_address()
        return True

    def cancel(self) -> None:
        """Not asked; or no longer expected to be answered."""
        self._end(State.CANCELLED, say("It is settled already."))

    def mark_answered(self) -> None:
        self._end(State.ANSWERED, say("It was answered before it was asked."))

    def snooze(self, on: date, because: str, now: datetime) -> "FollowUp":
        """Put off: the question is asked on `on` as the next occurrence."""
        self.snoozed_because = because
        self.save(update_fields=["snoozed_because"])
        self._end(State.SNOOZED, say("It was put off."))
        return self._create(self.commitment, self.occurrence + 1, on, now)

    def _end(self, state: str, why: str) -> None:
        self.state = state
        self.save(update_fields=["state"])
        # Only now is the row held: until then a digest may have taken it in.
        self.refresh_from_db(fields=["mail"])
        if self.mail is not None and self.mail.kind == DIGEST:
            outbox.replan(self.mail, self.mail.due_at)
        elif self.mail is not None:
            outbox.withhold(self.mail, why)
        for step in self.silence_steps.exclude(mail=None).select_related("mail"):
            outbox.replan(step.mail, step.mail.due_at)

    def _call_back(self, when: datetime) -> bool:
        """Its mail waits for another instant; out of a digest it gets one of its own again."""
        if self.mail.kind != DIGEST:
            return outbox.replan(self.mail, when)
        if not outbox.replan(self.mail, self.mail.due_at):
            return False
        self.mail = Mail.objects.get(key=f"followup:{self.pk}")
        self.save(update_fields=["mail"])
        return outbox.replan(self.mail, when)

    def _withhold_without_address(self) -> None:
        if self.mail is not None and not self.commitment.person.email:
            outbox.withhold(self.mail, no_address(self.commitment.person))


def no_address(person: User) -> str:
    return say("%(name)s has no e-mail address.") % {"name": person}


def due_at(person: User, on: date, now: datetime) -> datetime:
    """The person's first working day on or after `on`, at their hour. Where that is over: at once on a day they work,
    else on the next one."""
    when = times.due(person, on)
    if when > now:
        return when
    today = working_days.local_date(now, person.time_zone)
    return now if times.calendar_of(person).works_on(today) else times.due(person, today)


class AnswerToken(Token):
    """Lets the person answer this one follow-up without logging in."""

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="tokens")
