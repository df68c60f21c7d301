from datetime import date
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.guards import Conflict, Refused
from failforward.history.models import record
from failforward.versions import hold, keep
from reviews.models.activity import Activity
from reviews.models.deal import Deal

LONGEST = 5_000


class Addresses(models.TextChoices):
    YES = "yes", _("Yes, it does")
    NO = "no", _("Not yet")
    NOT_OURS = "not_ours", _("It is not in our power")


class ClientQuestion(models.Model):
    """What a deal waits for, asked of the client: their words, ours, and whether ours answer theirs."""

    Addresses = Addresses

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="client_questions")
    question = models.CharField(_("the question"), max_length=300)
    whom = models.CharField(_("whom on their side"), max_length=200, blank=True)
    asked_on = models.DateField(_("asked on"))
    said = models.TextField(_("what they said"), blank=True)
    said_on = models.DateField(_("when they said it"), null=True, blank=True)
    answered = models.TextField(_("what we answered"), blank=True)
    addresses = models.CharField(_("does it answer what they raised"), max_length=8, choices=Addresses, blank=True)
    options = models.TextField(_("what we offered instead"), blank=True)
    # The buyer's move that their words were; the clock of the deal reads it there.
    move = models.ForeignKey(Activity, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["-asked_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(question=""), name="a_client_question_asks"),
            models.CheckConstraint(
                condition=Q(said="", said_on=None) | ~Q(said="") & Q(said_on__isnull=False),
                name="what_the_client_said_has_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(addresses=Addresses.NOT_OURS) | ~Q(options=""),
                name="not_in_our_power_offers_options",
                violation_error_message=_("Say what you offered instead."),
            ),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def waits(self) -> bool:
        """For their words, or for ours to answer them."""
        return not self.said or self.addresses in ("", Addresses.NO)

    @classmethod
    @transaction.atomic
    def put(cls, deal: Deal, by: User, *, question: str, whom: str = "", asked_on: date, today: date) -> Self:
        """Asking is the seller's doing: it moves no clock. The same question of one day is one."""
        question, whom = question.strip(), whom.strip()
        deal.hold_open_deal(by)
        if not question:
            raise Refused(_("Say what you asked."), "question")
        deal.check_day(asked_on, today, "asked_on")
        made, is_new = cls.objects.get_or_create(
            deal=deal,
            question=question,
            whom=whom,
            asked_on=asked_on,
            defaults={"by": by, "batch_id": deal.batch_id},
        )
        if is_new:
            record(deal, "ask client", by, question=question)
        return made

    @transaction.atomic
    def tell(
        self,
        by: User,
        *,
        said: str = "",
        said_on: date | None = None,
        answered: str = "",
        addresses: str = "",
        options: str = "",
        today: date,
        seen: int | None = None,
    ) -> None:
        """What came of it. Their words are a move of the buyer's, on the day they said them."""
        said, answered, options = said.strip(), answered.strip(), options.strip()
        self.deal.hold_open_deal(by)
        hold(self, seen)
        if self.said and not said:
            raise Refused(_("They said something already. Put it right rather than empty it."), "said")
        if not said and (answered or addresses or options):
            raise Refused(_("Say first what they said."), "said")
        if not said:
            raise Refused(_("Say what they said, in their words."), "said")
        said_on = said_on or today
        self.deal.check_day(said_on, today, "said_on")
        if said_on < self.asked_on:
            raise Refused(_("That is before you asked. Look at the day once more."), "said_on")
        if addresses == Addresses.YES and not answered:
            raise Refused(_("Say what you answered."), "answered")
        if addresses == Addresses.NOT_OURS and not options:
            raise Refused(_("It is not in our power: say what you offered instead."), "options")
        values = {"said": said, "said_on": said_on, "answered": answered, "addresses": addresses, "options": options}
        if values == {name: getattr(self, name) for name in values}:
            return
        for name, value in values.items():
            setattr(self, name, value)
        self.note_move(by, today)
        keep(self, *values, "move")
        record(self.deal, "client said", by, question=self.question, said=said[:200])

    @transaction.atomic
    def take_back(self, by: User, seen: int) -> None:
        """What they said, with the move that it was; else the question. The history keeps both.

        Which of the two is what `seen`, the version on the page, showed: pressed twice it takes back one.
        """
        self.deal.hold_open_deal(by)
        if not type(self).objects.filter(pk=self.pk, version=seen).exists():
            raise Conflict(_("This changed meanwhile, so nothing more was taken out. Look at it once more."), self)
        hold(self)
        if not self.said:
            type(self).objects.filter(pk=self.pk).delete()
            record(self.deal, "remove question", by, question=self.question)
            return
        said, move = self.said, self.move
        self.said, self.said_on, self.answered, self.addresses, self.options = "", None, "", "", ""
        self.move = None
        keep(self, "said", "said_on", "answered", "addresses", "options", "move")
        if move is not None:
            move.delete()
        record(self.deal, "remove client said", by, question=self.question, said=said[:200])

    def note_move(self, by: User, today: date) -> None:
        subject = " ".join(self.said.split())[:300]
        if self.move is None:
            self.move = Activity.add(
                self.deal, by, direction="in", happened_on=self.said_on, subject=subject, outcome="", today=today
            )
        else:
            self.move.happened_on, self.move.subject = self.said_on, subject
            self.move.save(update_fields=["happened_on", "subject"])
