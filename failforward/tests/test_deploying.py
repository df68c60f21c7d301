"""While a new version is put in place, processes of the one before work on a schema of today."""

from django.apps import apps
from django.db.migrations import AddField, CreateModel
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED
from django.test import override_settings

OURS = {"failforward", "reviews", "actions"}
# Added before anybody thought of it. Nothing joins them.
KNOWN = {
    "accounts.0002_places_of_people_and_teams team.country",
    "accounts.0002_places_of_people_and_teams team.region",
    "accounts.0002_places_of_people_and_teams user.country",
    "accounts.0002_places_of_people_and_teams user.region",
    "accounts.0005_address_trouble user.address_trouble",
    "accounts.0005_address_trouble user.address_trouble_text",
    "accounts.0006_rhythm user.nudges",
    "accounts.0007_outside user.outside",
    "accounts.0008_cost_rules team.caused_weight",
    "accounts.0008_cost_rules team.contributed_weight",
    "accounts.0008_cost_rules team.stage_chances",
    "actions.0004_answers_too_late answer.too_late",
    "actions.0006_rhythm actionlist.sponsor_step",
    "actions.0006_rhythm followup.silence_over",
    "actions.0006_rhythm followup.snoozed_because",
    "actions.0009_coaching_talks answer.might_change",
    "reviews.0002_definitions coding.definition_version",
    "reviews.0003_own_part reviewperson.has_told",
    "reviews.0004_closing_the_book reviewperson.thanked_for",
    "reviews.0009_without_it failureevent.confidence",
    "reviews.0009_without_it failureevent.without_it",
    "reviews.0010_cost_of_failure finding.estimate_because",
    "reviews.0010_cost_of_failure finding.priority_because",
}


# The tests of one database are told to do without migrations.
@override_settings(MIGRATION_MODULES={})
def test_old_code_can_still_insert_beside_a_new_column():
    assert needing_a_value() == KNOWN


def needing_a_value() -> set[str]:
    """Columns that migrations added to a table which was there before, and that code which does not know them leaves
    out: they are null, generated, or have a default in the database."""
    found = set()
    ours = {config.label for config in apps.get_app_configs() if config.name.split(".")[0] in OURS}
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        made = {operation.name.lower() for operation in migration.operations if isinstance(operation, CreateModel)}
        for operation in migration.operations:
            is_added = isinstance(operation, AddField) and operation.model_name.lower() not in made
            if app in ours and is_added and is_needed(operation.field):
                found.add(f"{app}.{name} {operation.model_name}.{operation.name}")
    return found


def is_needed(field) -> bool:
    return not (field.null or field.many_to_many or field.generated or field.db_default is not NOT_PROVIDED)
