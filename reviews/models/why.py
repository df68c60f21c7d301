from typing import Self

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from failforward import versions
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from failforward.ids import random_id
from reviews import permissions, why_tree
from reviews.models.event import FailureEvent

# Enough for a question asked seven times deep, and for one page.
DEEPEST, MOST = 7, 40
EDITABLE = ["text", "evidence", "assumed", "ends_in_person"]


class Kind(models.TextChoices):
    WHY = "why", _("why it happened")
    ESCAPE = "escape", _("why it was not noticed sooner")


class WhyQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(event__in=FailureEvent.objects.visible_to(user))

    def standing(self) -> Self:
        return self.filter(out_with=None)

    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class Why(models.Model):
    """An answer to "why?" under an event, or under another answer. It says what shows it, or that it is assumed.

    Nobody's name is kept with it. What is said about an event that was told without a name stands in the history
    without one too, and its id tells no hour: whoever asks first why could be taken for who told it.
    """

    event = models.ForeignKey(FailureEvent, models.PROTECT, related_name="whys")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="answers")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.WHY)
    text = models.TextField(_("why"))
    evidence = models.TextField(_("what shows it"), blank=True)
    assumed = models.BooleanField(_("we assume it"), default=False)
    ends_in_person = models.BooleanField(_("this ends in a person"), default=False)
    # Why nobody asks further what let that happen.
    aside_because = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    # The answer it was taken out with, which may be itself: together they come back.
    out_with = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = WhyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="a_why_says_something"),
            models.CheckConstraint(
                condition=Q(assumed=True, evidence="") | Q(assumed=False) & ~Q(evidence=""),
                name="a_why_is_shown_or_assumed",
            ),
            models.CheckConstraint(
                condition=Q(aside_because="") | Q(ends_in_person=True), name="what_is_put_aside_ends_in_a_person"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @classmethod
    @transaction.atomic
    def answer(cls, event: FailureEvent, by: User, *, parent: Self | None = None, kind: str = Kind.WHY, **said) -> Self:
        """Under `parent`, whose kind it takes, or at the top. Pressed twice it is one."""
        event.lock()
        may_ask(event, by)
        if not event.counts:
            raise Refused(_("Say first that it did something to the outcome. Only then is it asked why."))
        said = checked(said)
        standing = list(event.whys.standing())
        kind = parent.kind if parent else kind
        if kind not in Kind.values:
            raise Refused(_("Choose whether it is why it happened, or why it was not noticed."))
        if parent and parent.pk not in {why.pk for why in standing}:
            raise Refused(_("The answer above was taken out meanwhile. Say it somewhere else."))
        above = parent.pk if parent else None
        beside = [why for why in standing if why.parent_id == above and why.kind == kind]
        for why in beside:
            if why.text == said["text"]:
                if why._differs(said):
                    raise Refused(_("This answer stands here already, shown otherwise. Change it there."), "text")
                return why
        if len(standing) >= MOST:
            raise Refused(_("Forty answers are enough for one event. Take out what does not help."))
        if parent and why_tree.depth_of(parent, standing) >= DEEPEST:
            raise Refused(_("Seven times why is deep enough. What is here can be changed by somebody, or it is not."))
        position = max((why.position for why in beside), default=0) + 1
        why = cls.objects.create(
            id=random_id(), event=event, parent=parent, kind=kind, position=position, batch_id=event.batch_id, **said
        )
        why._note("answered", by)
        return why

    @transaction.atomic
    def edit(self, by: User, *, version: int, **said) -> bool:
        self._hold(by)
        said = checked(said)
        if not self._differs(said):
            return False
        versions.hold(self, version)
        changes = versions.assign(self, said)
        if not self.ends_in_person:
            changes |= versions.assign(self, {"aside_because": ""})
        versions.keep(self, *changes)
        self._note("changed", by, changes=changes)
        return True

    @transaction.atomic
    def put_aside(self, by: User, because: str) -> bool:
        """What let a person do it is not asked further, for this reason."""
        self._hold(by)
        because = because.strip()
        if not because:
            raise Refused(_("Say in a word why it is not asked further."), "because")
        if not self.ends_in_person:
            raise Refused(_("Only an answer that ends in a person asks what let that happen."))
        if self.aside_because == because:
            return False
        self.aside_because = because
        versions.keep(self, "aside_because")
        self._note("put aside", by, reason=because)
        return True

    @transaction.atomic
    def take_out(self, by: User) -> bool:
        """With all that hangs below it."""
        self._hold(by, standing=False)
        if self.out_with_id:
            return False
        below = why_tree.below(self, list(self.event.whys.standing()))
        self.event.whys.filter(pk__in=[self.pk, *(why.pk for why in below)]).update(out_with=self)
        self.refresh_from_db()
        self._note("taken out", by)
        return True

    @transaction.atomic
    def bring_back(self, by: User) -> bool:
        self._hold(by, standing=False)
        if self.out_with_id is None:
            return False
        if self.out_with_id != self.pk or self.parent and self.parent.out_with_id:
            raise Refused(_("It was taken out with the answer above it. Bring that back first."))
        self.event.whys.filter(out_with=self).update(out_with=None)
        self.refresh_from_db()
        self._note("brought back", by)
        return True

    def _hold(self, by: User, standing: bool = True) -> None:
        self.event.lock()
        may_ask(self.event, by)
        event = self.event
        versions.hold(self)
        self.event = event
        if standing and self.out_with_id:
            raise Refused(_("This answer was taken out meanwhile."))

    def _differs(self, said: dict) -> bool:
        return any(getattr(self, name) != value for name, value in said.items())

    def _note(self, verb: str, by: User, **details) -> None:
        record(self, verb, by, anonymous=self.event.anonymous, **details)


def may_ask(event: FailureEvent, by: User) -> None:
    event.review.must_not_be_closed()
    if not permissions.can_look_deeper(by, event):
        raise Refused(_("Events are looked into by the people on the review while it is open."))


def checked(said: dict) -> dict:
    """What is said in an answer, whole: what shows it or that it is assumed, one of both."""
    if set(said) != set(EDITABLE):
        raise TypeError(f"an answer says {EDITABLE}, not {sorted(said)}")
    said = said | {"text": said["text"].strip(), "evidence": said["evidence"].strip()}
    if not said["text"]:
        raise Refused(_("Say why, in a sentence."), "text")
    if not said["evidence"] and not said["assumed"]:
        raise Refused(_("Say what shows it, or mark it as assumed."), "evidence")
    if said["evidence"] and said["assumed"]:
        raise Refused(_("You name what shows it: then it is not assumed. Keep one of the two."), "assumed")
    return said
