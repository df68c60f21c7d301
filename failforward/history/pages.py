"""The history at the end of a page: a link there, read only when somebody follows it."""

from collections.abc import Iterable

from django.db.models import Model
from django.http import HttpRequest

from failforward.history.models import Change

SHOWN = 50


def is_asked_for(request: HttpRequest) -> bool:
    return request.GET.get("do") == "history"


def history_of(request: HttpRequest, objects: Iterable[Model]) -> list[Change] | None:
    """The newest changes of these objects; None is the link to them. See templates/shared/_history.html."""
    return list(Change.objects.about_any(objects)[:SHOWN]) if is_asked_for(request) else None
