"""Wins to hold against a loss: read in index order, so that a hundred thousand deals cost what a hundred do."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from failforward.accounts.models import User
from failforward.scopes import Scoped
from reviews import permissions
from reviews.base_rate import MOST, WITHIN, BaseRate, Candidate, Proposal, propose
from reviews.likeness import Traits
from reviews.models import Comparison, Deal, FailureEvent, Outcome
from reviews.models.comparison import ANSWERS, Present
from reviews.models.deal import deal_scopes

# Of the team's newest wins, and of all that the person may see, so many are weighed.
WEIGHED = 100
ORDER = ("-sort_on", "-id")
READ = ["name", "account__name", "account__sector", "product", "competitor", "lead_source", "team", "outcome"]
READ += ["value_minor", "currency", "closed_on", "sort_on"]


@dataclass(frozen=True)
class Win:
    """A won deal beside an event: why it is proposed, and what was said of it."""

    deal: Deal
    because: str = ""
    comparison: Comparison | None = None

    @property
    def present(self) -> str:
        return self.comparison.present if self.comparison else ""


@dataclass(frozen=True)
class Wins:
    """`hidden` wins were looked at that this person may not see."""

    looked_at: list[Win]
    offered: list[Win]
    unlike: list[Win]
    hidden: int
    rate: BaseRate

    @property
    def shown(self) -> list[Win]:
        return self.looked_at + self.offered

    @property
    def told(self) -> int:
        return len(self.looked_at) + self.hidden

    @property
    def said(self) -> list[Win]:
        return self.looked_at + self.unlike


def wins_for(event: FailureEvent, user: User) -> Wins:
    """Four queries, whatever the number of deals. The event is read with its review and deal."""
    lost = event.review.deal
    said = {one.deal_id: one for one in event.comparisons.exclude(present="").order_by("pk")}
    pks = near(lost, event.review.lost_on, user) | said.keys()
    seen = Deal.objects.visible_to(user).filter(pk__in=pks).exclude(pk=lost.pk).select_related("account").only(*READ)
    deals = {deal.pk: deal for deal in seen}
    proposals = {one.pk: one for one in proposed(lost, event.review.lost_on, deals.values())}
    known = [Win(deals[pk], words(proposals.get(pk)), one) for pk, one in said.items() if pk in deals]
    told = [one for one in said.values() if one.present in ANSWERS]
    offered = [Win(deals[pk], words(one)) for pk, one in proposals.items() if pk not in said]
    return Wins(
        looked_at=[win for win in known if win.present in ANSWERS],
        offered=offered[: max(0, MOST - len(told))],
        unlike=[win for win in known if win.present == Present.UNLIKE],
        hidden=sum(one.deal_id not in deals for one in told),
        rate=rate_of([one.present for one in told]),
    )


def near(lost: Deal, lost_on: date, user: User) -> set[int]:
    """The newest wins that the person may see, and those of the lost deal's team, a year before to a year after."""
    wins = Deal.objects.filter(outcome=Outcome.WON, sort_on__range=(lost_on - WITHIN, lost_on + WITHIN))
    found = set(Scoped(wins, deal_scopes(user), ORDER).ids(WEIGHED))
    if permissions.manages(user, lost.team_id):
        # Whoever manages many teams would else be offered the newest wins of the others.
        found |= set(wins.filter(team=lost.team_id).order_by(*ORDER).values_list("pk", flat=True)[:WEIGHED])
    return found


def proposed(lost: Deal, lost_on: date, deals: Collection[Deal]) -> list[Proposal]:
    won = [deal for deal in deals if deal.outcome == Outcome.WON]
    return propose(traits_of(lost), lost_on, [Candidate(deal.pk, traits_of(deal), deal.sort_on) for deal in won])


def traits_of(deal: Deal) -> Traits:
    return Traits(
        rival=deal.competitor,
        product=deal.product,
        sector=deal.account.sector if deal.account_id else "",
        amount=deal.value_minor,
        currency=deal.currency,
        team=str(deal.team_id),
        lead_source=deal.lead_source,
    )


def words(proposal: Proposal | None) -> str:
    return proposal.in_words if proposal else ""


def rate_of(answers: Collection[str]) -> BaseRate:
    return BaseRate(*(sum(one == code for one in answers) for code in ANSWERS))
