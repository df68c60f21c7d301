"""Puts deals into the database so that doing it again changes nothing. A thousand at a time, compared in Python."""

from dataclasses import dataclass, field

from failforward.history.models import plain
from reviews import summaries, weighing
from reviews.imports.joins import AccountLine, Joined, name_key, product_key
from reviews.imports.people import NEW, People
from reviews.imports.rows import DealRow
from reviews.models import Account, Deal, ImportJob, ImportRow, Outcome, Review
from reviews.models.deal import LOSSES

BATCH = 1_000


@dataclass
class Batch:
    """What one batch comes to: rows by their number, deals not yet written."""

    created: dict[int, Deal] = field(default_factory=dict)
    updated: dict[int, tuple[Deal, dict]] = field(default_factory=dict)
    unchanged: list[Deal] = field(default_factory=list)

    def deals(self) -> list[Deal]:
        return [*self.created.values(), *(deal for deal, _before in self.updated.values()), *self.unchanged]


class Accounts:
    """The customers of one source by name, whatever its capitals and spaces."""

    def __init__(self, source: str, *, batch_id=None, writes: bool = True) -> None:
        self.source, self.batch_id, self.writes = source, batch_id, writes
        self.load()

    def load(self) -> None:
        known = Account.objects.filter(source=self.source).order_by("-pk").values_list("name", "pk")
        self.ids = {name_key(name): pk for name, pk in known}

    def set_up(self, lines: list[AccountLine]) -> None:
        if not self.writes:
            return
        self.make([line.name for line in lines])
        stated = {self.ids[name_key(line.name)]: line for line in lines}
        changed = []
        for account in Account.objects.filter(pk__in=stated):
            line = stated[account.pk]
            wanted = {"sector": line.sector, "location": line.location, "parent_name": line.parent}
            if any(value and getattr(account, name) != value for name, value in wanted.items()):
                for name, value in wanted.items():
                    setattr(account, name, value or getattr(account, name))
                changed.append(account)
        Account.objects.bulk_update(changed, ["sector", "location", "parent_name"], batch_size=BATCH)

    def make(self, names: list[str]) -> None:
        new = {name_key(name): name for name in reversed(names) if name and name_key(name) not in self.ids}
        if not self.writes:
            self.ids |= dict.fromkeys(new, NEW)
            return
        made = Account.objects.bulk_create(
            Account(source=self.source, name=name, batch_id=self.batch_id) for name in new.values()
        )
        self.ids |= {name_key(account.name): account.pk for account in made}


class Saver:
    def __init__(self, source: str, joined: Joined, *, batch_id=None, currency: str, writes: bool = True) -> None:
        self.source, self.joined, self.batch_id, self.writes = source, joined, batch_id, writes
        self.people = People(source, batch_id=batch_id, currency=currency, writes=writes)
        self.accounts = Accounts(source, batch_id=batch_id, writes=writes)

    def set_up(self) -> None:
        """The people, teams and customers of the joined files."""
        self.people.set_up(self.joined.teams)
        self.accounts.set_up(self.joined.accounts)

    def forget(self) -> None:
        """After a transaction that did not hold, what it made is gone."""
        self.people.load()
        self.accounts.load()

    def compare(self, rows: dict[int, DealRow]) -> Batch:
        self.accounts.make([row.account for row in rows.values()])
        ids = [row.external_id for row in rows.values()]
        known = {deal.external_id: deal for deal in Deal.objects.filter(source=self.source, external_id__in=ids)}
        batch = Batch()
        for number, row in rows.items():
            deal = known.get(row.external_id)
            if deal is None:
                batch.created[number] = self._new(row)
                continue
            before = apply(deal, self._stated(row, deal))
            if before:
                batch.updated[number] = (deal, before)
            else:
                batch.unchanged.append(deal)
        return batch

    def write(self, batch: Batch, job: ImportJob) -> None:
        Deal.objects.bulk_create(batch.created.values(), batch_size=BATCH)
        changed = [deal for deal, _before in batch.updated.values()]
        fields = sorted({name for _deal, before in batch.updated.values() for name in before})
        if changed:
            Deal.objects.bulk_update(changed, fields, batch_size=BATCH)
            keep_reviews_in_step(changed)
        ImportRow.objects.bulk_create(_import_rows(batch, job), batch_size=BATCH)

    def _new(self, row: DealRow) -> Deal:
        owner, team = self.people.place(row.owner)
        price = self.joined.price_of(row.product)
        product = price.product if price else row.product
        return Deal(
            source=self.source,
            external_id=row.external_id,
            name=product if row.name == row.product else row.name,
            account_id=self.accounts.ids[name_key(row.account)] if row.account else None,
            product=product,
            amount_minor=row.amount_minor,
            list_price_minor=self._list_price(row),
            currency=row.currency,
            outcome=row.outcome,
            stage=row.stage,
            stage_at_loss=row.stage_at_loss,
            opened_on=row.opened_on,
            closed_on=row.closed_on,
            lost_on=row.closed_on if row.outcome in LOSSES else None,
            competitor=row.competitor,
            lead_source=row.lead_source,
            owner_id=owner,
            team_id=team,
            batch_id=self.batch_id,
        )

    def _list_price(self, row: DealRow) -> int | None:
        """A price in another currency than the deal's is not its price."""
        price = self.joined.price_of(row.product)
        return price.minor if price and price.currency == row.currency else None

    def _stated(self, row: DealRow, deal: Deal) -> dict:
        """The fields the row states. An empty cell states nothing, so it never empties what is there."""
        new = self._new(row)
        names = ["name", "product", "stage", "stage_at_loss", "opened_on", "closed_on", "competitor", "lead_source"]
        stated = {name: getattr(new, name) for name in names if getattr(new, name)}
        for name in ("name", "product"):
            # Another way to write the product is no change of the deal.
            if row.product and product_key(getattr(new, name)) == product_key(getattr(deal, name)):
                stated.pop(name, None)
        for name in ("account_id", "amount_minor", "list_price_minor"):
            if getattr(new, name) is not None:
                stated[name] = getattr(new, name)
        if new.amount_minor is not None or new.list_price_minor is not None:
            stated["currency"] = new.currency
        if row.owner:
            stated["owner_id"] = new.owner_id
            if new.owner_id != deal.owner_id or new.owner_id in self.people.stated_teams:
                stated["team_id"] = new.team_id
        return stated | _outcome(row, deal)


def _outcome(row: DealRow, deal: Deal) -> dict:
    """How the deal ended. "Lost" does not take back what its owner said about to whom, and a loss keeps its day."""
    if row.outcome not in LOSSES:
        return {
            "outcome": row.outcome,
            "lost_on": None,
            "closed_on": row.closed_on or (deal.closed_on if row.outcome == Outcome.WON else None),
        }
    if deal.outcome not in LOSSES:
        return {"outcome": row.outcome, "lost_on": row.closed_on}
    return {} if row.outcome == Outcome.LOST else {"outcome": row.outcome}


def apply(deal: Deal, stated: dict) -> dict:
    """Sets what differs and returns what was there before, field by field."""
    before = {name: getattr(deal, name) for name, value in stated.items() if getattr(deal, name) != value}
    for name in before:
        setattr(deal, name, stated[name])
    return before


def value_of(deal: Deal) -> int | None:
    return deal.amount_minor if deal.amount_minor is not None else deal.list_price_minor


def keep_reviews_in_step(deals: list[Deal]) -> None:
    """Reviews repeat their deal's team, owner, day of loss and value, so that lists are read in index order."""
    by_id = {deal.pk: deal for deal in deals}
    changed, seen, moved = [], [], []
    for review in Review.objects.filter(deal__in=by_id):
        seen.append(review.pk)
        deal = by_id[review.deal_id]
        wanted = {"team_id": deal.team_id, "owner_id": deal.owner_id, "value_minor": value_of(deal)}
        # A deal that is open again has no such day; its review keeps the one it had.
        wanted["lost_on"] = deal.lost_on or deal.closed_on or review.lost_on
        if review.team_id != deal.team_id:
            moved.append(deal.pk)
        if any(getattr(review, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(review, name, value)
            changed.append(review)
    Review.objects.bulk_update(changed, ["team_id", "owner_id", "lost_on", "value_minor"], batch_size=BATCH)
    summaries.count_anew(seen)
    if moved:
        weighing.follow_deals(moved)


def _import_rows(batch: Batch, job: ImportJob) -> list[ImportRow]:
    created = [
        ImportRow(job=job, number=number, result=ImportRow.Result.CREATED, deal=deal)
        for number, deal in batch.created.items()
    ]
    updated = [
        ImportRow(
            job=job,
            number=number,
            result=ImportRow.Result.UPDATED,
            deal=deal,
            before={name: plain(value) for name, value in before.items()},
        )
        for number, (deal, before) in batch.updated.items()
    ]
    return created + updated
