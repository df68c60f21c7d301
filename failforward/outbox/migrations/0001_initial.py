import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Tick',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120, unique=True)),
                ('kind', models.CharField(max_length=30)),
                ('subject_id', models.BigIntegerField(blank=True, null=True)),
                ('address', models.EmailField(blank=True, max_length=254)),
                ('state', models.CharField(choices=[('planned', 'planned'), ('ready', 'ready'), ('claimed', 'being sent'), ('sending', 'being handed over'), ('sent', 'handed over'), ('retry', 'tried, will be tried again'), ('failed', 'could not be delivered'), ('withheld', 'not sent'), ('expired', 'too old to send'), ('bounced', 'came back')], default='planned', max_length=10)),
                ('due_at', models.DateTimeField()),
                ('next_at', models.DateTimeField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('lease_token', models.UUIDField(blank=True, null=True)),
                ('sending_started_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('uncertain', models.BooleanField(default=False)),
                ('last_code', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('last_text', models.CharField(blank=True, max_length=500)),
                ('message_id', models.CharField(blank=True, max_length=255)),
                ('body', models.BinaryField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('recipient', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mails', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='MailAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('code', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('text', models.CharField(blank=True, max_length=500)),
                ('may_be_second', models.BooleanField(default=False)),
                ('mail', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tries', to='outbox.mail')),
            ],
        ),
        migrations.CreateModel(
            name='CapturedMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('mail', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='captured', to='outbox.mail')),
                ('message_id', models.CharField(db_index=True, max_length=255)),
                ('address', models.CharField(db_index=True, max_length=254)),
                ('subject', models.CharField(max_length=500)),
                ('body', models.BinaryField()),
                ('captured_at', models.DateTimeField(auto_now_add=True)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
            ],
            options={
                'ordering': ['-captured_at', '-pk'],
            },
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(condition=models.Q(('state__in', ['ready', 'retry', 'claimed', 'sending'])), fields=['next_at'], name='mail_to_claim'),
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(condition=models.Q(('state', 'planned')), fields=['due_at'], name='mail_to_render'),
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(fields=['kind', 'subject_id'], name='mail_about'),
        ),
        migrations.AddConstraint(
            model_name='mail',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['ready', 'retry', 'claimed', 'sending']), _negated=True), ('body__isnull', False), _connector='OR'), name='what_is_to_send_was_rendered'),
        ),
        migrations.AddConstraint(
            model_name='mailattempt',
            constraint=models.UniqueConstraint(fields=('mail', 'number'), name='one_row_a_try'),
        ),
    ]
