from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.models.commitment import Commitment
from actions.models.silence import SilenceStep, Step
from actions.told import tell
from failforward import outbox
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history import record
from failforward.outbox.models import Mail
from failforward.tokens import Token
from failforward.versions import hold
from reviews.models.review import Visibility

LONGEST_NOTE = 2000


class State(models.TextChoices):
    ASKED = "asked", _("asked, no answer yet")
    AGREED = "agreed", _("keeps an eye on it")
    DECLINED = "declined", _("said no")
    ENDED = "ended", _("ended")


CURRENT = [State.ASKED, State.AGREED]


class PartnerQuerySet(models.QuerySet):
    def current(self) -> Self:
        return self.filter(state__in=CURRENT)

    def helping(self) -> Self:
        """Said yes; not where the commitment was drawn into a closed circle since."""
        open_to_others = Q(commitment__review=None) | Q(commitment__review__visibility=Visibility.STANDARD)
        return self.filter(open_to_others, state=State.AGREED)


class Partner(models.Model):
    """Whoever keeps an eye on one commitment together with its person, who chose them: somebody here or outside.

    They read that commitment, and nothing else, by a link of their own; being a partner opens nothing to who is logged
    in. Before they say yes they get one mail, after the end none.
    """

    State = State

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="partners")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="partner_of")
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment"], condition=Q(state__in=CURRENT), name="one_partner_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ENDED) | Q(ended_at__isnull=False), name="a_partner_s_end_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id}: {self.person_id}"

    @property
    def is_helping(self) -> bool:
        """What `helping` asks the database."""
        review = self.commitment.review
        return self.state == State.AGREED and (review is None or review.visibility == Visibility.STANDARD)

    @classmethod
    def ask(cls, commitment: Commitment, by: User, person: User, now: datetime) -> Self:
        """One mail asks; the same person asked again while it is open is the one that is there."""
        with transaction.atomic():
            hold(commitment)
            there = commitment.partners.current().select_related("person").first()
            if there is not None and there.person == person:
                return there
            check_asking(commitment, by, person, there)
            batch = commitment.batch_id
            asked = cls.objects.create(commitment=commitment, person=person, asked_at=now, batch_id=batch)
            record(commitment, "partner_asked", by, partner=person)
            outbox.plan(asked.request_key, "partner_request", person, now, subject_id=asked.pk, batch_id=batch)
        return asked

    def agree(self, now: datetime) -> None:
        self._answer(State.AGREED, now)

    def decline(self, now: datetime) -> None:
        self._answer(State.DECLINED, now)

    def _answer(self, state: str, now: datetime) -> None:
        with transaction.atomic():
            self._hold()
            if self.state == state:
                return
            if self.state != State.ASKED:
                raise Refused(say("This was answered already."))
            self.state, self.answered_at = state, now
            self.save(update_fields=["state", "answered_at"])
            if state == State.DECLINED:
                self._shut(now)
            self._tell(f"partner_{state}", now)

    def end(self, by: User, now: datetime) -> None:
        """At once, by either of the two: the link opens nothing any more, and what waits to be sent is not sent."""
        with transaction.atomic():
            self._hold()
            if by.pk not in (self.person_id, self.commitment.person_id):
                raise Refused(say("Only the two of them can end this."))
            if self.state not in CURRENT:
                return
            self.state, self.ended_at, self.ended_by = State.ENDED, now, by
            self.save(update_fields=["state", "ended_at", "ended_by"])
            self._shut(now)
            told = record(self.commitment, "partner_ended", by, partner=self.person)
            if by.pk == self.person_id:
                tell(told, self.commitment.person, now=now)

    def leave_note(self, text: str, now: datetime) -> "PartnerNote":
        """Beside the answers, never one of them. The same words sent twice are one note."""
        text = text.strip()[:LONGEST_NOTE]
        with transaction.atomic():
            self._hold()
            if self.state != State.AGREED:
                raise Refused(say("This link no longer takes notes."))
            if not text:
                raise Refused(say("Write a line first."), "text")
            last = self.notes.last()
            if last is not None and last.text == text:
                return last
            note = self.notes.create(text=text, at=now, batch_id=self.batch_id)
            self._tell("partner_noted", now)
        return note

    @property
    def is_current(self) -> bool:
        return self.state in CURRENT and not self.commitment.in_closed_circle

    @property
    def request_key(self) -> str:
        return f"partner:{self.pk}"

    def _hold(self) -> None:
        hold(self.commitment)
        self.refresh_from_db(fields=["state"])

    def _tell(self, verb: str, now: datetime) -> None:
        tell(record(self.commitment, verb, self.person), self.commitment.person, now=now)

    def _shut(self, now: datetime) -> None:
        self.tokens.filter(revoked_at=None).update(revoked_at=now)
        for mail in Mail.objects.filter(key=self.request_key):
            outbox.withhold(mail, say("It was ended."))
        told = SilenceStep.objects.filter(step=Step.PARTNER, to=self.person_id, follow_up__commitment=self.commitment)
        for step in told.exclude(mail=None).select_related("mail"):
            outbox.replan(step.mail, step.mail.due_at)


def check_asking(commitment: Commitment, by: User, person: User, there: Partner | None) -> None:
    if by != commitment.person:
        raise Refused(say("Only %(person)s chooses a partner for this.") % {"person": commitment.person})
    if not commitment.is_open:
        raise Refused(say("A partner helps with what is still to be done. This is settled, or not agreed yet."))
    if commitment.in_closed_circle:
        raise Refused(say("This was agreed in a circle that nobody else joins. Make a promise of your own instead."))
    if there is not None:
        raise Refused(say("%(name)s is your partner for this. End that first.") % {"name": there.person}, "person")
    if person == by:
        raise Refused(say("Choose somebody else than yourself."), "person")
    if not (person.is_active and person.email):
        raise Refused(say("%(name)s cannot be reached by mail.") % {"name": person}, "person")
    said_no = Q(state=State.DECLINED) | Q(state=State.ENDED, ended_by=person.pk)
    if commitment.partners.filter(said_no, person=person).exists():
        raise Refused(say("%(name)s said no to this, and is not asked twice.") % {"name": person}, "person")


class PartnerNote(models.Model):
    """What the partner wrote. The person reads it, and whoever else reads the commitment."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="notes")
    text = models.TextField(_("note"), max_length=LONGEST_NOTE)
    at = models.DateTimeField()
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_partner_s_note_says_something")]

    def __str__(self) -> str:
        return f"{self.partner_id}: {self.at:%Y-%m-%d}"


class PartnerToken(Token):
    """Lets a partner answer, read that one commitment, leave notes and end it."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="tokens")
