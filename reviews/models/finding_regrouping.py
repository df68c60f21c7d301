from collections.abc import Collection
from typing import Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from failforward import versions
from failforward.accounts.models import User
from failforward.guards import Conflict, Refused
from failforward.history.models import record
from reviews import permissions
from reviews.models.finding_state import UNFIXED, State


class Regrouped(models.Model):
    """Two weaknesses that turn out to be one, and one that turns out to be two.

    The one that is merged stays as it was read and weighed, and points at the one that is kept; its events go over,
    all of them, also those that whoever merges may not read. `actions.regrouping` is the way in: actions go with them.
    """

    # `state_before` is that of the merged one, and of the kept one where the merge changed it.
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    state_before = models.CharField(max_length=12, choices=State, blank=True, default="", db_default="")

    class Meta:
        abstract = True

    @transaction.atomic
    def merge_into(self, kept: Self, by: User, *, version: int | None = None) -> bool:
        self._hold_events(self.pk, kept.pk)
        for one in sorted((self, kept), key=lambda one: one.pk):
            versions.hold(one)
        if self.merged_into_id == kept.pk:
            return False
        if version is not None and version != self.version:
            raise Conflict(versions.MEANWHILE, self)
        self._must_fit(kept, by)
        self.events.update(finding=kept, came_with=self)
        if self.state == State.BEING_FIXED != kept.state:
            kept._write(state=State.BEING_FIXED, state_before=kept.state)
        self._write(state=State.MERGED, state_before=self.state, merged_into=kept)
        record(self, "merge into", by, finding=kept.title)
        record(kept, "take in", by, finding=self.title)
        return True

    @transaction.atomic
    def separate(self, by: User, *, kept_is_being_fixed: bool) -> bool:
        """It stands by itself again, with the events that it brought and that are still where they went."""
        self.refresh_from_db(fields=["merged_into"])
        if self.merged_into_id is None:
            return False
        kept = self.merged_into
        self._hold_events(self.pk, kept.pk)
        for one in sorted((self, kept), key=lambda one: one.pk):
            versions.hold(one)
        if self.merged_into_id != kept.pk:
            return False
        self._must_be_managed(by)
        kept.events.filter(came_with=self).update(finding=self, came_with=None)
        if kept.state == State.BEING_FIXED and not kept_is_being_fixed:
            kept._write(state=kept.state_before or State.OPEN, state_before="")
        self._write(state=self.state_before, state_before="", merged_into=None)
        record(self, "separate", by, finding=kept.title)
        record(kept, "let out", by, finding=self.title)
        return True

    @transaction.atomic
    def split(
        self, by: User, events: Collection[int], title: str, category: str, *, version: int | None = None
    ) -> Self:
        """The chosen events show another weakness, which is opened. What `by` may not read stays where it is."""
        self._hold_events(self.pk)
        # The team before the finding, the order in which whoever sorts an event takes them.
        self.must_be_new(self.team_id, title)
        versions.hold(self, version)
        self._must_be_managed(by)
        self._must_not_be_done_with()
        seen = list(self.events.visible_to(by).select_related("review"))
        chosen = [event for event in seen if event.pk in events]
        if not chosen:
            raise Refused(_("Choose at least one event that shows the other weakness."), "events")
        if len(chosen) == len(seen):
            raise Refused(_("Leave at least one event here. To call it something else, change its words."), "events")
        new = type(self).open(self.team, title, category, by, batch_id=self.batch_id)
        self.events.filter(pk__in=[event.pk for event in chosen]).update(finding=new, came_with=None)
        versions.keep(self)
        for event in chosen:
            record(event, "take finding", by, finding=new.title)
        if any(event.review.is_standard for event in chosen):
            # Else it would tell the whole team that this one has events which few may read.
            record(self, "split off", by, finding=new.title)
            record(new, "split from", by, finding=self.title)
        return new

    def _hold_events(self, *findings: int) -> None:
        """Before the findings, the order in which events are joined to them."""
        events = self.events.model.objects.filter(finding__in=findings).order_by("pk")
        list(events.select_for_update(no_key=True).values_list("pk"))

    def _must_fit(self, kept: Self, by: User) -> None:
        self._must_be_managed(by)
        if kept.pk == self.pk or kept.team_id != self.team_id:
            raise Refused(_("Choose another finding of the same team."), "kept")
        for one in (self, kept):
            one._must_not_be_done_with()
        if type(self).objects.filter(merged_into=self).exists():
            raise Refused(_("Another finding was merged into this one. Keep this one, and merge the other into it."))

    def _must_be_managed(self, by: User) -> None:
        if not permissions.can_write_findings(by, self.team_id):
            raise Refused(_("Findings are changed by the managers of their team."))

    def _must_not_be_done_with(self) -> None:
        self._must_not_be_merged()
        if self.state not in UNFIXED:
            raise Refused(_("“%(title)s” is done with. Reopen it first.") % self.named)
