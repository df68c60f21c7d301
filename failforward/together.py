"""Rows that hang on a row, read in the query that reads it: of the many kinds of things on a page each costs no query
of its own. They are few; what there may be very many of is asked for with a limit."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models import Field, Func, JSONField, Model, QuerySet, Subquery
from django.db.models.constants import LOOKUP_SEP


class Row(Func):
    """Django's own `JSONArray` asks SQLite first whether it knows JSON."""

    function, output_field = "json_array", JSONField()

    def as_postgresql(self, compiler, connection) -> tuple[str, tuple]:
        return self.as_sql(compiler, connection, function="jsonb_build_array")


class Together(Subquery):
    """The rows of a queryset with `fields` of theirs, as a list of its objects. As after `only` the rest is read where
    somebody asks for it, and as after `select_related` an object that a field leads to, `by__name`, is read with it.
    What the rows are annotated with is named like a field."""

    template = "(SELECT json_group_array(json(found.row)) FROM (%(subquery)s) AS found)"
    output_field = JSONField()

    def __init__(self, rows: QuerySet, *fields: str) -> None:
        self.made_of, self.database = rows.model, rows.db
        self.names = list(dict.fromkeys(["pk", *(end for name in fields for end in ends_of(name)), *fields]))
        self.annotated = {name: rows.query.annotations[name] for name in fields if name in rows.query.annotations}
        super().__init__(rows.values(row=Row(*self.names)))

    def as_postgresql(self, compiler, connection) -> tuple[str, tuple]:
        one = "(SELECT jsonb_agg(found.row) FROM (%(subquery)s) AS found)"
        return self.as_sql(compiler, connection, template=one)

    def get_db_converters(self, connection) -> list:
        return [lambda read, expression, connection: self.read(read)]

    def read(self, rows: str | list | None) -> list[Model]:
        rows = json.loads(rows) if isinstance(rows, str) else rows or []
        return [self.build(self.made_of, dict(zip(self.names, row, strict=True))) for row in rows]

    def build(self, model: type[Model], values: dict) -> Model:
        """`values` by their names, seen from `model`."""
        own = {name: value for name, value in values.items() if LOOKUP_SEP not in name and name not in self.annotated}
        fields = {name: model._meta.pk if name == "pk" else model._meta.get_field(name) for name in own}
        read = {fields[name].attname: in_python(fields[name], value) for name, value in own.items()}
        # In the order of the table, as `from_db` takes them.
        names = [field.attname for field in model._meta.concrete_fields if field.attname in read]
        made = model.from_db(self.database, names, [read[name] for name in names])
        for name in self.annotated.keys() & values.keys():
            setattr(made, name, self.in_annotation(name, values[name]))
        for name in dict.fromkeys(name.partition(LOOKUP_SEP)[0] for name in values if LOOKUP_SEP in name):
            setattr(made, name, self.beside(fields[name], values) if own[name] is not None else None)
        return made

    def beside(self, field: Field, values: dict) -> Model:
        start = f"{field.name}{LOOKUP_SEP}"
        theirs = {name.removeprefix(start): value for name, value in values.items() if name.startswith(start)}
        return self.build(field.related_model, {"pk": values[field.name], **theirs})

    def in_annotation(self, name: str, value):
        annotation = self.annotated[name]
        return annotation.read(value) if isinstance(annotation, Together) else in_python(annotation.output_field, value)


def ends_of(name: str) -> Iterable[str]:
    """Of `milestone__action__what` the keys on its way."""
    steps = name.split(LOOKUP_SEP)
    return (LOOKUP_SEP.join(steps[:number]) for number in range(1, len(steps)))


def in_python(field: Field, value):
    value = field.to_python(value)
    # SQLite keeps times without their zone.
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def keep(thing: Model, relation: str, rows: list[Model]) -> None:
    """As `prefetch_related` would have left them."""
    manager = getattr(thing, relation)
    read = manager.all()
    read._result_cache, read._prefetch_done = rows, True
    thing._prefetched_objects_cache = getattr(thing, "_prefetched_objects_cache", {}) | {relation: read}
    if (back := getattr(manager, "field", None)) is not None:
        for row in rows:
            setattr(row, back.name, thing)
