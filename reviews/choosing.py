"""Choosing many losses at once, and what the team's own rule would choose."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from failforward.accounts.models import User
from failforward.guards import Refused
from reviews import permissions, summaries
from reviews.models import Review


@dataclass
class Result:
    """Which changed, and why the others did not, each reason with its count."""

    word: str
    done: list[int] = field(default_factory=list)
    reasons: Counter = field(default_factory=Counter)

    @property
    def changed(self) -> int:
        return len(self.done)

    @property
    def sentence(self) -> str:
        done = f"{self.changed} {self.word}"
        if not self.reasons:
            return f"{done}."
        not_done = _("%(n)s not, because: %(why)s") % {"n": self.reasons.total(), "why": " ".join(self.reasons)}
        return f"{done}, {not_done}"


def choose_all(reviews: Iterable[Review], by: User, depth: str, today: date) -> Result:
    word = _("chosen for a quick review") if depth == Review.Depth.QUICK else _("chosen for a full review")
    return each(word, reviews, permissions.can_choose, by, lambda review: review.choose(by, depth, today))


def waive_all(reviews: Iterable[Review], by: User, reason: str) -> Result:
    if not reason.strip():
        raise Refused(_("Say in a few words why these losses are not reviewed."), field="reason")
    return each(_("waived"), reviews, permissions.can_waive, by, lambda review: review.waive(by, reason))


def put_back_all(reviews: Iterable[Review], by: User) -> Result:
    return each(_("back among the new losses"), reviews, permissions.can_put_back, by, lambda one: one.put_back(by))


def each(
    word: str,
    reviews: Iterable[Review],
    may: Callable[[User, Review], bool],
    by: User,
    verb: Callable[[Review], bool],
) -> Result:
    """All in one transaction, each with its own answer: one that refuses does not hold up the others."""
    result = Result(word)
    with transaction.atomic(), summaries.together():
        for review in held(reviews):
            try:
                if not may(by, review):
                    raise Refused(_("A manager of the team decides that."))
                with transaction.atomic():
                    if not verb(review):
                        raise Refused(_("That was decided already."))
                result.done.append(review.pk)
            except Refused as refused:
                result.reasons[str(refused)] += 1
    return result


def held(reviews: Iterable[Review]) -> list[Review]:
    """All are held before the first is changed, and the teams whose sums they move come in order: whoever works on one
    of them meanwhile, or on a like selection, comes before or after."""
    reviews = sorted(reviews, key=lambda review: (review.team_id, review.pk))
    ids = [review.pk for review in reviews]
    list(Review.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    return reviews


def suggested(review: Review) -> bool:
    """The team's rule: every loss from an amount on, and every n-th below it (told by its number, so it stays)."""
    team, value = review.team, review.value_minor
    is_known = None not in (team.review_from_minor, value) and review.deal.currency == team.currency
    if is_known and value >= team.review_from_minor:
        return True
    return bool(team.review_every_nth) and review.pk % team.review_every_nth == 0
