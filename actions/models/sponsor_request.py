from datetime import date, datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.models.action import ActionItem
from actions.models.action_list import ActionList
from actions.models.promise import check_day
from actions.permissions import can_ask_sponsor, can_withdraw_from_sponsor
from failforward import links, outbox
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from failforward.outbox.models import Mail
from failforward.tokens import Token
from failforward.versions import hold, keep

CHANGEABLE_FOR = timedelta(days=7)
LONGEST_ANSWER = 5_000

ASKED, REMINDED, ANSWERED = "sponsor_request", "sponsor_reminder", "sponsor_answer"


class State(models.TextChoices):
    ASKED = "asked", _("asked, no answer yet")
    AGREED = "agreed", _("yes")
    DECLINED = "declined", _("no")
    WORDS = "words", _("answered in words")
    WITHDRAWN = "withdrawn", _("taken back")


ANSWERS = [State.AGREED, State.DECLINED, State.WORDS]


class SponsorRequestQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Whoever reads the list, the sponsor who was asked, and who asked."""
        if not user.is_authenticated:
            return self.none()
        lists = ActionList.objects.visible_to(user).values("pk")
        return self.filter(Q(action_list__in=lists) | Q(sponsor=user.pk) | Q(asked_by=user.pk))

    def unanswered(self) -> Self:
        return self.filter(state=State.ASKED)

    def answered(self) -> Self:
        return self.filter(state__in=ANSWERS)

    def waiting_for(self, user: User) -> Self:
        """What the sponsor `user` was asked and has not answered, the first needed first."""
        return self.unanswered().filter(sponsor=user.pk).order_by("needed_by", "pk")

    def for_list(self) -> Self:
        return self.select_related("sponsor", "asked_by", "action", "action_list")

    def for_page(self) -> Self:
        return self.for_list().select_related("action_list__owner", "action_list__team", "action__team")


class SponsorRequest(models.Model):
    """What a list, or one action of it, needs from its sponsor: what, by when, and what the sponsor said to it."""

    State = State

    action_list = models.ForeignKey(ActionList, models.PROTECT, related_name="sponsor_requests", db_index=False)
    action = models.ForeignKey(ActionItem, models.PROTECT, null=True, blank=True, related_name="sponsor_requests")
    sponsor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    what = models.CharField(_("what is asked"), max_length=500)
    needed_by = models.DateField(_("needed by"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    asked_on = models.DateField()
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    answer = models.TextField(_("what the sponsor said"), blank=True)
    promised_on = models.DateField(_("by which day"), null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = SponsorRequestQuerySet.as_manager()

    class Meta:
        ordering = ["needed_by", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="a_sponsor_is_asked_for_something"),
            models.CheckConstraint(
                condition=Q(state__in=ANSWERS, answered_on__isnull=False, answered_at__isnull=False)
                | ~Q(state__in=ANSWERS) & Q(answered_on=None, answered_at=None),
                name="a_sponsor_s_answer_has_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WORDS) | ~Q(answer=""), name="an_answer_in_words_has_words"
            ),
        ]
        indexes = [
            models.Index(fields=["action_list", "-asked_on", "-id"], name="sponsor_requests_of_list"),
            models.Index(fields=["sponsor", "-asked_on", "-id"], name="sponsor_requests_to"),
            models.Index(fields=["needed_by"], name="sponsor_silent", condition=Q(state="asked")),
            models.Index(fields=["asked_by"], name="sponsor_silent_for", condition=Q(state="asked")),
        ]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return links.address_of("sponsor_request", self.pk)

    @property
    def is_open(self) -> bool:
        return self.state == State.ASKED

    @property
    def is_answered(self) -> bool:
        return self.state in ANSWERS

    def can_still_change(self, now: datetime) -> bool:
        """A sponsor who pressed the wrong button puts it right within a week."""
        return self.is_answered and now < self.answered_at + CHANGEABLE_FOR

    def key_of(self, kind: str) -> str:
        """Whoever sponsors the list again after somebody else is asked again."""
        return f"{kind}:{self.pk}:{self.sponsor_id}:{self.version}"

    # --- Verbs ----------------------------------------------------------------------------------

    @classmethod
    def ask(
        cls,
        by: User,
        about: ActionList | ActionItem,
        what: str,
        needed_by: date,
        *,
        now: datetime,
        today: date,
    ) -> "SponsorRequest":
        """One mail asks. The same thing asked again while it is open is the one that is there."""
        what = " ".join(what.split())
        action = about if isinstance(about, ActionItem) else None
        owned = action.action_list if action else about
        if not what:
            raise Refused(_("Say what you need from the sponsor."), "what")
        check_day(needed_by, today, field="needed_by")
        with transaction.atomic():
            hold(owned)
            if not can_ask_sponsor(by, owned, action):
                raise Refused(_("Whoever leads the list, or is responsible for the action, asks the sponsor."))
            check_sponsor(owned, by)
            there = cls.objects.unanswered().filter(action_list=owned, action=action, what=what).first()
            if there is not None:
                return there
            asked = cls.objects.create(
                action_list=owned,
                action=action,
                sponsor=owned.sponsor,
                what=what,
                needed_by=needed_by,
                asked_by=by,
                asked_on=today,
                asked_at=now,
                batch_id=owned.batch_id,
            )
            record(action or owned, "sponsor_asked", by, what=what, needed_by=needed_by)
            asked.put_to_sponsor(now)
        return asked

    def put_to_sponsor(self, now: datetime) -> None:
        outbox.plan(self.key_of(ASKED), ASKED, self.sponsor, now, subject_id=self.pk, batch_id=self.batch_id)

    def remind(self, due_at: datetime, now: datetime) -> bool:
        """Once, and only while it waits."""
        with transaction.atomic():
            hold(self)
            if not self.is_open or self.reminded_at is not None:
                return False
            self.reminded_at = now
            keep(self, "reminded_at")
            key = self.key_of(REMINDED)
            outbox.plan(key, REMINDED, self.sponsor, due_at, subject_id=self.pk, batch_id=self.batch_id)
        return True

    def hand_to(self, sponsor: User, now: datetime) -> None:
        """The list has another sponsor, who is asked in place of the one before."""
        with transaction.atomic():
            hold(self)
            if not self.is_open or self.sponsor_id == sponsor.pk:
                return
            self.tokens.filter(revoked_at=None).update(revoked_at=now)
            self.call_off_mail()
            self.sponsor, self.reminded_at = sponsor, None
            keep(self, "sponsor", "reminded_at")
            self.put_to_sponsor(now)

    def give(
        self, by: User, state: str, words: str = "", promised_on: date | None = None, *, now: datetime, today: date
    ) -> None:
        """The sponsor's yes, by a day if they name one, their no, or words; changeable for a week. Whoever asked hears
        it."""
        words = words.strip()[:LONGEST_ANSWER]
        promised_on = promised_on if state == State.AGREED else None
        if state not in ANSWERS:
            raise Refused(_("Say yes, no, or write what you think."), "state")
        if state == State.WORDS and not words:
            raise Refused(_("Write a line, or choose yes or no."), "words")
        with transaction.atomic():
            hold(self)
            if promised_on is not None and promised_on != self.promised_on:
                check_day(promised_on, today, field="promised_on")
            if by.pk != self.sponsor_id:
                raise Refused(say("%(name)s was asked.") % {"name": self.sponsor})
            if (self.state, self.answer, self.promised_on) == (state, words, promised_on):
                return
            if not (self.is_open or self.can_still_change(now)):
                raise Refused(_("This is settled and no longer changes."))
            if self.is_open:
                self.answered_on, self.answered_at = today, now
            self.state, self.answer, self.promised_on = state, words, promised_on
            keep(self, "state", "answer", "promised_on", "answered_on", "answered_at")
            record(self.subject, "sponsor_answered", by, what=self.what, said=self.said)
            self._tell_asker(now)

    def withdraw(self, by: User) -> None:
        """It is no longer needed."""
        with transaction.atomic():
            hold(self)
            if self.state == State.WITHDRAWN:
                return
            if not can_withdraw_from_sponsor(by, self):
                raise Refused(_("Whoever asked, or leads the list, takes it back."))
            if not self.is_open:
                raise Refused(_("The sponsor has answered this."))
            self._take_back(by)

    def end_with_its_action(self, by: User) -> None:
        """The action it was for is dropped."""
        with transaction.atomic():
            hold(self)
            if self.is_open:
                self._take_back(by)

    def _take_back(self, by: User) -> None:
        self.state = State.WITHDRAWN
        keep(self, "state")
        record(self.subject, "sponsor_request_withdrawn", by, what=self.what)

    def call_off_mail(self) -> None:
        """What did not go yet to the sponsor before."""
        for mail in Mail.objects.filter(kind__in=[ASKED, REMINDED], subject_id=self.pk).defer("body"):
            outbox.withhold(mail, say("The list has another sponsor."))

    @property
    def subject(self) -> ActionItem | ActionList:
        return self.action or self.action_list

    @property
    def said(self) -> str:
        """In one line, for the history."""
        yes_or_no = "" if self.state == State.WORDS else str(self.get_state_display())
        if self.promised_on:
            yes_or_no = say("yes, by %(day)s") % {"day": date_format(self.promised_on, "D j M")}
        return ": ".join(filter(None, (yes_or_no, " ".join(self.answer.split())[:200])))

    def _tell_asker(self, now: datetime) -> None:
        """Written anew while it waits; after that a changed answer is told once more."""
        people = {self.asked_by_id: self.asked_by, self.action_list.owner_id: self.action_list.owner}
        people.pop(self.sponsor_id, None)
        for pk, person in people.items():
            mail = outbox.plan(f"{ANSWERED}:{self.pk}:{pk}", ANSWERED, person, now, self.pk, self.batch_id)
            if self.answered_at != now and not outbox.replan(mail, now):
                outbox.plan(f"{ANSWERED}:{self.pk}:{pk}:{self.version}", ANSWERED, person, now, self.pk, self.batch_id)


def check_sponsor(owned: ActionList, by: User) -> None:
    sponsor = owned.sponsor
    if sponsor is None:
        raise Refused(_("This list has no sponsor yet. Name one first."))
    if not sponsor.is_active:
        raise Refused(say("%(name)s is not here any more. Name another sponsor first.") % {"name": sponsor})
    if sponsor.pk == by.pk:
        raise Refused(_("You sponsor this list yourself."))


class SponsorToken(Token):
    """Lets the sponsor answer one request without logging in."""

    request = models.ForeignKey(SponsorRequest, models.PROTECT, related_name="tokens")


class LetterToken(Token):
    """Lets a sponsor end the monthly letter, without logging in and, for their mail program, without a look."""
