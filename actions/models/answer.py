from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actions.models.commitment import Commitment
from actions.models.follow_up import FollowUp
from failforward.tokens import Token


class Answer(models.Model):
    """The reply to a follow-up: outcome, what was learned, what next. It can be changed for seven days."""

    class Status(models.TextChoices):
        DONE = "done", _("Done")
        PARTLY = "partly", _("Partly")
        MOVED = "moved", _("Moved")
        STUCK = "stuck", _("Stuck")
        DROPPED = "dropped", _("Not doing it")

    class Via(models.TextChoices):
        LINK = "link", _("by the link in the mail")
        DESK = "desk", _("in the product")
        MAIL = "mail", _("by mail")
        MEETING = "meeting", _("in the meeting")

    follow_up = models.OneToOneField(FollowUp, models.PROTECT, related_name="answer")
    status = models.CharField(max_length=8, choices=Status)
    outcome = models.TextField(_("outcome"), blank=True)
    learned = models.TextField(_("what was learned"), blank=True)
    new_on = models.DateField(_("new date"), null=True, blank=True)
    reason = models.CharField(_("why"), max_length=300, blank=True)
    next_what = models.TextField(_("next step"), blank=True)
    next_with = models.CharField(_("with whom"), max_length=200, blank=True)
    next_on = models.DateField(_("by"), null=True, blank=True)
    next_commitment = models.OneToOneField(Commitment, models.PROTECT, null=True, blank=True, related_name="+")
    via = models.CharField(max_length=8, choices=Via, default=Via.LINK)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, blank=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

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


class AskerReply(models.Model):
    """What the asker sends back by one tap. Sending it says that the answer was read."""

    class Kind(models.TextChoices):
        READ = "read", _("read")
        THANKS = "thanks", _("Thanks")
        HELP = "help", _("I’ll help")
        TALK = "talk", _("Let’s talk")
        NEW_DATE = "new_date", _("New date")

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="replies")
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.CharField(max_length=500, blank=True)
    new_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "by", "kind"], name="each_reply_once"),
            models.CheckConstraint(
                condition=~Q(kind="new_date") | Q(new_on__isnull=False), name="a_new_date_is_a_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id}: {self.kind}"


class ReplyToken(Token):
    """Lets the asker reply to one answer without logging in."""

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="tokens")
