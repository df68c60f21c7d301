import datetime as dt
from collections import defaultdict

from django.db import migrations
from django.db.models.functions import Coalesce
from django.utils import timezone

TIMES, MOST = 3, 50


def put_up(apps, _editor):
    """What came back before this was looked for."""
    Event, Row = (apps.get_model("reviews", name) for name in ("FailureEvent", "ReturningOneOffs"))
    now = timezone.now()
    found = Event.objects.annotate(day=Coalesce("happened_on", "created_on")).filter(
        verdict="one_off",
        settled_at__isnull=False,
        merged_into=None,
        review__visibility="standard",
        day__gt=now.date() - dt.timedelta(365),
    )
    groups = defaultdict(list)
    for team, category, event in found.order_by("-day", "-pk").values_list("review__team", "category", "pk").iterator():
        if len(groups[team, category]) < MOST:
            groups[team, category].append(event)
    for (team, category), events in groups.items():
        if len(events) >= TIMES:
            batch = Event.objects.filter(pk=events[0]).values_list("batch_id", flat=True).first()
            Row.objects.create(team_id=team, category=category, events=events, put_up_at=now, batch_id=batch)


class Migration(migrations.Migration):
    dependencies = [("reviews", "0013_readers_and_passes")]
    operations = [migrations.RunPython(put_up, migrations.RunPython.noop, elidable=True)]
