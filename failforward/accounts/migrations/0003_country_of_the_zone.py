from django.db import migrations

from failforward.places import country_of_zone


def fill(apps, schema_editor):
    """Who and what was here already lies in the country its time zone is named for."""
    for name in ("Team", "User"):
        rows = apps.get_model("accounts", name).objects.filter(country="")
        for zone in set(rows.values_list("time_zone", flat=True)):
            if country := country_of_zone(zone):
                rows.filter(time_zone=zone).update(country=country)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_places_of_people_and_teams")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
