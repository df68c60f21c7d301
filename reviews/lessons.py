"""What closed reviews taught, for everybody in the team and without names; and which of it fits a deal at hand."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.prepared import prepared
from failforward.scopes import Among
from reviews import likeness
from reviews.likeness import Traits
from reviews.models import Deal, FailureEvent, Finding, LessonSetAside, Review, ReviewPerson, Visibility
from reviews.models.review import on_it

OFFERED = 3
# Of the lessons that share a trait with a deal, as many of the newest are weighed.
WEIGHED = 100
SHOWN = ["lesson", "lost_on", "kind", "team__name", "visibility", "owner", "deal__outcome", "deal__competitor"]
SHOWN += ["deal__product", "deal__name", "deal__account__name"]
ON_LISTS = ["owner", "sponsor", "people"]


@dataclass(frozen=True)
class Offer:
    """A lesson for a deal, and in words what makes the two alike."""

    review: Review
    because: str


@dataclass(frozen=True)
class Offers:
    deal: Deal
    lessons: list[Offer]
    set_aside: int = 0

    def __bool__(self) -> bool:
        return bool(self.lessons or self.set_aside)


def lesson_scopes(user: User) -> list[Q]:
    """Whose lessons `user` reads, a condition for each reason. A lesson belongs to its team, like a finding; what a
    review for few taught is read by those on it alone."""
    reach = reach_of(user)
    standard, mine = Q(visibility=Visibility.STANDARD), Q(on_it(user))
    if reach.is_admin:
        return [standard, mine]
    return [standard & Q(team__in=sorted(reach.own)), mine, *(standard & behind_lists(user, who) for who in ON_LISTS)]


def behind_lists(user: User, who: str) -> Q:
    """Reviews whose findings feed a list that `user` is on."""
    fed = Finding.objects.filter(**{f"actions__action_list__{who}": user.pk})
    return Q(Among("pk", FailureEvent.objects.filter(finding__in=fed.values("pk")).values("review")))


def lessons() -> QuerySet[Review]:
    return Review.objects.filter(state="closed").exclude(lesson="")


def with_deal(rows: QuerySet[Review]) -> QuerySet[Review]:
    return rows.select_related("deal__account", "team").only(*SHOWN)


@prepared
def on_reviews(user: int, *reviews: int) -> QuerySet:
    """Which of these somebody is on."""
    return ReviewPerson.objects.filter(user=user, review__in=reviews).order_by().values_list("review", flat=True)


def reads(user: User, lesson: Review, is_on: bool) -> bool:
    """The review behind a lesson, and with it the deal's and the customer's name; `is_on`: is `user` on it."""
    reach = reach_of(user)
    led = reach.is_admin or lesson.team_id in reach.managed or lesson.owner_id == user.pk
    return is_on or lesson.is_standard and led


def like(deal: Deal, user: User, about: Review | None = None) -> Offers:
    """Lessons that `user` may read from deals like this one, the most alike first; `about` is the deal's own review."""
    wanted = sharing(deal)
    if not wanted:
        return Offers(deal, [])
    found = lessons().filter(reduce(or_, lesson_scopes(user)), wanted).exclude(deal=deal)
    if about is not None:
        found = found.exclude(pk=about.pk)
    put_away = LessonSetAside.objects.filter(deal=deal, by=user.pk, review=OuterRef("pk"))
    rows = found.select_related("deal__account", "team").only(*SHOWN, *WEIGHING)
    rows = list(rows.annotate(put_away=Exists(put_away)).order_by("-lost_on", "-pk")[:WEIGHED])
    mine = traits_of(deal)
    alike = [(likeness.shared(mine, traits_of(row.deal)), row) for row in rows]
    alike = sorted((pair for pair in alike if pair[0]), key=lambda pair: -likeness.weight(pair[0]))
    offered = [Offer(row, in_words(traits)) for traits, row in alike if not row.put_away]
    return Offers(deal, offered[:OFFERED], sum(row.put_away for _traits, row in alike))


WEIGHING = ["deal__value_minor", "deal__currency", "deal__account__sector"]


def sharing(deal: Deal) -> Q:
    """Reviews of deals that share a word of this one's; empty where it says too little of itself."""
    wanted = Q()
    if deal.competitor.strip():
        wanted |= Q(deal__competitor__iexact=deal.competitor.strip())
    if deal.product.strip():
        wanted |= Q(deal__product__iexact=deal.product.strip())
    if deal.account_id:
        wanted |= Q(deal__account=deal.account_id)
        if deal.account.sector.strip():
            wanted |= Q(deal__account__sector__iexact=deal.account.sector.strip())
    return wanted


def traits_of(deal: Deal) -> Traits:
    account = deal.account
    return Traits(
        customer=account.name if account else "",
        rival=deal.competitor,
        product=deal.product,
        sector=account.sector if account else "",
        amount=deal.value_minor,
        currency=deal.currency,
    )


def in_words(traits: list[str]) -> str:
    words = {
        "customer": _("same customer"),
        "rival": _("same rival"),
        "product": _("same product line"),
        "sector": _("same line of business"),
        "amount": _("like amount"),
    }
    return ", ".join(words[name] for name in traits)
