from django.db import models, transaction
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from reviews import permissions


class Mergeable(models.Model):
    """Told twice: the one stands behind the other, with who reported it and their source, and is counted nowhere."""

    class Meta:
        abstract = True

    def merge_into(self, kept: "Mergeable", by: User, reason: str = "") -> bool:
        """Where the two were judged or coded differently, `reason` says why they are the same all the same."""
        with transaction.atomic():
            self.lock()
            kept.lock()
            if self.merged_into_id == kept.pk:
                return False
            self._must_fit(kept, by)
            differs = differences(self, kept)
            if differs and not reason.strip():
                raise Refused(
                    _("They are read differently: %(how)s. Say why they are the same thing all the same.")
                    % {"how": "; ".join(differs)},
                    "reason",
                )
            self.merged_into = kept
            self.version += 1
            self.save(update_fields=["merged_into", "version"])
            record(kept, "took_in", by, differs="; ".join(differs), reason=reason.strip())
            record(self, "merged", by)
            self.review.refresh_state()
            if self.is_settled:
                self.review.count_anew()
        return True

    def separate(self, by: User) -> bool:
        """It stands by itself again, as it was."""
        with transaction.atomic():
            self.lock()
            if self.merged_into_id is None:
                return False
            self._must_be_open(by)
            kept, self.merged_into = self.merged_into, None
            self.version += 1
            self.save(update_fields=["merged_into", "version"])
            record(kept, "let_out", by)
            record(self, "separated", by)
            self.review.refresh_state()
            if self.is_settled:
                self.review.count_anew()
        return True

    def _must_be_open(self, by: User) -> None:
        self.review.must_not_be_closed()
        if not permissions.can_merge(by, self.review):
            raise Refused(_("Events are joined by the people on the review while it is open."))

    def _must_fit(self, kept: "Mergeable", by: User) -> None:
        self._must_be_open(by)
        if kept.pk == self.pk or kept.review_id != self.review_id:
            raise Refused(_("Choose another event of the same review."), "kept")
        if self.merged_into_id or kept.merged_into_id:
            raise Refused(_("One of the two stands behind another event already. Take it apart first."), "kept")
        if type(self).everything.filter(merged_into=self).exists():
            raise Refused(_("Another event was joined to this one. Keep this one, and join the other to it."), "kept")
        if self.whys.standing().exists() or self.comparisons.told().exists():
            raise Refused(_("It is said already why this happened, or in which wins it was. Keep this one."), "kept")
        if self.finding_id:
            raise Refused(_("This event is in a finding. Keep this one, and join the other to it."), "kept")


def differences(one, other) -> list[str]:
    """What both have and have otherwise, in words."""
    found = []
    if one.causal_role and other.causal_role and one.causal_role != other.causal_role:
        found.append(against(one.role_in_words, other.role_in_words))
    if one.is_settled and other.is_settled:
        if one.category != other.category:
            found.append(against(one.get_category_display(), other.get_category_display()))
        if one.verdict != other.verdict:
            found.append(against(one.get_verdict_display(), other.get_verdict_display()))
    return found


def against(one: str, other: str) -> str:
    return say("“%(one)s” here, “%(other)s” there") % {"one": one, "other": other}
