"""Hands claimed mails over. "Sending" is committed before the first word of SMTP, "sent" right after the 250."""

import logging
import time
from datetime import datetime

from django.conf import settings
from django.db.models import Count, F, Min
from django.utils.translation import gettext as _

from failforward import ending
from failforward.accounts.models import User
from failforward.outbox import catalogue, catch_up, channel, crash, ledger, retrying
from failforward.outbox.claiming import Claimed
from failforward.outbox.clock import Clock
from failforward.outbox.glance import instant
from failforward.outbox.models import MailAttempt, State
from failforward.outbox.rendering import is_not_the_mail, wanted
from failforward.outbox.retrying import Verdict
from failforward.outbox.transports import Outcome, Post, Reply

log = logging.getLogger(__name__)

# A mail whose tries broke off this often may be what breaks them.
BROKEN_OFF_LIMIT = 3
LONGEST_WAIT_SECONDS = 5
# For what the database could not tell us: a migration is under way, or its code is not here yet.
LOOK_AGAIN_SECONDS = 60


class Sender:
    """Sends one batch; holds the mail whose 250 is not noted yet."""

    def __init__(self, post: Post, clock: Clock) -> None:
        self.post = post
        self.clock = clock
        self.accepted: tuple[Claimed, Reply] | None = None
        # No mail after this one is to be tried in this run.
        self.is_stopped = False
        self.sent = 0
        self.failed = 0

    def send(self, rows: list[Claimed]) -> None:
        addresses, asked = addresses_now(rows), asked_at_once(rows)
        wanted = [row for row in rows if self.is_to_be_sent(row, addresses, asked)]
        late_before = catch_up.late_before(self.clock.now()) if wanted else None
        for number, row in enumerate(wanted, start=1):
            if ending.is_told():
                # What was begun is finished; the next worker takes the rest.
                ledger.give_back(wanted[number - 1 :], self.clock.now())
                break
            way = self.post.for_address(row.address)
            if late_before and way is not self.post.capture and instant(row.due_at) <= late_before:
                self.turn_to(None)
                if not self.is_its_time(row):
                    continue
            if not self.turn_to(row):
                continue
            crash.point("before_smtp", row.id)
            reply = way.deliver(row)
            if reply.outcome == Outcome.ACCEPTED:
                crash.point("after_250", row.id)
                self.accepted = row, reply
            else:
                self.not_sent(row, reply)
            if self.is_stopped:
                self.leave(wanted[number:], reply.verdict)
                break
        self.turn_to(None)

    def is_its_time(self, row: Claimed) -> bool:
        """Late mail goes out slowly: a short wait is waited here, a long one in the table."""
        at = catch_up.slot(row.address, self.clock.now())
        seconds = (at - self.clock.now()).total_seconds()
        if seconds > LONGEST_WAIT_SECONDS:
            ledger.give_back([row], at)
            return False
        time.sleep(max(0.0, seconds))
        return True

    def leave(self, rows: list[Claimed], verdict: Verdict) -> None:
        """A server that has too much gets the rest little by little; one that takes nothing, when it is mended."""
        for row in rows:
            crowded = verdict == Verdict.CROWDED
            ledger.give_back([row], self.clock.later(retrying.pause(1, verdict) if crowded else 0))

    def turn_to(self, upcoming: Claimed | None) -> bool:
        """Notes the last mail as sent and begins the next; False when the next is not ours any more."""
        if not self.accepted and not upcoming:
            return False
        accepted, self.accepted = self.accepted, None
        noted, begun = ledger.turn(accepted, upcoming, self.clock)
        crash.point("after_commit", (upcoming or accepted[0]).id)
        self.sent += noted
        if accepted and not noted:
            log.warning("Mail %s was sent after its lease had ended", accepted[0].id)
        return begun

    def is_to_be_sent(self, row: Claimed, addresses: dict[int, str], asked: dict[int, str]) -> bool:
        """Asks once more whether the mail is wanted: much may have happened since it was written."""
        if row.uncertain and (why := self.why_not_again(row)):
            self.fail(row, why)
            return False
        try:
            verdict, why = still_wanted(row, addresses, asked)
        except Exception as error:
            log.exception("Mail %s cannot be checked", row.id)
            if is_not_the_mail(error):
                ledger.give_back([row], self.clock.later(LOOK_AGAIN_SECONDS))
                return False
            self.fail(row, _("The mail could not be checked: %(error)s") % {"error": repr(error)[:400]})
            return False
        if verdict == State.WITHHELD:
            ledger.change(row, State.WITHHELD, self.clock.now(), last_text=why)
        elif verdict == State.PLANNED:
            ledger.change(row, State.PLANNED, self.clock.now(), body=None)
        return verdict == State.READY

    def why_not_again(self, row: Claimed) -> str:
        """A mail that may have arrived goes out once more, the same to the byte, unless we are told to hold it."""
        if settings.WHEN_UNCERTAIN == "hold":
            return _("Sending broke off. The mail may have arrived, so it was not sent again.")
        if MailAttempt.objects.filter(mail=row.id, finished_at=None).count() >= BROKEN_OFF_LIMIT:
            return _("Sending broke off several times. The mail may have arrived.")
        return ""

    def not_sent(self, row: Claimed, reply: Reply) -> None:
        verdict = reply.verdict
        if reply.outcome == Outcome.UNKNOWN:
            self.try_again(row, reply, Verdict.LATER, uncertain=True)
        elif verdict == Verdict.CHANNEL_BROKEN:
            self.is_stopped = True
            ledger.take_back_try(row, self.clock.now())
            channel.pause(reply.code, reply.text, self.clock.now())
        elif verdict in (Verdict.ADDRESS_REFUSED, Verdict.MESSAGE_REFUSED):
            self.failed += ledger.settle(row, reply, self.clock, State.FAILED)
            if verdict == Verdict.ADDRESS_REFUSED and row.recipient_id:
                User(pk=row.recipient_id).note_trouble(row.address, "refused", reply.text, self.clock.now())
        else:
            self.is_stopped = verdict == Verdict.CROWDED
            self.try_again(row, reply, verdict)

    def try_again(self, row: Claimed, reply: Reply, verdict: Verdict, **doubt) -> None:
        again_at = retrying.next_try(*tries_since_due(row), self.clock.now(), verdict)
        if again_at:
            ledger.settle(row, reply, self.clock, State.RETRY, again_at, **doubt)
        else:
            self.failed += ledger.settle(row, reply, self.clock, State.FAILED, **doubt)

    def fail(self, row: Claimed, why: str) -> None:
        self.failed += ledger.change(row, State.FAILED, self.clock.now(), last_text=why)


def addresses_now(rows: list[Claimed]) -> dict[int, str]:
    """By person, of those who still work here."""
    named = {row.recipient_id for row in rows if row.recipient_id}
    return dict(User.objects.filter(pk__in=named, is_active=True).values_list("pk", "email")) if named else {}


def asked_at_once(rows: list[Claimed]) -> dict[int, str]:
    """By row, why it is not wanted any more, or "" where it is; rows that are missing have to be asked one by one."""
    found = {}
    for kind in {row.kind for row in rows}:
        mine = [row for row in rows if row.kind == kind and row.subject_id is not None]
        try:
            settled = catalogue.find(kind).settled
            reasons = settled([row.subject_id for row in mine]) if settled else None
        except Exception:
            # One of them may be poison: asked by itself it fails alone.
            log.exception("Mail of the kind %s cannot be checked at once", kind)
            continue
        if reasons is not None:
            found |= {row.id: reasons.get(row.subject_id, "") for row in mine}
    return found


def still_wanted(row: Claimed, addresses: dict[int, str], asked: dict[int, str]) -> tuple[State, str]:
    if row.recipient_id is not None:
        if row.recipient_id not in addresses:
            return State.WITHHELD, _("This person does not work here any more.")
        if row.address != addresses[row.recipient_id]:
            # Written to an address that is not theirs any more, or never was.
            return State.PLANNED, ""
    if row.id in asked:
        why = asked[row.id]
        return (State.WITHHELD, why[:500]) if why else (State.READY, "")
    return wanted(row.kind, row.subject_id)


def tries_since_due(row: Claimed) -> tuple[int, datetime]:
    """How many, and when the first was. Tries from before the mail was planned anew do not count."""
    tries = MailAttempt.objects.filter(mail=row.id, started_at__gte=F("mail__due_at"))
    found = tries.aggregate(number=Count("pk"), first=Min("started_at"))
    return found["number"], found["first"]
