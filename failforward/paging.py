"""Lists read in index order, a page at a time, whoever reads them. A page is found by key, not by offset."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.forms import Form
from django.http import QueryDict
from django.utils.safestring import SafeString

from failforward.scopes import Order, Scoped

if TYPE_CHECKING:
    # It draws its fields, and what draws them knows pages.
    from failforward.filters import ListFilter

PAGE_SIZE = 25
COUNT_CAP = 1000
Load = Callable[[QuerySet], QuerySet]
Chosen = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Chip:
    label: str
    value: str
    remove_url: str


@dataclass(frozen=True)
class SortLink:
    url: str
    aria: str = ""


@dataclass
class Page:
    rows: list
    count: int
    capped: bool
    next_url: str = ""
    previous_url: str = ""
    sort: str = ""
    sorts: dict[str, SortLink] = field(default_factory=dict)
    chips: list[Chip] = field(default_factory=list)
    form: list[SafeString] = field(default_factory=list)
    filter_url: str = ""
    # The filters that were asked for, where one cannot be read: it is left out of the rows.
    wrong: Form | None = None

    @property
    def count_label(self) -> str:
        return f"{COUNT_CAP:,}+" if self.capped else f"{self.count:,}"

    @property
    def filters_on(self) -> bool:
        return bool(self.chips)


def page_of(
    params: QueryDict,
    base: QuerySet,
    scopes: Callable[[], list[Q]],
    orders: dict[str, Order],
    load: Load,
    filterset: type["ListFilter"] | None = None,
    size: int = PAGE_SIZE,
    filter_options: dict | None = None,
    known: Callable[[Order, Chosen], Scoped] | None = None,
) -> Page:
    """The page that `params` (filters, `sort`, `after`, `before`) ask for.

    `base` holds all rows; what scopes and an order are: see `Scoped`. The first of `orders` is the default. `known` is
    the list with its queries written already, see `Listing`; where it serves, nobody's scopes are asked for.
    """
    options, filters, chosen = filter_options or {}, None, ()
    if names := used(filterset, params):
        filters = filterset(params, queryset=base, only=names, **options)
        chosen = filters.chosen()
    sort = params.get("sort", "") if params.get("sort", "") in orders else next(iter(orders))
    if known and chosen is not None:
        whole = known(orders[sort], chosen)
    else:
        whole = Scoped(filters.qs if filters else base, scopes(), orders[sort])
    rows, has_next, has_previous = slice_of(params, whole, load, size)
    is_all = not has_next and not has_previous
    count = len(rows) if is_all else whole.count(COUNT_CAP + 1)
    return Page(
        rows=rows,
        count=min(count, COUNT_CAP),
        capped=count > COUNT_CAP,
        next_url=turn(params, after=cursor_of(rows[-1], orders[sort])) if has_next else "",
        previous_url=turn(params, before=cursor_of(rows[0], orders[sort])) if has_previous else "",
        sort=sort,
        sorts={name: sort_link(params, name, sort, order) for name, order in orders.items()},
        chips=chips_of(filters, params) if filters else [],
        form=form_of(filterset, filters, params, options),
        filter_url=turn(params, filter="1") if filterset is not None else "",
        wrong=filters.form if filters and filters.form.errors else None,
    )


def used(filterset: type["ListFilter"] | None, params: QueryDict) -> list[str]:
    return [name for name in filterset.base_filters if params.get(name)] if filterset else []


def form_of(
    filterset: type["ListFilter"] | None, filters: "ListFilter | None", params: QueryDict, options: dict
) -> list[SafeString]:
    """The fields of the form, drawn when it is opened or has something to say."""
    if filterset is None or not ("filter" in params or (filters and filters.form.errors)):
        return []
    return list(filterset(params, **options).drawn().values()) if filters else filterset.blank(**options)


def slice_of(params: QueryDict, whole: Scoped, load: Load, size: int) -> tuple[list, bool, bool]:
    """Rows of the page, whether there is a next one, whether there is a previous one."""
    backwards = "before" in params
    at = values_of(whole.base.model, params.get("before" if backwards else "after", ""), whole.order)
    direction = reverse(whole.order) if backwards else whole.order
    asked = whole
    if at or backwards:
        asked = Scoped(whole.base.filter(beyond(direction, at)) if at else whole.base, whole.scopes, direction)
    rows = asked.rows(load, size + 1)
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        return rows[::-1], at is not None, more
    return rows, more, at is not None


def reverse(order: Order) -> Order:
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def beyond(order: Order, values: list) -> Q:
    """Rows after `values` in `order`. The first column's own bound comes first, so that the index starts there."""
    whole, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        column, sign = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        whole |= equal & Q(**{f"{column}__{sign}": value})
        equal &= Q(**{column: value})
    first, sign = (order[0][1:], "lte") if order[0].startswith("-") else (order[0], "gte")
    return Q(**{f"{first}__{sign}": values[0]}) & whole


def cursor_of(row: Model, order: Order) -> str:
    values = [getattr(row, name.lstrip("-")) for name in order]
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def values_of(model: type[Model], cursor: str, order: Order) -> list | None:
    """The key values of a cursor, or None for one that nobody made here: the list then begins at its beginning."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        fields = [model._meta.get_field(name.lstrip("-")) for name in order]
        if not isinstance(values, list) or any(v is None or isinstance(v, list | dict) for v in values):
            return None
        cleaned = [getattr(fld, "output_field", fld).to_python(v) for fld, v in zip(fields, values, strict=True)]
        return None if any(isinstance(v, int) and abs(v) > 2**62 for v in cleaned) else cleaned
    except (ValueError, TypeError, binascii.Error, ValidationError, OverflowError):
        return None


def turn(params: QueryDict, **changes: str) -> str:
    """The same address with other values; a change of filters or order goes back to the first page."""
    query = params.copy()
    for name in ("after", "before", "totals", "filter"):
        query.pop(name, None)
    for name, value in changes.items():
        if value:
            query[name] = value
        else:
            query.pop(name, None)
    return f"?{query.urlencode()}"


def sort_link(params: QueryDict, name: str, current: str, order: Order) -> SortLink:
    aria = ("descending" if order[0].startswith("-") else "ascending") if name == current else ""
    return SortLink(turn(params, sort=name), aria)


def chips_of(filters: "ListFilter", params: QueryDict) -> list[Chip]:
    """A chip for each filter that is on, in the words of the form."""
    chips = []
    for name, bound in filters.form.fields.items():
        raw = [key for key in params if key == name or key.startswith(f"{name}_")]
        value = getattr(filters.form, "cleaned_data", {}).get(name)
        if not raw or value in (None, "", []):
            continue
        query = params.copy()
        for key in [*raw, "after", "before", "totals", "filter"]:
            query.pop(key, None)
        chips.append(Chip(str(bound.label or name), in_words(bound, value), f"?{query.urlencode()}"))
    return chips


def in_words(bound, value) -> str:
    if said := getattr(bound, "in_words", None):
        return said(value)
    if isinstance(value, list | tuple | QuerySet):
        return ", ".join(in_words(bound, one) for one in value)
    choices = {
        str(code): str(label) for code, label in getattr(bound, "choices", []) or [] if not isinstance(label, list)
    }
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, slice):
        return " – ".join(str(end) if end is not None else "…" for end in (value.start, value.stop))
    return choices.get(str(value), str(value))
