"""Two people at one thing: a row is held while it changes, and a change made on an older version is sent back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from failforward.guards import Conflict

MEANWHILE = _("Somebody else changed this while you were writing. Look at both, then save what you want to keep.")


def hold(obj: models.Model, seen: int | None = None) -> None:
    """Locks the row until the transaction ends and reads it anew. `seen` is the version the change was made on.

    Its key stays as it is, so a row that only points at it can be written meanwhile: waiting for that is a deadlock.
    """
    obj.refresh_from_db(from_queryset=type(obj)._base_manager.select_for_update(no_key=True))
    if seen is not None and seen != obj.version:
        raise Conflict(MEANWHILE, obj)


def keep(obj: models.Model, *fields: str) -> None:
    """Saves these fields of a held row as its next version."""
    obj.version += 1
    obj.save(update_fields=[*fields, "version"])


def assign(obj: models.Model, values: dict) -> dict[str, list]:
    """Sets what differs. Returns `{field: [before, after]}`, in words fit for the history; empty when nothing does."""
    changes = {}
    for name, value in values.items():
        before = getattr(obj, name)
        if before != value:
            changes[name] = [words(obj, name), None]
            setattr(obj, name, value)
            changes[name][1] = words(obj, name)
    return changes


def words(obj: models.Model, name: str) -> str | int | bool | None:
    display = getattr(obj, f"get_{name}_display", None)
    value = display() if display else getattr(obj, name)
    return value if isinstance(value, str | int | bool | None) else str(value)
