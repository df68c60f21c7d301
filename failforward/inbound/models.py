from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.guards import Refused
from failforward.outbox.models import Mail
from failforward.tokens import Token


class State(models.TextChoices):
    STORED = "stored", _("not read yet")
    APPLIED = "applied", _("became the answer")
    HELD = "held", _("waits for a person")
    NOTE = "note", _("kept as a note")
    IGNORED = "ignored", _("no answer")
    QUARANTINED = "quarantined", _("cannot be read")


class Channel(models.TextChoices):
    PIPE = "pipe", _("from the mail server")
    IMAP = "imap", _("from the mail account")
    HOOK = "hook", _("from the mail service")
    MAILBOX = "mailbox", _("written in the mailbox")


class Gone(Refused):
    """Somebody else has read or settled this mail meanwhile."""


class InboundQuerySet(models.QuerySet):
    def to_read(self, now: datetime) -> Self:
        return self.filter(state=State.STORED, next_at__lte=now).order_by("next_at", "pk")

    def held(self) -> Self:
        return self.filter(state=State.HELD)

    def visible_to(self, user: User) -> Self:
        """One's own; an admin reads besides what could not be given to anybody."""
        if not user.is_authenticated:
            return self.none()
        own = models.Q(person=user.pk)
        return self.filter(own | models.Q(person=None, answers=None) if reach_of(user).is_admin else own)

    def for_list(self) -> Self:
        return self.select_related("person", "answers").defer("raw", "answers__body")


class InboundMail(models.Model):
    """One mail as it came in, byte for byte; `sha256` makes it one however often it is delivered.

    The envelope is what the mail server said, and empty where nobody told us ("<>" is the null sender of a bounce).
    `answers` is the mail of ours it replies to, `person` whose answer it may be; both are found by reading it, as is
    `text`, the reply without what it quotes. `told_at` is when the person heard of it, `sender_told_at` when a stranger
    did who sent it. `raw` is empty once its time is over; of a mail that is too big it is
    the beginning.
    """

    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    message_id = models.CharField(max_length=255, blank=True, db_index=True)
    raw = models.BinaryField(null=True)
    size = models.PositiveBigIntegerField()
    channel = models.CharField(max_length=8, choices=Channel)
    envelope_from = models.CharField(max_length=320, blank=True)
    envelope_to = models.CharField(max_length=320, blank=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.STORED)
    why = models.CharField(max_length=30, blank=True)
    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    answers = models.ForeignKey(Mail, models.PROTECT, null=True, blank=True, related_name="replies")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    sender_told_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = InboundQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="inbound_to_read", condition=models.Q(state=State.STORED)),
            models.Index(fields=["sender", "sender_told_at"], name="inbound_sender_told"),
            models.Index(fields=["person", "-id"], name="inbound_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk} {self.state}"

    def finish(self, state: str, why: str, now: datetime, **found) -> None:
        """What became of it, in the transaction of its effect: only the first who reads it has one."""
        fields = {"state": state, "why": why, "read_at": now, **found}
        if not InboundMail.objects.filter(pk=self.pk, state=State.STORED).update(**fields):
            raise Gone(_("This mail was read already."))
        for name, value in fields.items():
            setattr(self, name, value)

    def settle(self, state: str, by: User, now: datetime, **found) -> None:
        """A person says what it meant, once."""
        fields = {"state": state, "settled_by": by, "settled_at": now, **found}
        waiting = InboundMail.objects.filter(pk=self.pk, state__in=[State.HELD, State.QUARANTINED])
        if not waiting.update(**fields):
            raise Gone(_("This is settled already."))
        for name, value in fields.items():
            setattr(self, name, value)


class ReplyAddress(Token):
    """Lets the recipient of one mail of ours answer it by replying: the address itself says what is answered."""

    mail = models.ForeignKey(Mail, models.PROTECT, related_name="reply_addresses")


class ImapFolder(models.Model):
    """How far a folder was fetched. A new UIDVALIDITY means that the server has numbered its mail anew."""

    name = models.CharField(max_length=255, unique=True)
    uid_validity = models.BigIntegerField()
    last_uid = models.BigIntegerField(default=0)
    fetched_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.uid_validity}/{self.last_uid}"
