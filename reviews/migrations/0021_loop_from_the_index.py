from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The new ones stand before the old ones go, so that no list is without."""

    dependencies = [
        ("accounts", "0009_letters"),
        ("reviews", "0020_counted_from_the_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(fields=["-sort_on", "-id", "outcome", "team", "owner"], name="deals_by_day_and_end"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("visibility", "standard")),
                fields=["-lost_on", "-id", "visibility", "kind", "state", "deal", "team", "owner"],
                name="reviews_by_loss_and_state",
            ),
        ),
        migrations.AddIndex(
            model_name="failureevent",
            index=models.Index(
                condition=models.Q(("merged_into", None), ("verdict", "systemic")),
                fields=["review", "finding"],
                name="systemic_events_of_a_review",
            ),
        ),
        migrations.RemoveIndex(model_name="deal", name="deals_by_day"),
        migrations.RemoveIndex(model_name="review", name="reviews_by_loss"),
    ]
