from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from actions.models.check import EffectivenessCheck
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record

MOST_VALUES = 1_000
MOST_DIGITS = 11


class CheckValue(models.Model):
    """What was measured on one day. Measured again, the later number stands; the history keeps the earlier."""

    check_of = models.ForeignKey(EffectivenessCheck, models.PROTECT, related_name="values_seen")
    on = models.DateField(_("day"))
    value = models.DecimalField(_("number"), max_digits=14, decimal_places=3)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["check_of", "on"], name="one_value_a_day")]

    def __str__(self) -> str:
        return f"{self.on}: {self.value}"


class CheckNote(models.Model):
    """What was looked at or who was talked to, how many, how many of them as they should be, what was found."""

    check_of = models.ForeignKey(EffectivenessCheck, models.PROTECT, related_name="notes")
    on = models.DateField(_("day"))
    what = models.CharField(_("what was looked at"), max_length=200)
    looked_at = models.PositiveIntegerField(_("how many"))
    as_wanted = models.PositiveIntegerField(_("how many of them as they should be"), null=True, blank=True)
    found = models.TextField(_("what was found"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(looked_at__gte=1) & (Q(as_wanted=None) | Q(as_wanted__lte=F("looked_at"))),
                name="no_more_found_than_looked_at",
            )
        ]

    def __str__(self) -> str:
        return self.what


def add_values(check: EffectivenessCheck, by: User, values: Iterable[tuple[date, Decimal]], *, today: date) -> int:
    """How many are new or changed. All of them or none."""
    wanted = dict(values)
    if not wanted:
        raise Refused(_("There is no number in it. Write a day and a number in each line."), "values")
    if late := next((on for on in wanted if on > today), None):
        raise Refused(say("%(day)s has not come yet.") % {"day": late.isoformat()}, "values")
    if any(abs(value) >= 10**MOST_DIGITS for value in wanted.values()):
        raise Refused(_("A number has more digits than can be kept. Use a larger unit."), "values")
    with transaction.atomic():
        hold_for(check, by)
        known = {one.on: one for one in check.values_seen.all()}
        if len(known.keys() | wanted.keys()) > MOST_VALUES:
            raise Refused(say("A check keeps %(n)s numbers at most.") % {"n": MOST_VALUES}, "values")
        changed = [one for on, one in known.items() if on in wanted and one.value != wanted[on]]
        before = {one.on.isoformat(): str(one.value.normalize()) for one in changed}
        for one in changed:
            one.value = wanted[one.on]
        CheckValue.objects.bulk_update(changed, ["value"])
        new = [CheckValue(check_of=check, on=on, value=value) for on, value in wanted.items() if on not in known]
        CheckValue.objects.bulk_create(new)
        if new or changed:
            record(check.action, "values_kept", by, new=len(new), changed=len(changed), before=before)
    return len(new) + len(changed)


def add_note(
    check: EffectivenessCheck,
    by: User,
    what: str,
    looked_at: int,
    found: str,
    *,
    today: date,
    as_wanted: int | None = None,
    on: date | None = None,
) -> CheckNote:
    on = on or today
    if not what.strip():
        raise Refused(_("Say what was looked at, or who was talked to."), "what")
    if not found.strip():
        raise Refused(_("Say what was found."), "found")
    if looked_at < 1:
        raise Refused(_("Look at one at least."), "looked_at")
    if as_wanted is not None and not 0 <= as_wanted <= looked_at:
        raise Refused(
            ngettext(
                "Only %(n)s was looked at, so no more than that can be as it should be.",
                "Only %(n)s were looked at, so no more than that can be as they should be.",
                looked_at,
            )
            % {"n": looked_at},
            "as_wanted",
        )
    if on > today:
        raise Refused(_("This day has not come yet."), "on")
    with transaction.atomic():
        hold_for(check, by)
        said = {"what": what.strip(), "found": found.strip(), "looked_at": looked_at, "as_wanted": as_wanted}
        note = CheckNote.objects.create(check_of=check, by=by, on=on, **said)
        record(check.action, "check_noted", by, what=note.what, looked_at=looked_at)
    return note


def hold_for(check: EffectivenessCheck, by: User) -> None:
    check.hold()
    check.must_be_open()
    check.must_check(by)
