from datetime import datetime

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.models.action_state import RUNNING_STATES, State
from actions.models.drop import Drop
from actions.told import tell
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from failforward.versions import hold


class Droppable(models.Model):
    """How an action is given up: with a reason and a second person, where there is one."""

    dropped_because = models.CharField(_("why it is dropped"), max_length=300, blank=True, default="", db_default="")

    class Meta:
        abstract = True

    def who_may_agree(self, by: User) -> models.QuerySet:
        """Everybody else on the list or in its team, the sponsor too."""
        return self.action_list.witnesses().exclude(pk=by.pk)

    # --- Verbs ----------------------------------------------------------------------------------

    def ask_to_drop(self, by: User, reason: str, asked: User | None = None, *, now: datetime | None = None) -> Drop:
        """Waits for the second person who is asked. Where nobody else is there it is dropped at once, and the record
        says that nobody was."""
        reason, now = worded(reason), now or timezone.now()
        with transaction.atomic():
            self.hold_with_promises()
            self.hold_open()
            if asked is None and not self.who_may_agree(by).exists():
                return self.drop_now(by, reason, None, now)
            self.check_second(by, asked, "asked")
            waiting = self.drops.asked_for().first()
            if waiting and (waiting.by_id, waiting.asked_id, waiting.reason) == (by.pk, asked.pk, reason):
                return waiting
            if waiting and waiting.by_id != by.pk:
                raise Refused(say("%(name)s wants to drop it already. Wait for the answer.") % {"name": waiting.by})
            if waiting:
                waiting.take_back(by, now)
            made = Drop.objects.create(action=self, reason=reason, by=by, asked=asked, batch_id=self.batch_id)
            told = record(self, "drop_asked_for", by, reason=reason, asked=asked)
            tell(told, asked, self.action_list.owner, now=now)
        return made

    def drop(self, by: User, reason: str, approver: User | None = None, *, now: datetime | None = None) -> Drop:
        """At once, with a second person who is present and agrees. Without one it is refused, unless there is nobody
        who could be it."""
        reason, now = worded(reason), now or timezone.now()
        with transaction.atomic():
            self.hold_with_promises()
            if self.state == State.DROPPED:
                return self.drops.filter(state=Drop.State.AGREED).last()
            self.hold_open()
            if approver is not None or self.who_may_agree(by).exists():
                self.check_second(by, approver, "approver")
            return self.drop_now(by, reason, approver, now)

    def keep_after_all(self, by: User) -> None:
        for waiting in self.drops.asked_for():
            waiting.withdraw(by)

    def take_up_again(self, by: User) -> None:
        """Dropped too early. It is as it was, and waits for what it waited for. What was promised for it and asked of
        the sponsor stays over; it can be promised and asked anew."""
        with transaction.atomic():
            hold(self)
            if self.state != State.DROPPED:
                return
            drop = self.drops.filter(state=Drop.State.AGREED).last()
            before = drop.from_state if drop else State.PROPOSED
            if before == State.BLOCKED and not self.waits_in_words:
                before = State.IN_PROGRESS
            self.enter(before, by, "taken_up_again", dropped_because="")
            for finding in self.findings.order_by("pk") if before in RUNNING_STATES else []:
                finding.mark_being_fixed(by)

    # --- What the verbs stand on ----------------------------------------------------------------

    def withdraw_drop(self, by: User, now: datetime) -> None:
        """It went on meanwhile: nobody needs to agree any more, and who was asked hears so."""
        for waiting in self.drops.asked_for().select_related("by", "asked"):
            waiting.take_back(by, now, "drop_overtaken")

    def drop_now(self, by: User, reason: str, approver: User | None, now: datetime) -> Drop:
        asked = [waiting.asked for waiting in self.drops.asked_for().select_related("asked")]
        self.drops.asked_for().update(state=Drop.State.WITHDRAWN, decided_at=now)
        made = Drop(action=self, reason=reason, by=by, state=Drop.State.WITHDRAWN, batch_id=self.batch_id)
        made.save()
        self.finish_drop(made, approver, now, *asked)
        return made

    def finish_drop(self, drop: Drop, approver: User | None, now: datetime, *asked_before: User) -> None:
        """Everything is held already. Its promises, its check, the dates asked for and what is asked of the
        sponsor end with it. Who was
        `asked_before` to agree, and now needs not, hears of it as well; whoever agrees knows."""
        self.hold_open()
        drop.alone, drop.from_state = approver is None, self.state
        drop.decide(Drop.State.AGREED, approver, now)
        self.end_what_hangs_on_it(drop.by, drop.reason)
        with_whom = {"approver": approver} if approver else {}
        told = self.enter(
            State.DROPPED,
            drop.by,
            "dropped" if approver else "dropped_alone",
            shown={"reason": drop.reason} | {name: str(person) for name, person in with_whom.items()},
            dropped_because=drop.reason,
        )
        concerned = [self.responsible, self.action_list.owner, *asked_before]
        tell(told, *(person for person in concerned if person != approver), now=now)
        self.tell_those_who_wait(drop.by)
        self.leave_findings(drop.by)

    def end_what_hangs_on_it(self, by: User, reason: str) -> None:
        for milestone in self.milestones.filter(reached_on=None):
            milestone.drop_request()
        for check in self.checks.still_open():
            check.retire(by, reason)
        for promise in self.promises_for_it():
            promise.end_with_its_action(by, reason)
        for asked in self.sponsor_requests.unanswered():
            asked.end_with_its_action(by)
        hold(self)

    def leave_findings(self, by: User) -> None:
        """A finding whose other fixes are proved counts as fixed; one that nobody is at is open again."""
        from actions.effect import EFFECTIVE, INEFFECTIVE

        for finding in self.findings.order_by("pk"):
            self.tell_finding(finding, by, EFFECTIVE, say("“%(what)s” was dropped.") % {"what": self.what})
            finding.refresh_from_db()
            if finding.state == "being_fixed":
                self.tell_finding(finding, by, INEFFECTIVE, say("“%(what)s” was dropped.") % {"what": self.what})

    def hold_with_promises(self) -> None:
        """Promises before their action, the order in which an answer takes them."""
        for promise in self.promises_for_it():
            hold(promise)
        hold(self)

    def promises_for_it(self) -> models.QuerySet:
        """What is shared; a private one is its person's own."""
        from actions.models.commitment import Commitment
        from actions.models.promise import OPEN_STATES
        from actions.models.promise import State as PromiseState

        about = Q(action=self) | Q(step__action=self) | Q(milestone__action=self)
        wanted = [PromiseState.REQUESTED, *OPEN_STATES]
        return Commitment.objects.filter(about, private=False, state__in=wanted).order_by("pk")

    def check_second(self, by: User, person: User | None, field: str) -> None:
        if person is None:
            raise Refused(_("A second person has to agree. Say who."), field)
        if person.pk == by.pk:
            raise Refused(_("Somebody other than you has to agree."), field)
        if not self.who_may_agree(by).filter(pk=person.pk).exists():
            raise Refused(say("%(name)s is neither on the list nor in its team.") % {"name": person.name}, field)


def worded(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("Say in a few words why it is dropped."), "reason")
    if len(reason.strip()) > 300:
        raise Refused(_("Keep the reason to 300 characters."), "reason")
    return reason.strip()
