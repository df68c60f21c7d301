"""The first rows of each group, in one query."""

from django.db.models import Case, Count, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber


def first_of_each(rows: QuerySet, groups: list, order: list, most: int) -> QuerySet:
    """The first `most` of each group, with their `place` in it and the number `of` all."""
    place, of = Window(RowNumber(), partition_by=groups, order_by=order), Window(Count("*"), partition_by=groups)
    return rows.order_by().annotate(place=place, of=of).filter(place__lte=most)


def zero_if(condition: Q) -> Case:
    return Case(When(condition, then=0), default=1)


def one_if(condition: Q) -> Case:
    return Case(When(condition, then=1), default=0)
