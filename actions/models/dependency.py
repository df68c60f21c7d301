from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.models.action_state import State
from actions.models.no_cycle import NoCycle
from actions.told import tell
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from failforward.versions import hold


class Dependency(models.Model):
    """`action` cannot be done before `waits_for` is. No chain of them leads back to where it began."""

    action = models.ForeignKey("actions.ActionItem", models.PROTECT, related_name="dependencies")
    waits_for = models.ForeignKey("actions.ActionItem", models.PROTECT, related_name="dependants")
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["action", "waits_for"], name="waits_for_another_once"),
            models.CheckConstraint(condition=~Q(action=F("waits_for")), name="nothing_waits_for_itself"),
            NoCycle(name="nobody_waits_in_a_circle", before="action", after="waits_for"),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} after {self.waits_for_id}"


class Waiting(models.Model):
    """What an action waits for: something in words, a person, another action."""

    blocked_by_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    blocked_by_action = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def waits_in_words(self) -> str:
        """All that it is blocked by."""
        person, other = self.blocked_by_person, self.blocked_by_action
        return ", ".join(filter(None, [self.blocked_by, person and person.name, other and self.name_of(other)]))

    @property
    def can_go_on(self) -> bool:
        """It waits for nothing but another action, and that one is open no more."""
        other = self.blocked_by_action
        return bool(other and not other.is_open and not self.blocked_by and self.blocked_by_person_id is None)

    def name_of(self, other) -> str:
        """Who reads this one reads its list; what stands on another list they may not."""
        return f"“{other.what}”" if other.action_list_id == self.action_list_id else say("an action on another list")

    # --- Verbs ----------------------------------------------------------------------------------

    def block(self, by: User, by_what: str = "", *, person: User | None = None, action=None) -> None:
        """It waits for something, somebody or another action, or several of these. Told again with other answers, they
        change. The person is told; the other action is one that it comes after from now on."""
        by_what = by_what.strip()
        if not (by_what or person or action):
            raise Refused(_("Say what or whom it waits for."), "blocked_by")
        with transaction.atomic():
            self.hold_with(action)
            self.check_running()
            self.check_waited_for(person)
            if action is not None and action.pk != self.blocked_by_action_id:
                self.check_can_wait_for(by, action, "action")
                self.add_dependency(by, action, "action")
            waits = {"blocked_by": by_what, "blocked_by_person": person, "blocked_by_action": action}
            before = {name: getattr(self, name) for name in waits}
            if self.state == State.BLOCKED and before == waits:
                return
            for name, value in waits.items():
                setattr(self, name, value)
            told = self.enter(State.BLOCKED, by, "blocked", shown={"blocked_by": self.waits_in_words}, **waits)
            if person is not None and person != before["blocked_by_person"]:
                tell(told, person, now=timezone.now())

    def unblock(self, by: User) -> None:
        with transaction.atomic():
            self.hold_running()
            if self.state == State.BLOCKED:
                self.enter(State.IN_PROGRESS, by, "unblocked", **NOTHING)

    def wait_for(self, by: User, other) -> None:
        """It comes after `other`: whoever answers for it is told when that one is done."""
        with transaction.atomic():
            self.hold_with(other)
            if self.dependencies.filter(waits_for=other).exists():
                return
            self.check_can_change()
            self.check_can_wait_for(by, other)
            self.add_dependency(by, other)
            record(self, "waits_for", by, action=self.name_of(other))

    def wait_no_more(self, by: User, other) -> None:
        with transaction.atomic():
            self.hold_open()
            if self.blocked_by_action_id == other.pk:
                raise Refused(say("It is blocked by this one. Say first that it can go on."))
            if self.dependencies.filter(waits_for=other).delete()[0]:
                record(self, "waits_no_more", by, action=self.name_of(other))

    # --- What the verbs stand on ----------------------------------------------------------------

    def hold_with(self, other) -> None:
        """Both rows in one order for everybody, so that two who join the same pair never wait for each other."""
        for one in sorted(filter(None, [self, other]), key=lambda one: one.pk):
            hold(one)

    def check_waited_for(self, person: User | None) -> None:
        if person is not None and not self.action_list.witnesses().filter(pk=person.pk).exists():
            raise Refused(
                say("%(name)s is neither on the list nor in its team. Write it in your own words.")
                % {"name": person.name},
                "person",
            )

    def check_can_wait_for(self, by: User, other, field: str = "other") -> None:
        if not type(self).objects.visible_to(by).filter(pk=other.pk).exists():
            raise Refused(_("There is no such action."), field)
        if other.pk == self.pk:
            raise Refused(_("An action does not wait for itself. Choose another one."), field)
        if not other.is_open:
            raise Refused(say("“%(what)s” is open no more. Nothing waits for it.") % {"what": other.what}, field)
        self.check_no_circle(by, other, field)

    def check_no_circle(self, by: User, other, field: str) -> None:
        chain = chain_between(other.pk, self.pk)
        if chain:
            raise Refused(
                say("That would be a circle: %(chain)s. One of them has to come first.")
                % {"chain": in_words(names_in(chain, by))},
                field,
            )

    def add_dependency(self, by: User, other, field: str = "other") -> None:
        """Somebody may close the circle at this very moment: the database refuses the second of the two."""
        try:
            with transaction.atomic():
                Dependency.objects.get_or_create(action=self, waits_for=other, defaults={"batch_id": self.batch_id})
        except IntegrityError:
            self.check_no_circle(by, other, field)
            raise

    def check_nothing_comes_first(self) -> None:
        first = self.dependencies.filter(waits_for__state__in=STILL_OPEN).select_related("waits_for").first()
        if first is not None:
            raise Refused(
                say("It comes after %(what)s, which is not done yet. Say first that it no longer waits for that.")
                % {"what": self.name_of(first.waits_for)}
            )

    def tell_those_who_wait(self, by: User) -> None:
        """What waited for this one may go on; whoever answers for it decides."""
        waiting = self.dependants.filter(action__state__in=STILL_OPEN).order_by("pk")
        for one in waiting.select_related("action__responsible", "action__action_list__owner"):
            verb = "waited_for_dropped" if self.state == State.DROPPED else "waited_for_done"
            told = record(one.action, verb, by, action=one.action.name_of(self))
            tell(told, one.action.responsible, one.action.action_list.owner, now=timezone.now())


STILL_OPEN = [State.PROPOSED, State.COMMITTED, State.IN_PROGRESS, State.BLOCKED]
NOTHING = {"blocked_by": "", "blocked_by_person": None, "blocked_by_action": None}


def chain_between(first: int, last: int) -> list[int]:
    """The ids on the shortest way along which `first` waits for `last`; empty where it does not."""
    came_from: dict[int, int | None] = {first: None}
    ahead = [first]
    while ahead and last not in came_from:
        rows = Dependency.objects.filter(action__in=ahead).order_by("pk").values_list("action", "waits_for")
        found = {after: before for before, after in rows if after not in came_from}
        came_from |= found
        ahead = list(found)
    way, at = [], last if last in came_from else None
    while at is not None:
        way.append(at)
        at = came_from[at]
    return way[::-1]


def in_words(names: list[str]) -> str:
    first, *rest = [*names, say("this one again")]
    return say("%(one)s waits for %(others)s") % {"one": first, "others": say(", which waits for ").join(rest)}


def names_in(chain: list[int], by: User) -> list[str]:
    """All but the last, which is the one that it began with."""
    from actions.models.action import ActionItem

    seen = dict(ActionItem.objects.visible_to(by).filter(pk__in=chain).values_list("pk", "what"))
    return [f"“{seen[pk]}”" if pk in seen else say("an action that you do not see") for pk in chain[:-1]]
