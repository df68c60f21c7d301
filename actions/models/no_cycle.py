from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table

# Everything that is waited for, on and on; the new row closes a circle where it comes back to its own beginning.
CIRCLE = """EXISTS (
        WITH RECURSIVE ahead(id) AS (
            SELECT NEW.%(after)s
            UNION SELECT one.%(after)s FROM %(table)s AS one JOIN ahead ON one.%(before)s = ahead.id
        ) SELECT 1 FROM ahead WHERE id = NEW.%(before)s
    )"""
# Two transactions do not see each other's rows, so whoever adds one waits for the other to end. A VOLATILE function
# looks anew with every statement, so that it sees what the other has committed meanwhile.
FUNCTION = (
    """
    CREATE OR REPLACE FUNCTION %(function)s() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('%(plain)s'));
        IF """
    + CIRCLE
    + """ THEN
            RAISE EXCEPTION 'constraint %(plain)s' USING ERRCODE = 'check_violation', CONSTRAINT = '%(plain)s';
        END IF;
        RETURN NEW;
    END $body$
"""
)
POSTGRES = "CREATE TRIGGER %(name)s BEFORE INSERT OR UPDATE ON %(table)s FOR EACH ROW EXECUTE FUNCTION %(function)s()"
SQLITE = (
    "CREATE TRIGGER %(trigger)s BEFORE %(event)s ON %(table)s WHEN "
    + CIRCLE
    + " BEGIN SELECT RAISE(ABORT, 'constraint %(plain)s'); END"
)


class NoCycle(models.BaseConstraint):
    """Rows lead from `before` to `after`, two foreign keys to one table, and never back to where they began. Triggers
    on both databases; those of SQLite come again with every remake of the table."""

    def __init__(self, *, name: str, before: str, after: str, **more) -> None:
        super().__init__(name=name, **more)
        self.before, self.after = before, after

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
        return self._statement("DROP TRIGGER %(name)s ON %(table)s", model, schema_editor)

    def _statements(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> list[Statement]:
        if schema_editor.connection.vendor == "postgresql":
            return [self._statement(sql, model, schema_editor) for sql in (FUNCTION, POSTGRES)]
        return [
            self._statement(SQLITE, model, schema_editor, event=event, trigger=f"{self.name}_{event.lower()}")
            for event in ("INSERT", "UPDATE")
        ]

    def _statement(self, sql: str, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, **parts):
        quote = schema_editor.quote_name
        columns = {part: quote(model._meta.get_field(getattr(self, part)).column) for part in ("before", "after")}
        table = Table(model._meta.db_table, quote)
        return Statement(
            sql, table=table, name=quote(self.name), plain=self.name, function=quote(self.name), **columns, **parts
        )

    def validate(self, model, instance, exclude=None, using=None) -> None:
        """Told in words by the verb, which names the chain."""

    def deconstruct(self) -> tuple:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"before": self.before, "after": self.after}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NoCycle) and self.deconstruct() == other.deconstruct()
