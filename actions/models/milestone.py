from datetime import date

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.models.action import ActionItem, ActionPart
from actions.models.action_state import State
from actions.models.deadline import Deadline, check_deadline
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from failforward.versions import assign, keep


class Milestone(Deadline, ActionPart):
    """Something one can see to be reached, by a date. It counts once there is evidence or somebody who saw it.

    `first_due_on` is the date first promised: while the action is a proposal the two are one.
    """

    what = models.CharField(_("milestone"), max_length=300)
    due_on = models.DateField(_("by"))
    first_due_on = models.DateField(editable=False)
    reached_on = models.DateField(null=True, blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    evidence_url = models.URLField(_("link"), blank=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    has_file = models.BooleanField(default=False, db_default=False, editable=False)
    called_off_because = models.CharField(_("why it is not needed any more"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reached_on=None)
                | ~Q(evidence="")
                | ~Q(evidence_url="")
                | Q(seen_by__isnull=False)
                | Q(has_file=True),
                name="reached_with_evidence",
                violation_error_message=_("Say what shows that it is reached, or who saw it."),
            ),
            models.CheckConstraint(
                condition=Q(reached_on=None) | Q(called_off_because=""), name="reached_or_called_off"
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def is_called_off(self) -> bool:
        return bool(self.called_off_because)

    @property
    def is_shown_otherwise(self) -> bool:
        """By words, a link or a person, whatever the files."""
        return bool(self.evidence or self.evidence_url or self.seen_by_id)

    @property
    def is_ahead(self) -> bool:
        return self.reached_on is None and not self.is_called_off

    # --- Verbs ----------------------------------------------------------------------------------

    @classmethod
    def add(cls, by: User, action: ActionItem, what: str, due_on: date, *, today: date) -> "Milestone":
        """Called by `ActionItem.add_milestone`, which holds the action."""
        what = worded(what)
        check_deadline(due_on, today)
        milestone = cls.objects.create(action=action, what=what, due_on=due_on, first_due_on=due_on)
        action.refresh_next_due()
        record(action, "milestone_added", by, milestone=what, due_on=due_on)
        return milestone

    def edit(self, by: User, what: str, due_on: date | None = None, *, today: date, seen: int | None = None) -> None:
        """Other words; another date only while the action is a proposal and the date a promise to nobody."""
        values = {"what": worded(what)}
        with transaction.atomic():
            self.hold(seen)
            if due_on is not None and due_on != self.due_on:
                if self.action.state != State.PROPOSED:
                    raise Refused(_("This date was promised. Move it, and say why."), "due_on")
                check_deadline(due_on, today)
                values |= {"due_on": due_on, "first_due_on": due_on}
            changes = assign(self, values)
            if changes:
                keep(self, *changes)
                self.action.refresh_next_due()
                changes.pop("first_due_on", None)
                record(self.action, "milestone_changed", by, milestone=self.what, **changes)

    def reach(
        self,
        by: User,
        *,
        today: date,
        evidence: str = "",
        evidence_url: str = "",
        seen_by: User | None = None,
        file: UploadedFile | None = None,
    ) -> None:
        """It is reached: something shows it, or somebody other than the responsible person saw it."""
        evidence, evidence_url = evidence.strip(), evidence_url.strip()
        if evidence_url and not evidence_url.lower().startswith(("https://", "http://")):
            raise Refused(_("A link begins with https:// or http://."), "evidence_url")
        from actions.models.evidence import EvidenceFile, kept

        with kept(file) as checked, transaction.atomic():
            self.hold()
            if self.reached_on:
                self.check_no_file(file)
                return
            self.check_ahead()
            self.check_witness(seen_by)
            added = EvidenceFile.add(by, self, checked) if checked else None
            # What was said before it was taken back stays, unless there is something new to say.
            self.evidence = evidence or self.evidence
            self.evidence_url = evidence_url or self.evidence_url
            self.seen_by = seen_by or self.seen_by
            if not (self.is_shown_otherwise or self.has_file):
                raise Refused(_("Say what shows that it is reached, or who saw it."), "evidence")
            self.reached_on = today
            keep(self, "reached_on", "evidence", "evidence_url", "seen_by")
            self.drop_request()
            self.action.refresh_next_due()
            shown = self.evidence or self.evidence_url or str(added or self.seen_by or say("a file"))
            record(self.action, "milestone_reached", by, milestone=self.what, shown=shown)

    def add_file(self, by: User, file: UploadedFile) -> None:
        """Something more that shows it, before it is reached or after."""
        from actions.models.evidence import EvidenceFile, kept

        if file is None:
            raise Refused(_("Choose a file."), "file")
        with kept(file) as checked, transaction.atomic():
            self.hold()
            self.check_not_called_off()
            added = EvidenceFile.add(by, self, checked)
            record(self.action, "evidence_added", by, milestone=self.what, file=added.name)

    def take_back(self, by: User) -> None:
        """It was not reached after all."""
        with transaction.atomic():
            self.hold()
            if self.reached_on is None:
                return
            self.reached_on = None
            keep(self, "reached_on")
            self.action.refresh_next_due()
            record(self.action, "milestone_taken_back", by, milestone=self.what)

    def call_off(self, by: User, reason: str) -> None:
        """It is not needed any more. It stays to be read, with the reason."""
        reason = reason.strip()
        if not reason:
            raise Refused(_("Say why it is not needed any more."), "reason")
        with transaction.atomic():
            self.hold()
            if self.is_called_off:
                return
            self.check_ahead()
            self.called_off_because = reason
            keep(self, "called_off_because")
            self.action.check_still_whole()
            self.drop_request()
            self.action.refresh_next_due()
            record(self.action, "milestone_called_off", by, milestone=self.what, reason=reason)

    def give_to(self, by: User, person: User):
        """Asks a person to reach it. They accept, name another date or decline; only then are they asked about it."""
        from actions.models.commitment import Commitment

        with transaction.atomic():
            self.hold()
            self.check_ahead()
            if not self.action.action_list.eligible().filter(pk=person.pk).exists():
                raise Refused(say("%(name)s is neither on the list nor in its team.") % {"name": person.name}, "person")
            return Commitment.request(by, person, self.what, self.due_on, milestone=self)

    # --- What the verbs stand on ----------------------------------------------------------------

    def check_ahead(self) -> None:
        if self.reached_on:
            raise Refused(_("This milestone is reached already."))
        self.check_not_called_off()

    def check_not_called_off(self) -> None:
        if self.is_called_off:
            raise Refused(_("This milestone was called off."))

    def check_no_file(self, file: UploadedFile | None) -> None:
        """Pressed twice it does no harm; but a file is never taken without being kept."""
        if file is not None:
            raise Refused(_("This milestone is reached already. Add the file to it instead."), "file")

    def check_witness(self, seen_by: User | None) -> None:
        if seen_by is None:
            return
        if seen_by.pk == self.action.responsible_id:
            raise Refused(_("Name somebody else who saw it, or say what shows it."), "seen_by")
        if not self.action.action_list.witnesses().filter(pk=seen_by.pk).exists():
            raise Refused(say("%(name)s is neither on the list nor in its team.") % {"name": seen_by.name}, "seen_by")


def worded(what: str) -> str:
    if not what.strip():
        raise Refused(_("Say what will have been reached."), "what")
    return what.strip()
