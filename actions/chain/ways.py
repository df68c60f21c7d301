"""Where the chain begins, and what it goes through from there."""

from dataclasses import dataclass

from django.db.models import Model, Q, QuerySet

from actions.models import ActionItem, Commitment, EffectivenessCheck
from failforward.accounts.models import User
from failforward.scopes import Among
from reviews.models import Deal, FailureEvent, Finding, Review

# What stands at the head of the page, by the first part of its address.
KINDS = {
    "deal": (Deal, ["account"]),
    "review": (Review, ["deal__account"]),
    "event": (FailureEvent, ["review__deal__account"]),
    "finding": (Finding, ["merged_into"]),
    "action": (ActionItem, []),
    "commitment": (Commitment, ["step", "milestone"]),
    "check": (EffectivenessCheck, ["action"]),
}


@dataclass(frozen=True)
class Way:
    """What the chain goes through: the one `pk` of the kind `by`, none for a promise that hangs from nothing. Shown
    first is the `commitment` it began with; from the start itself promises hang as `hanging` says."""

    by: str = ""
    pk: int = 0
    commitment: int = 0
    hanging: str = ""

    @property
    def events(self) -> Q | None:
        return Q(**{EVENTS_BY[self.by]: self.pk}) if self.by in EVENTS_BY else None

    @property
    def action(self) -> int:
        return self.pk if self.by == "action" else 0


EVENTS_BY = {"deal": "review__deal", "review": "review", "event": "pk"}


def starts(kind: str, user: User) -> QuerySet:
    """What of a kind `user` may begin from."""
    model, beside = KINDS[kind]
    # One is looked up: of events not all reviews are listed for it.
    seen = model.objects.few_visible_to(user) if model is FailureEvent else model.objects.visible_to(user)
    return seen.select_related(*beside)


def way_through(kind: str, start: Model) -> Way:
    if kind in ("deal", "review"):
        return Way(kind, start.pk, hanging=kind)
    if kind == "check":
        return Way("action", start.action_id)
    return way_of_promise(start) if kind == "commitment" else Way(kind, start.pk)


def way_of_promise(promise: Commitment) -> Way:
    parts = [part for part in (promise.step, promise.milestone) if part]
    action = promise.action_id or next((part.action_id for part in parts), None)
    if action:
        return Way("action", action, promise.pk)
    about = {"review": promise.review_id, "deal": promise.deal_id}
    by = next((name for name, pk in about.items() if pk), "")
    return Way(by, about.get(by, 0), promise.pk, hanging="commitment")


def hanging_from(kind: str, pk: int, commitment: int) -> Q:
    """The promises that hang from the start itself."""
    if kind == "deal":
        return Q(deal=pk) | Q(Among("review", Review.objects.filter(deal=pk).values("pk")))
    return {"review": Q(review=pk), "commitment": Q(pk=commitment)}.get(kind, Q(pk__in=[]))
