"""Hands claimed mails over. "Sending" is committed before the first word of SMTP, "sent" right after the 250."""

import logging
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from failforward.accounts.models import User
from failforward.outbox import crash, ledger, retrying
from failforward.outbox.claiming import Claimed
from failforward.outbox.clock import Clock
from failforward.outbox.models import MailAttempt, State
from failforward.outbox.rendering import wanted
from failforward.outbox.transports import Outcome, Post, Reply

log = logging.getLogger(__name__)

# A mail whose tries broke off this often may be what breaks them.
BROKEN_OFF_LIMIT = 3


class Sender:
    """Sends one batch; holds the mail whose 250 is not noted yet."""

    def __init__(self, post: Post, clock: Clock) -> None:
        self.post = post
        self.clock = clock
        self.accepted: tuple[Claimed, Reply] | None = None
        self.sent = 0
        self.failed = 0

    def send(self, rows: list[Claimed]) -> None:
        here = people_here(rows)
        for row in [row for row in rows if self.is_to_be_sent(row, here)]:
            if not self.turn_to(row):
                continue
            crash.point("before_smtp")
            reply = self.post.for_address(row.address).deliver(row)
            if reply.outcome == Outcome.ACCEPTED:
                crash.point("after_250")
                self.accepted = row, reply
            else:
                self.not_sent(row, reply)
        self.turn_to(None)

    def turn_to(self, upcoming: Claimed | None) -> bool:
        """Notes the last mail as sent and begins the next; False when the next is not ours any more."""
        if not self.accepted and not upcoming:
            return False
        accepted, self.accepted = self.accepted, None
        noted, begun = ledger.turn(accepted, upcoming, self.clock)
        crash.point("after_commit")
        self.sent += noted
        if accepted and not noted:
            log.warning("Mail %s was sent after its lease had ended", accepted[0].id)
        return begun

    def is_to_be_sent(self, row: Claimed, here: set[int]) -> bool:
        """Asks once more whether the mail is wanted: much may have happened since it was written."""
        if row.uncertain and (why := self.why_not_again(row)):
            self.fail(row, why)
            return False
        try:
            verdict, why = still_wanted(row, here)
        except Exception as error:
            log.exception("Mail %s cannot be checked", row.id)
            self.fail(row, _("The mail could not be checked: %(error)s") % {"error": repr(error)[:400]})
            return False
        if verdict == State.WITHHELD:
            ledger.change(row, State.WITHHELD, self.clock.now(), last_text=why)
        return verdict == State.READY

    def why_not_again(self, row: Claimed) -> str:
        """A mail that may have arrived goes out once more, the same to the byte, unless we are told to hold it."""
        if settings.WHEN_UNCERTAIN == "hold":
            return _("Sending broke off. The mail may have arrived, so it was not sent again.")
        if MailAttempt.objects.filter(mail=row.id, finished_at=None).count() >= BROKEN_OFF_LIMIT:
            return _("Sending broke off several times. The mail may have arrived.")
        return ""

    def not_sent(self, row: Claimed, reply: Reply) -> None:
        if reply.outcome == Outcome.NEVER:
            self.failed += ledger.settle(row, reply, self.clock, State.FAILED)
            return
        doubt = {"uncertain": True} if reply.outcome == Outcome.UNKNOWN else {}
        again_at = retrying.next_try(row.attempts, first_tried_at(row), self.clock.now())
        if again_at:
            ledger.settle(row, reply, self.clock, State.RETRY, again_at, **doubt)
        else:
            self.failed += ledger.settle(row, reply, self.clock, State.FAILED, **doubt)

    def fail(self, row: Claimed, why: str) -> None:
        self.failed += ledger.change(row, State.FAILED, self.clock.now(), last_text=why)


def people_here(rows: list[Claimed]) -> set[int]:
    named = {row.recipient_id for row in rows if row.recipient_id}
    return set(User.objects.filter(pk__in=named, is_active=True).values_list("pk", flat=True)) if named else set()


def still_wanted(row: Claimed, here: set[int]) -> tuple[State, str]:
    if row.recipient_id and row.recipient_id not in here:
        return State.WITHHELD, _("This person does not work here any more.")
    return wanted(row.kind, row.subject_id)


def first_tried_at(row: Claimed) -> datetime:
    return MailAttempt.objects.get(mail=row.id, number=1).started_at
