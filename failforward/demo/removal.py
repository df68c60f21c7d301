"""The demo leaves in one go: its rows, and whatever was made with them while it was tried out."""

from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from actions.evidence import store
from actions.models import ActionList, EvidenceFile
from failforward.accounts.models import Team, User
from failforward.demo.batch import DEMO_BATCH
from failforward.guards import Refused
from failforward.history.models import Change
from reviews import summary_sql
from reviews.models import Deal, Finding, ImportJob, Review

CHUNK = 5_000
# Things of the real team, even where a person of the demo was put beside them while both were there.
KEPT = [Team, Deal, Review, Finding, ActionList, ImportJob]
Rows = dict[type[models.Model], set[int]]


def is_here() -> bool:
    return User.objects.filter(batch_id=DEMO_BATCH).exists()


def belongs(user: User) -> bool:
    return user.batch_id == DEMO_BATCH


def lets_log_in() -> bool:
    return User.objects.filter(batch_id=DEMO_BATCH, is_active=True).exists()


def end_log_ins() -> None:
    """The password of the demo is known to everybody: once there is a real admin, nobody is somebody of it any more."""
    people = User.objects.filter(batch_id=DEMO_BATCH)
    people.update(is_active=False, password=make_password(None))
    for session in UserSession.objects.filter(user__in=people):
        session.end()


@transaction.atomic
def remove(by: User) -> int:
    """Deletes the demo. `by` is a real admin; answers how many rows went."""
    if belongs(by):
        raise Refused(_("Log in as your own admin first: this person belongs to the demo and leaves with it."))
    rows = closure(batch_rows())
    rows[Change] = rows.get(Change, set()) | changes_about(rows)
    forget_files(rows.get(EvidenceFile, set()))
    for model in KEPT:
        forget(model, rows)
    # Foreign keys are checked when the transaction ends, so rows that point at each other may go in any order.
    count = sum(delete(model, gone) for model, gone in rows.items())
    # Real reviews that named somebody of the demo count for nobody now.
    summary_sql.rebuild()
    return count


def forget_files(gone: set[int]) -> None:
    """Their bytes go once their rows are gone."""
    names = list(EvidenceFile.objects.filter(pk__in=gone).values_list("stored_as", flat=True))
    transaction.on_commit(lambda: [store.forget(name) for name in names])


def forget(model: type[models.Model], rows: Rows) -> None:
    """Real rows that only name somebody of the demo stay and name nobody."""
    for field in foreign_keys(model):
        if field.null and (gone := rows.get(field.related_model)):
            model._base_manager.filter(**{f"{field.name}__in": gone}).update(**{field.name: None})


def delete(model: type[models.Model], gone: set[int]) -> int:
    ids = sorted(gone)
    for start in range(0, len(ids), CHUNK):
        model._base_manager.filter(pk__in=ids[start : start + CHUNK])._raw_delete(using="default")
    return len(ids)


def batch_rows() -> Rows:
    return {
        model: set(model._base_manager.filter(batch_id=DEMO_BATCH).values_list("pk", flat=True))
        for model in apps.get_models()
        if any(field.name == "batch_id" for field in model._meta.fields)
    }


def closure(rows: Rows) -> Rows:
    """The rows and all that point at them, on and on."""
    grew = True
    while grew:
        grew = False
        for model in apps.get_models():
            found = pointing_at(model, rows)
            if not found <= rows.get(model, set()):
                rows[model] = rows.get(model, set()) | found
                grew = True
    return rows


def pointing_at(model: type[models.Model], rows: Rows) -> set[int]:
    condition = Q()
    for field in foreign_keys(model):
        if model in KEPT and field.null:
            continue
        if gone := rows.get(field.related_model):
            condition |= Q(**{f"{field.name}__in": gone})
    return set(model._base_manager.filter(condition).values_list("pk", flat=True)) if condition else set()


def foreign_keys(model: type[models.Model]) -> list[models.ForeignKey]:
    return [field for field in model._meta.concrete_fields if field.is_relation]


def changes_about(rows: Rows) -> set[int]:
    found: set[int] = set()
    for model, gone in rows.items():
        about = Change.objects.filter(subject=model._meta.label_lower, subject_id__in=gone)
        found |= set(about.values_list("pk", flat=True))
    return found
