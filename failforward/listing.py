"""Lists whose queries are written once for all who reach the same, see `prepared`."""

from collections.abc import Callable
from functools import cached_property, lru_cache, partial
from typing import NamedTuple

from django.db import connections
from django.db.models import Q, QuerySet
from django.http import QueryDict

from failforward import paging
from failforward.accounts.models import User
from failforward.accounts.reach import Reach, reach_of
from failforward.filters import ListFilter
from failforward.prepared import MARKS, counting, marked, prepared, somebody
from failforward.scopes import Order, Scoped
from failforward.statements import Statement


class Listing(NamedTuple):
    """All rows of a list, whose of them a person reads, and what is read of those on a page. It is a constant of its
    module, and its functions look at nothing but what they are given."""

    rows: Callable[[], QuerySet]
    scopes: Callable[[User], list[Q]]
    load: paging.Load

    def page(
        self,
        params: QueryDict,
        user: User,
        orders: dict[str, Order],
        filterset: type[ListFilter] | None = None,
        /,
        size: int = paging.PAGE_SIZE,
        **filter_options,
    ) -> paging.Page:
        def known(order: Order, chosen: paging.Chosen) -> Scoped:
            rows = Narrowed(self.rows, filterset, chosen) if chosen else self.rows
            return Known(self._replace(rows=rows), user, order)

        whose = partial(self.scopes, user)
        return paging.page_of(
            params, self.rows(), whose, orders, self.load, filterset, size, filter_options, known=known
        )


class Narrowed(NamedTuple):
    """What steady filters leave of the rows. The same choice makes the same list, so that it is written once."""

    rows: Callable[[], QuerySet]
    filterset: type[ListFilter]
    chosen: paging.Chosen

    def __call__(self) -> QuerySet:
        values = dict(self.chosen)
        return self.filterset(values, queryset=self.rows(), only=values).qs


class Known(Scoped):
    """The rows of a list that `user` reads, as long as nothing but steady filters narrows them."""

    def __init__(self, listing: Listing, user: User, order: Order) -> None:
        self.listing, self.user, self.order = listing, user, order
        self.names = [name.lstrip("-") for name in order]

    @cached_property
    def base(self) -> QuerySet:
        return self.listing.rows()

    @cached_property
    def scopes(self) -> list[Q]:
        return scopes_of(self.listing, self.user)

    def rows(self, load: paging.Load, size: int) -> list:
        if self.is_plain:
            return first_rows(self.user, listing=self.listing, order=self.order, size=size)
        ids = self.ids(size)
        # One query for pages of every length.
        padded = ids + ids[-1:] * (size - len(ids))
        return rows_of(*padded, listing=self.listing, order=self.order) if ids else []

    def ids(self, size: int) -> list[int]:
        return [row[-1] for row in self.read("first_sql", size)]

    def count(self, most: int) -> int:
        if self.is_plain:
            return how_many(self.user, listing=self.listing, most=most)
        return sum(row[0] for row in self.read("count_sql", most))

    @property
    def is_plain(self) -> bool:
        return plain(self.listing, reach_of(self.user))

    def read(self, what: str, size: int) -> list[tuple]:
        statement = written(self.listing, reach_of(self.user), self.order, what, size)
        return statement.rows([self.user.pk], connections[self.base.db]) if statement else []


def scopes_of(listing: Listing, user: User) -> list[Q]:
    return Scoped(listing.rows(), listing.scopes(user), ()).scopes


@lru_cache(maxsize=200)
def plain(listing: Listing, reach: Reach) -> bool:
    return anybodys(listing, reach, ()).is_plain


@lru_cache(maxsize=200)
def written(listing: Listing, reach: Reach, order: Order, what: str, size: int) -> Statement | None:
    sql, values = getattr(anybodys(listing, reach, order), what)(size)
    return marked(sql, values) if sql else None


def anybodys(listing: Listing, reach: Reach, order: Order) -> Scoped:
    return Scoped(listing.rows(), listing.scopes(somebody(MARKS[0], reach)), order)


@prepared
def first_rows(user: User, *, listing: Listing, order: Order, size: int) -> QuerySet:
    return listing.load(listing.rows().filter(scopes_of(listing, user)[0])).order_by(*order)[:size]


@counting
def how_many(user: User, *, listing: Listing, most: int) -> QuerySet:
    return listing.rows().filter(scopes_of(listing, user)[0]).order_by().values("pk")[:most]


@prepared
def rows_of(*ids: int, listing: Listing, order: Order) -> QuerySet:
    return listing.load(listing.rows().model._default_manager.filter(pk__in=ids)).order_by(*order)
