from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.models.commitment import Commitment
from actions.models.date_change import DateChange
from actions.models.follow_up import FollowUp
from actions.permissions import can_reply_to_answer
from failforward import outbox
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history import record
from failforward.tokens import Token
from failforward.versions import hold

CHANGEABLE_FOR = timedelta(days=7)
LONGEST_REPLY = 10_000


class Status(models.TextChoices):
    DONE = "done", _("Done")
    PARTLY = "partly", _("Partly")
    MOVED = "moved", _("Moved")
    STUCK = "stuck", _("Stuck")
    DROPPED = "dropped", _("Not doing it")


# What the asker is told at a glance.
ON_THE_DESK = ["status", "outcome", "next_what", "next_on", "answered_at"]
ON_THE_DESK += [f"follow_up__commitment__{name}" for name in ("what", "title", "state", "person__name")]


class AnswerQuerySet(models.QuerySet):
    def asked_by(self, user: User) -> Self:
        return self.filter(follow_up__commitment__asked_by=user.pk, follow_up__commitment__private=False)

    def not_replied_to_by(self, user: User) -> Self:
        return self.exclude(pk__in=AskerReply.objects.filter(by=user.pk).values("answer"))

    def not_heard_by(self, user: User) -> Self:
        """What was said in a meeting with `user` in the room is no news to them. It is the one that was running when
        the answer was given, and that came to the promise."""
        from actions.models.meeting_person import MeetingPerson
        from actions.models.meeting_state import Attendance

        there = MeetingPerson.objects.filter(user=user.pk).exclude(attendance=Attendance.ABSENT)
        said_at = Coalesce(OuterRef("changed_at"), OuterRef("answered_at"))
        heard = there.filter(
            meeting__started_at__lte=said_at,
            meeting__items__commitment=OuterRef("follow_up__commitment"),
            meeting__items__left_at__gte=said_at,
        )
        return self.exclude(Q(via=Answer.Via.MEETING) & Exists(heard))

    def for_list(self) -> Self:
        return self.select_related("by", "follow_up__commitment__person", "next_commitment")

    def for_desk(self) -> Self:
        return self.select_related("follow_up__commitment__person").only(*ON_THE_DESK)


class Answer(models.Model):
    """The reply to a follow-up: outcome, what was learned, what next. It can be changed for seven days."""

    class Via(models.TextChoices):
        LINK = "link", _("by the link in the mail")
        DESK = "desk", _("in the product")
        MAIL = "mail", _("by mail")
        MEETING = "meeting", _("in the meeting")

    Status = Status

    follow_up = models.OneToOneField(FollowUp, models.PROTECT, related_name="answer")
    status = models.CharField(max_length=8, choices=Status)
    outcome = models.TextField(_("outcome"), blank=True)
    learned = models.TextField(_("what was learned"), blank=True)
    # Asked only where the commitment comes from a coaching talk.
    might_change = models.TextField(_("what we might change"), blank=True)
    new_on = models.DateField(_("new date"), null=True, blank=True)
    reason = models.CharField(_("why"), max_length=300, blank=True)
    next_what = models.TextField(_("next step"), blank=True)
    next_with = models.CharField(_("with whom"), max_length=200, blank=True)
    next_on = models.DateField(_("by"), null=True, blank=True)
    next_commitment = models.OneToOneField(Commitment, models.PROTECT, null=True, blank=True, related_name="+")
    evidence = models.TextField(_("what shows that the milestone is reached"), blank=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reached_milestone = models.BooleanField(default=False)
    # Given when the matter was settled otherwise already: its words are kept and reach the asker, nothing else changes.
    too_late = models.BooleanField(default=False)
    date_change = models.OneToOneField(DateChange, models.PROTECT, null=True, blank=True, related_name="+")
    # The daily mail in which the asker reads it; none when it was told at once.
    told_in = models.ForeignKey("outbox.Mail", models.PROTECT, null=True, blank=True, related_name="answers")
    via = models.CharField(max_length=8, choices=Via, default=Via.LINK)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, blank=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="moved") | Q(new_on__isnull=False),
                name="moved_has_a_new_date",
                violation_error_message=_("Say to which day it moves."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.follow_up_id}: {self.status}"

    @property
    def changeable_until(self) -> datetime:
        return self.answered_at + CHANGEABLE_FOR

    @property
    def is_followed(self) -> bool:
        """Done in part, and what was named in a meeting takes its place."""
        return self.status == Status.PARTLY and self.new_on is None

    @cached_property
    def noted_by(self) -> User | None:
        """Who wrote it down in a meeting for the person, as it stands now; None where they said it themselves."""
        from actions.models.meeting_item import MeetingItem

        said_at = self.changed_at or self.answered_at
        there = MeetingItem.objects.filter(commitment=self.follow_up.commitment_id, left_at=said_at)
        item = there.exclude(left_by=self.by_id).select_related("left_by").first()
        return item.left_by if item else None

    @property
    def stamp(self) -> str:
        """Which version of the answer somebody looks at."""
        return (self.changed_at or self.answered_at).isoformat()

    @property
    def milestone_note(self) -> str:
        """What became of the milestone when somebody else had settled that meanwhile."""
        if self.reached_milestone and self.status != Status.DONE:
            return say("The milestone stays reached: its action was said to be done meanwhile.")
        shown = self.status == Status.DONE and (self.evidence or self.seen_by_id)
        if shown and not self.reached_milestone and self.follow_up.commitment.milestone_id:
            return say("The milestone was settled otherwise meanwhile. What shows it is kept with this answer.")
        return ""

    def reply(
        self, by: User, kind: str, *, text: str = "", new_on: date | None = None, now: datetime | None = None
    ) -> "AskerReply":
        """Sent back by the asker; it says that the answer was read. The same again changes nothing, another date or
        other words take the place of the first ones and go out too; what they wrote by mail stands beside the rest."""
        now = now or timezone.now()
        text = text.strip()[:LONGEST_REPLY]
        commitment = self.follow_up.commitment
        if not can_reply_to_answer(by, commitment):
            raise Refused(say("Only who asked can reply to this answer."))
        with transaction.atomic():
            hold(commitment)
            sent = self.replies.filter(by=by, kind=kind).exclude(kind=AskerReply.Kind.WROTE).first()
            if sent is not None and (sent.new_on == new_on and text in ("", sent.text)):
                return sent
            again = sent is not None
            sent = sent or AskerReply(answer=self, by=by, kind=kind, batch_id=self.batch_id)
            other_date, sent.text, sent.new_on = sent.new_on != new_on, text, new_on
            sent.save()
            if kind == AskerReply.Kind.NEW_DATE and other_date:
                reason = text or say("%(name)s named a new date.") % {"name": by}
                commitment.move(by, new_on, reason, now=now, quietly=True)
            record(commitment, f"replied_{kind}", by, kind=sent.get_kind_display())
            if kind != AskerReply.Kind.READ:
                self._tell(sent, now, again)
        return sent

    def _tell(self, sent: "AskerReply", now: datetime, again: bool) -> None:
        mail = outbox.plan(
            f"asker-reply:{sent.pk}", "asker_reply", self.by, now, subject_id=sent.pk, batch_id=self.batch_id
        )
        if again and not outbox.replan(mail, now):
            key = f"asker-reply:{sent.pk}:{int(now.timestamp())}"
            outbox.plan(key, "asker_reply", self.by, now, subject_id=sent.pk, batch_id=self.batch_id)


class AskerReply(models.Model):
    """What the asker sends back by one tap. Sending it says that the answer was read."""

    class Kind(models.TextChoices):
        READ = "read", _("read")
        THANKS = "thanks", _("Thanks")
        HELP = "help", _("I’ll help")
        TALK = "talk", _("Let’s talk")
        NEW_DATE = "new_date", _("New date")
        # By mail, in words of their own.
        WROTE = "wrote", _("Wrote back")

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="replies")
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField(blank=True)
    new_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "by", "kind"], name="each_reply_once", condition=~Q(kind="wrote")
            ),
            models.CheckConstraint(
                condition=~Q(kind="new_date") | Q(new_on__isnull=False), name="a_new_date_is_a_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id}: {self.kind}"


class ReplyToken(Token):
    """Lets the asker reply to one answer without logging in."""

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="tokens")
