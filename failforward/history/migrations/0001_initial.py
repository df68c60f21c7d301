import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=60)),
                ('subject_id', models.BigIntegerField()),
                ('verb', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('day_only', models.BooleanField(default=False)),
                ('details', models.JSONField(blank=True, default=dict)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['subject', 'subject_id', '-id'], name='changes_of_an_object')],
            },
        ),
    ]
