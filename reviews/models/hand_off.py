from collections.abc import Mapping
from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from failforward import outbox, versions
from failforward.accounts.models import User
from failforward.guards import Conflict, Refused
from failforward.history.models import record
from reviews.models.deal import Deal, Outcome
from reviews.models.review import Review
from reviews.models.review_closing import CLOSE_WITHIN
from reviews.models.review_state import State

OWN_PART = "own_part"


class Question(models.TextChoices):
    """The checklist, in the order in which it is gone through."""

    HANDED_OVER = "handed_over", _("How was it handed over?")
    SET_UP = "set_up", _("How was production set up for success?")
    PREPARED = "prepared", _("Was the customer prepared?")
    INFORMED = "informed", _("How do we stay informed without meddling?")
    ONBOARDED = "onboarded", _("Was the customer onboarded together with production?")
    EXPECTATIONS = "expectations", _("What expectations were set before kick-off?")


class HandOff(models.Model):
    """A won deal on its way from sales to production: who leads on either side, and when production took it on."""

    review = models.OneToOneField(Review, models.PROTECT, related_name="hand_off")
    sales_lead = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    production_lead = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="hand_offs")
    kick_off_on = models.DateField(_("kick-off"), null=True, blank=True)
    delivery_on = models.DateField(_("delivery"), null=True, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(sales_lead=models.F("production_lead")), name="a_hand_off_is_between_two_people"
            ),
            models.CheckConstraint(
                condition=Q(accepted_on=None) | Q(kick_off_on__isnull=False, delivery_on__isnull=False),
                name="an_accepted_hand_off_has_its_days",
            ),
        ]

    def __str__(self) -> str:
        return str(self.review)

    @classmethod
    @transaction.atomic
    def open(cls, deal: Deal, by: User, sales_lead: User, production_lead: User, today: date) -> Self:
        """A deal is handed over once: where that was begun it is taken up as it stands."""
        if deal.outcome != Outcome.WON:
            raise Refused(_("A deal is handed over once it is won."))
        if sales_lead == production_lead:
            raise Refused(_("It goes from one person to another: choose two."), "production_lead")
        copies = {
            # Its own part first, then the loose ends and the lesson: a hand-off is gone through whole.
            "depth": Review.Depth.FULL,
            "state": State.GATHERING,
            "team": deal.team,
            "owner": deal.owner,
            "lost_on": deal.closed_on or today,
            "value_minor": deal.value_minor,
            "opened_by": by,
            "opened_on": today,
            "target_close_on": today + CLOSE_WITHIN[Review.Depth.FULL],
            "facilitator": by,
            "self_facilitated": by.pk == deal.owner_id,
            "batch_id": deal.batch_id,
        }
        kind = {"deal": deal, "kind": Review.Kind.HAND_OFF, "visibility": "standard"}
        review, created = Review.objects.get_or_create(**kind, defaults=copies)
        if not created:
            return review.hand_off
        leads = {"sales_lead": sales_lead, "production_lead": production_lead}
        made = cls.objects.create(review=review, batch_id=deal.batch_id, **leads)
        record(review, "hand_off_opened", by, **leads)
        for person in dict.fromkeys([by, sales_lead, production_lead]):
            review.add_person(by, person)
        return made

    def answer(self, by: User, answers: Mapping[str, str]) -> bool:
        """`answers` by question; whoever changed one last stands beside it."""
        with transaction.atomic():
            self.lock()
            known = {row.question: row for row in self.answers.all()}
            changed = []
            for question in Question:
                text = answers.get(question, "").strip()
                row = known.get(question) or HandOffAnswer(hand_off=self, question=question, batch_id=self.batch_id)
                if question in answers and text != row.text:
                    row.text, row.by = text, by
                    row.save()
                    changed.append(str(question.label))
            if changed:
                record(self.review, "hand_off_answered", by, questions=" ".join(changed))
        return bool(changed)

    def pass_on(self, part) -> None:
        """What somebody says of their own part is brought to production's lead by mail, once it is shared."""
        if part.author_id != self.production_lead_id:
            key, batch = f"{OWN_PART}:{part.pk}", self.batch_id
            outbox.plan(key, OWN_PART, self.production_lead, part.shared_at, subject_id=part.pk, batch_id=batch)

    def unanswered(self) -> list[Question]:
        answered = set(self.answers.exclude(text="").values_list("question", flat=True))
        return [question for question in Question if question not in answered]

    def accept(self, by: User, kick_off_on: date, delivery_on: date, today: date) -> bool:
        """Production takes it on. `actions.hand_offs.accept`, the way in, also proposes the contacts that follow."""
        with transaction.atomic():
            self.lock()
            if self.accepted_on:
                return False
            if by.pk != self.production_lead_id:
                raise Refused(_("%(name)s accepts it, for production.") % {"name": self.production_lead})
            if missing := self.unanswered():
                words = " ".join(str(question.label) for question in missing)
                raise Refused(_("Not everything is answered yet: %(questions)s") % {"questions": words})
            if delivery_on < kick_off_on:
                raise Refused(_("The delivery lies before the kick-off. Change one of the two."), "delivery_on")
            self.accepted_on, self.kick_off_on, self.delivery_on = today, kick_off_on, delivery_on
            self.save(update_fields=["accepted_on", "kick_off_on", "delivery_on"])
            record(self.review, "hand_off_accepted", by, kick_off=kick_off_on, delivery=delivery_on)
        return True

    def thank(self, by: User, words: str, now: datetime) -> bool:
        """Production is thanked by whoever worked with them, by mail and by name, while they still remember."""
        if by.pk == self.production_lead_id:
            raise Refused(_("Thanks come from the others."))
        self.review.must_not_be_closed()
        return self.review.thank(by, self.production_lead, words, now)

    def add_promise(self, by: User, promised: str) -> "Promise":
        if not promised.strip():
            raise Refused(_("Say what the customer was promised."), "promised")
        with transaction.atomic():
            self.lock()
            promise = self.promises.create(promised=promised.strip(), batch_id=self.batch_id)
            record(self.review, "promise_added", by)
        return promise

    def lock(self) -> None:
        """Holds the review, in the order every verb takes them."""
        self.review.lock()
        self.review.must_not_be_closed()
        self.refresh_from_db(from_queryset=HandOff.objects.select_for_update(no_key=True))


class HandOffAnswer(models.Model):
    hand_off = models.ForeignKey(HandOff, models.PROTECT, related_name="answers")
    question = models.CharField(max_length=12, choices=Question)
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hand_off", "question"], name="a_question_is_answered_once")]

    def __str__(self) -> str:
        return self.get_question_display()


class Promise(models.Model):
    """A line of the ledger: what sales told the customer, what production understood, what was delivered.

    A gap between them becomes an event of the review, once.
    """

    class Kept(models.TextChoices):
        KEPT = "kept", _("As promised")
        PARTLY = "partly", _("In part")
        NOT = "not", _("Not")

    hand_off = models.ForeignKey(HandOff, models.PROTECT, related_name="promises")
    promised = models.TextField(_("promised"))
    understood = models.TextField(_("understood"), blank=True)
    delivered = models.TextField(_("delivered"), blank=True)
    kept = models.CharField(_("is it as promised?"), max_length=6, choices=Kept, blank=True)
    event = models.OneToOneField(
        "reviews.FailureEvent", models.PROTECT, null=True, blank=True, related_name="broken_promise"
    )
    version = models.PositiveIntegerField(default=1)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(promised=""), name="a_promise_says_what")]

    def __str__(self) -> str:
        return self.promised[:80]

    def note(self, by: User, *, version: int, **fields: str) -> bool:
        """What was promised, understood, delivered. `version` is the one the form was opened with."""
        with transaction.atomic():
            self.hand_off.lock()
            versions.hold(self)
            if not fields.get("promised", self.promised).strip():
                raise Refused(_("Say what the customer was promised."), "promised")
            changes = versions.assign(self, {name: text.strip() for name, text in fields.items()})
            if not changes:
                return False
            if self.version != version:
                raise Conflict(versions.MEANWHILE, type(self).objects.get(pk=self.pk))
            versions.keep(self, *changes)
            record(self.hand_off.review, "promise_noted", by)
        return True

    @property
    def has_gap(self) -> bool:
        return self.kept in (self.Kept.PARTLY, self.Kept.NOT)

    def write_down(self, by: User) -> models.Model:
        """The gap as an event of the review, in the words of the ledger."""
        with transaction.atomic():
            self.hand_off.lock()
            versions.hold(self)
            if self.event_id:
                return self.event
            if not self.has_gap:
                raise Refused(_("Say first that it was not, or only in part, as promised."), "kept")
            self.event = self.hand_off.review.add_event(by, self.gap_in_words, source=str(_("promise ledger")))
            versions.keep(self, "event")
        return self.event

    @property
    def gap_in_words(self) -> str:
        parts = [_("Promised: %(words)s") % {"words": self.promised}]
        if self.understood:
            parts.append(_("Understood: %(words)s") % {"words": self.understood})
        parts.append(_("Delivered: %(words)s") % {"words": self.delivered or self.get_kept_display()})
        return "\n".join(parts)
