from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.utils.translation import gettext_lazy as _

# A range of one id overlaps with itself alone: so it needs no extension that a database may not have.
EXCLUDE = """
    ALTER TABLE %(table)s ADD CONSTRAINT %(name)s EXCLUDE USING gist
    (int8range(%(owner)s, %(owner)s, '[]') WITH &&, daterange(%(since)s, %(until)s, '[]') WITH &&)
    WHERE (%(state)s = '%(only)s')
"""
TRIGGER = """
    CREATE TRIGGER %(trigger)s BEFORE %(event)s ON %(table)s
    WHEN NEW.%(state)s = '%(only)s' AND EXISTS (
        SELECT 1 FROM %(table)s AS other
        WHERE other.%(owner)s = NEW.%(owner)s AND other.%(state)s = '%(only)s' AND other.id IS NOT NEW.id
        AND other.%(since)s <= NEW.%(until)s AND NEW.%(since)s <= other.%(until)s
    )
    BEGIN SELECT RAISE(ABORT, 'constraint %(trigger)s'); END
"""


class NoOverlap(models.BaseConstraint):
    """The days from `since` to `until` of one `owner` overlap in no two rows whose state is `only`: an exclusion
    constraint on PostgreSQL, on SQLite a pair of triggers, which come again with every remake of the table."""

    violation_error_message = _("These days overlap with others.")

    def __init__(self, *, name: str, owner: str, since: str, until: str, only: str, **more) -> None:
        super().__init__(name=name, **more)
        self.owner, self.since, self.until, self.only = owner, since, until, only

    def constraint_sql(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> None:
        """Nothing within CREATE TABLE: it follows once the table is there."""
        schema_editor.deferred_sql.extend(self._statements(model, schema_editor))

    def create_sql(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> Statement:
        *before, last = self._statements(model, schema_editor)
        for statement in before:
            schema_editor.execute(statement)
        return last

    def remove_sql(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> Statement:
        # SQLite makes the table anew without it and never asks.
        return self._statement("ALTER TABLE %(table)s DROP CONSTRAINT %(name)s", model, schema_editor)

    def _statements(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> list[Statement]:
        if schema_editor.connection.vendor == "postgresql":
            return [self._statement(EXCLUDE, model, schema_editor)]
        events = ("INSERT", "UPDATE")
        return [
            self._statement(TRIGGER, model, schema_editor, event=event, trigger=f"{self.name}_{event.lower()}")
            for event in events
        ]

    def _statement(self, sql: str, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, **parts):
        names = {"owner": self.owner, "since": self.since, "until": self.until, "state": "state"}
        columns = {part: schema_editor.quote_name(model._meta.get_field(field).column) for part, field in names.items()}
        table = Table(model._meta.db_table, schema_editor.quote_name)
        return Statement(sql, table=table, name=schema_editor.quote_name(self.name), only=self.only, **columns, **parts)

    def validate(self, model, instance, exclude=None, using=DEFAULT_DB_ALIAS) -> None:
        since, until = getattr(instance, self.since), getattr(instance, self.until)
        if instance.state != self.only or since is None or until is None:
            return
        others = model._default_manager.using(using).exclude(pk=instance.pk)
        overlapping = others.filter(
            **{
                self.owner: getattr(instance, self.owner),
                "state": self.only,
                f"{self.since}__lte": until,
                f"{self.until}__gte": since,
            }
        )
        if overlapping.exists():
            raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)

    def deconstruct(self) -> tuple:
        path, args, kwargs = super().deconstruct()
        kwargs |= {"owner": self.owner, "since": self.since, "until": self.until, "only": self.only}
        return path, args, kwargs

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NoOverlap) and self.deconstruct() == other.deconstruct()
