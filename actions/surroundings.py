"""What stands around an action on its page: what comes first, what waits, who helps, whether it is to be dropped, and
of its milestones the files and the moves. All of it in one query, however much of it there is."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    Expression,
    F,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from actions.models import ActionHelper, ActionItem, DateChange, Dependency, Drop, EvidenceFile, Milestone
from actions.models.action_state import State
from failforward.accounts.models import User

FIRST, AFTER, HELPER, DROP, FILE, MOVE = "first", "after", "helper", "drop", "file", "move"


@dataclass
class Surroundings:
    """Of each dependency `is_seen` says whether the reader may read the other action."""

    first: list[Dependency] = field(default_factory=list)
    after: list[Dependency] = field(default_factory=list)
    helpers: list[ActionHelper] = field(default_factory=list)
    drop: Drop | None = None

    def is_helped_by(self, user: User) -> bool:
        return any(helper.user_id == user.pk for helper in self.helpers)


class Row(NamedTuple):
    """`of` is the milestone or the other action, `number` a size, `flag` what is to be said yes or no to."""

    kind: str
    at: datetime | None
    pk: int
    of: int | None
    text: str
    code: str
    by: int | None
    by_name: str
    other: int | None
    other_name: str
    on: date | None
    until: date | None
    number: int | None
    flag: bool

    @property
    def by_person(self) -> User:
        return User(pk=self.by, name=self.by_name)

    @property
    def other_person(self) -> User | None:
        return User(pk=self.other, name=self.other_name) if self.other else None


def around(action: ActionItem, user: User) -> Surroundings:
    """Reads `action` with its milestones; each gets its `files_shown` and its `date_changes`."""
    found: dict[str, list[Row]] = {kind: [] for kind in (FIRST, AFTER, HELPER, DROP, FILE, MOVE)}
    for values in rows_around(action, user):
        found[values[0]].append(Row(*values))
    add_files(action, found[FILE])
    add_moves(action, found[MOVE])
    return Surroundings(
        first=[dependency(row, action=action, waits_for=other(row)) for row in found[FIRST]],
        after=[dependency(row, action=other(row), waits_for=action) for row in found[AFTER]],
        helpers=[ActionHelper(pk=row.pk, action=action, user=row.by_person) for row in found[HELPER]],
        drop=drop_of(action, found[DROP][-1]) if found[DROP] else None,
    )


def rows_around(action: ActionItem, user: User) -> QuerySet:
    seen = ActionItem.objects.visible_to(user)
    is_seen = {name: Exists(seen.filter(pk=OuterRef(name))) for name in ("waits_for", "action")}
    milestones = Q(milestone__action=action.pk)
    parts = [
        columns(
            action.dependencies,
            FIRST,
            of="waits_for_id",
            text="waits_for__what",
            code="waits_for__state",
            flag=is_seen["waits_for"],
        ),
        columns(
            action.dependants, AFTER, of="action_id", text="action__what", code="action__state", flag=is_seen["action"]
        ),
        columns(action.helpers, HELPER, person="user"),
        drops(action),
        columns(
            EvidenceFile.objects.there().filter(milestones),
            FILE,
            at="at",
            of="milestone_id",
            text="name",
            code="kind",
            person="by",
            number="size",
        ),
        columns(
            DateChange.objects.filter(milestones),
            MOVE,
            at="at",
            of="milestone_id",
            text="reason",
            code="state",
            person="by",
            second="decided_by",
            on="from_on",
            until="to_on",
        ),
    ]
    return parts[0].union(*parts[1:], all=True).order_by("b_at", "c_pk")


def drops(action: ActionItem) -> QuerySet:
    """The one that waits, or by which it is dropped now."""
    is_dropped = action.state == State.DROPPED
    wanted = action.drops.filter(state=Drop.State.AGREED) if is_dropped else action.drops.asked_for()
    second, at = ("decided_by", "decided_at") if is_dropped else ("asked", "at")
    return columns(wanted, DROP, at=at, text="reason", code="state", person="by", second=second, flag=F("alone"))


def columns(
    found: QuerySet,
    kind: str,
    *,
    at: str = "",
    of: str = "",
    text: str = "",
    code: str = "",
    person: str = "",
    second: str = "",
    on: str = "",
    until: str = "",
    number: str = "",
    flag: Expression | None = None,
) -> QuerySet:
    """The columns of a `Row`, cast so that all databases put the kinds together."""
    as_row = {
        "a_kind": Cast(Value(kind), CharField()),
        "b_at": Cast(named(at), DateTimeField()),
        "c_pk": Cast(F("pk"), BigIntegerField()),
        "d_of": Cast(named(of), BigIntegerField()),
        "e_text": Cast(named(text), TextField()),
        "f_code": Cast(named(code), CharField()),
        "g_by": Cast(named(f"{person}_id" if person else ""), BigIntegerField()),
        "h_by_name": words(person),
        "i_other": Cast(named(f"{second}_id" if second else ""), BigIntegerField()),
        "j_other_name": words(second),
        "k_on": Cast(named(on), DateField()),
        "l_until": Cast(named(until), DateField()),
        "m_number": Cast(named(number), BigIntegerField()),
        "n_flag": Cast(Value(False) if flag is None else flag, BooleanField()),
    }
    return found.order_by().annotate(**as_row).values_list(*as_row)


def named(column: str) -> Expression:
    return F(column) if column else Value(None)


def words(person: str) -> Expression:
    name = F(f"{person}__name") if person else Value("")
    return Coalesce(Cast(name, TextField()), Value(""), output_field=TextField())


def dependency(row: Row, **ends: ActionItem) -> Dependency:
    made = Dependency(pk=row.pk, **ends)
    made.is_seen = row.flag
    return made


def other(row: Row) -> ActionItem:
    return ActionItem(pk=row.of, what=row.text, state=row.code)


def drop_of(action: ActionItem, row: Row) -> Drop:
    is_dropped = row.code == Drop.State.AGREED
    ends = {"decided_by": row.other_person, "decided_at": row.at} if is_dropped else {"asked": row.other_person}
    at = {} if is_dropped else {"at": row.at}
    return Drop(
        pk=row.pk, action=action, reason=row.text, by=row.by_person, state=row.code, alone=row.flag, **ends, **at
    )


def add_files(action: ActionItem, rows: list[Row]) -> None:
    milestones = by_pk(action)
    for milestone in milestones.values():
        milestone.files_shown = []
    for row in rows:
        kept = {"name": row.text, "kind": row.code, "size": row.number, "at": row.at}
        if row.of in milestones:
            file = EvidenceFile(pk=row.pk, milestone=milestones[row.of], by=row.by_person, **kept)
            milestones[row.of].files_shown.append(file)


def add_moves(action: ActionItem, rows: list[Row]) -> None:
    """As `prefetch_related` would have left them."""
    milestones, moves = by_pk(action), {}
    for row in rows:
        moved = {"from_on": row.on, "to_on": row.until, "reason": row.text, "state": row.code, "at": row.at}
        people = {"by": row.by_person, "decided_by": row.other_person}
        moves.setdefault(row.of, []).append(DateChange(pk=row.pk, milestone_id=row.of, **moved, **people))
    for pk, milestone in milestones.items():
        read = milestone.date_changes.all()
        read._result_cache, read._prefetch_done = moves.get(pk, []), True
        milestone._prefetched_objects_cache = getattr(milestone, "_prefetched_objects_cache", {}) | {
            "date_changes": read
        }


def by_pk(action: ActionItem) -> dict[int, Milestone]:
    return {milestone.pk: milestone for milestone in action.milestones.all()}
