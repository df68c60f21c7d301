import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from failforward.outbox.retrying import WRONG_PASSWORD, Stage, Verdict, classify


class State(models.TextChoices):
    PLANNED = "planned", _("planned")
    READY = "ready", _("ready")
    CLAIMED = "claimed", _("being sent")
    SENDING = "sending", _("being handed over")
    SENT = "sent", _("handed over")
    RETRY = "retry", _("tried, will be tried again")
    FAILED = "failed", _("could not be delivered")
    WITHHELD = "withheld", _("not sent")
    EXPIRED = "expired", _("too old to send")
    BOUNCED = "bounced", _("came back")


CLAIMABLE = [State.READY, State.RETRY, State.CLAIMED, State.SENDING]


# Did not arrive, and will not by itself.
DEAD = [State.FAILED, State.EXPIRED, State.BOUNCED]


class MailQuerySet(models.QuerySet):
    def dead(self) -> Self:
        """What did not arrive and nobody has dealt with."""
        return self.filter(state__in=DEAD, dropped_at=None)

    def to_show(self) -> Self:
        return self.select_related("recipient").defer("body").order_by("-due_at", "-pk")


class Mail(models.Model):
    """One message to one address. The row exists before its time; the key makes it one whatever crashes.

    `kind` and `subject_id` say what it is about (the app that plans it registers how it is rendered and whether it
    is still wanted). `next_at` is all a claim reads: due time, back-off or end of a lease. `due_at` moves only when the
    mail is planned anew. `body` are the bytes that go out, every time the same. `uncertain` stays true once a try
    broke off after it may have been accepted: every later try may be a second copy.
    """

    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField(null=True, blank=True)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="mails")
    address = models.EmailField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    due_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    sending_started_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    uncertain = models.BooleanField(default=False)
    last_code = models.PositiveSmallIntegerField(null=True, blank=True)
    last_text = models.CharField(max_length=500, blank=True)
    message_id = models.CharField(max_length=255, blank=True)
    body = models.BinaryField(null=True, blank=True)
    # Somebody saw that it did not arrive and needs it no more.
    dropped_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, editable=False)

    objects = MailQuerySet.as_manager()

    class Meta:
        # As few as will do: each state of a mail is an entry more in every one of them.
        indexes = [
            models.Index(fields=["batch_id"], name="mail_of_batch", condition=models.Q(batch_id__isnull=False)),
            models.Index(fields=["next_at"], name="mail_to_claim", condition=models.Q(state__in=CLAIMABLE)),
            models.Index(fields=["due_at"], name="mail_to_render", condition=models.Q(state=State.PLANNED)),
            models.Index(fields=["kind", "subject_id"], name="mail_about"),
            models.Index(fields=["-due_at"], name="mail_dead", condition=models.Q(state__in=DEAD, dropped_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="one_mail_a_key"),
            models.CheckConstraint(
                condition=~models.Q(state__in=CLAIMABLE) | models.Q(body__isnull=False),
                name="what_is_to_send_was_rendered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.state}"

    @property
    def says(self) -> str:
        """What became of it, as a sentence for the person who waits for the answer."""
        if self.state == State.FAILED:
            return self._why_it_failed()
        if self.state == State.BOUNCED:
            return _("The mail to %(who)s came back: %(answer)s") % {"who": self.to_whom, "answer": self.last_text}
        if self.state == State.WITHHELD:
            return self.last_text or _("It was not sent.")
        if self.state == State.RETRY:
            return _("The mail to %(who)s could not be handed over yet; we try again.") % {"who": self.to_whom}
        if self.state == State.SENT and self.uncertain:
            return _("Handed over to %(who)s's mail server; it may have arrived twice.") % {"who": self.to_whom}
        if self.state == State.SENT:
            return _("Handed over to %(who)s's mail server.") % {"who": self.to_whom}
        return _("Planned.") if self.state == State.PLANNED else _("On its way.")

    @property
    def to_whom(self) -> str:
        return self.recipient.first_name if self.recipient else self.address

    def bounced(self, text: str, now: datetime, trouble: str = "bounced", code: int | None = None) -> bool:
        """Handed over before, it reached nobody; see `dead_letters.bounced`."""
        from failforward.outbox import dead_letters

        return dead_letters.bounced(self, text, now, trouble, code)

    @property
    def can_go_again(self) -> bool:
        has_address = self.recipient is None or bool(self.recipient.email)
        return self.state in DEAD and has_address or self.state == State.WITHHELD and has_address

    def _why_it_failed(self) -> str:
        if self.last_code and self.last_code >= 500:
            said = {"who": self.to_whom, "answer": self.last_text}
            if classify(self.last_code, self.last_text, Stage.RECIPIENT) == Verdict.ADDRESS_REFUSED:
                return _("%(who)s's address was refused: %(answer)s") % said
            return _("The mail server of %(who)s refused the mail: %(answer)s") % said
        if self.attempts and self.last_code is None and not self.uncertain:
            away = _("Nobody answered at the mail server for three working days, so the mail to %(who)s was given up.")
            return away % {"who": self.to_whom}
        if self.attempts and not self.uncertain:
            return _("The mail server put the mail to %(who)s off for three working days: %(answer)s") % {
                "who": self.to_whom,
                "answer": self.last_text,
            }
        return self.last_text


class MailAttempt(models.Model):
    mail = models.ForeignKey(Mail, models.PROTECT, related_name="tries", db_index=False)
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    code = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.CharField(max_length=500, blank=True)
    # The last try broke off between "250" and our own note of it, so this one may be a second copy.
    may_be_second = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mail", "number"], name="one_row_a_try")]

    def __str__(self) -> str:
        return f"{self.mail_id} try {self.number}"


class Channel(models.Model):
    """The way out. While `paused_since` is set no mail is taken up, but for a probe at `probe_at`."""

    OUT = "out"

    name = models.CharField(max_length=20, unique=True)
    paused_since = models.DateTimeField(null=True, blank=True)
    probe_at = models.DateTimeField(null=True, blank=True)
    probes = models.PositiveIntegerField(default=0)
    last_code = models.PositiveSmallIntegerField(null=True, blank=True)
    last_text = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.name} paused since {self.paused_since:%F %T}" if self.paused_since else self.name

    @property
    def why(self) -> str:
        """Half a sentence: mail is paused, because…"""
        if self.last_code in WRONG_PASSWORD:
            return _("the mail server refuses our password")
        if self.last_code is None:
            return _("the mail server cannot be reached safely")
        return _("the mail server takes no mail of ours")


class CapturedMail(models.Model):
    """What would have gone out: every message of an install without a mail server, every one to a `.example`.

    One row for each time it was handed over, so a second copy shows.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mail = models.ForeignKey(Mail, models.PROTECT, related_name="captured")
    message_id = models.CharField(max_length=255, db_index=True)
    address = models.CharField(max_length=254, db_index=True)
    subject = models.CharField(max_length=500)
    body = models.BinaryField()
    captured_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["-captured_at", "-pk"]

    def __str__(self) -> str:
        return self.subject


class Tick(models.Model):
    """When the clock last struck, by its name."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%F %T}"
