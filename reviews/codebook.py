"""The eleven categories with the definitions that hold now, and those that held before."""

from dataclasses import replace

from django.db.models import QuerySet

from failforward.prepared import prepared
from reviews.categories import BY_CODE, CATEGORIES, Category
from reviews.models.definition import WORDS, Definition


def codebook() -> list[Category]:
    """In their order, in the words of their newest version. One query."""
    newest = {row.category: row for row in definitions()}
    return [
        reworded(category, newest[category.code]) if category.code in newest else category for category in CATEGORIES
    ]


@prepared
def definitions() -> QuerySet[Definition]:
    return Definition.objects.order_by("version")


def reworded(category: Category, row: Definition) -> Category:
    words = {name: getattr(row, name) for name in WORDS}
    return replace(category, **words, version=row.version, since=row.at)


def versions_of(code: str) -> list[tuple[Category, Definition | None]]:
    """Newest first; the one built in comes last and has no row."""
    first = BY_CODE[code]
    rows = Definition.objects.filter(category=code).select_related("by").order_by("-version")
    return [*((reworded(first, row), row) for row in rows), (first, None)]
