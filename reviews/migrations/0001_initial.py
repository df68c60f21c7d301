import datetime
import django.db.models.deletion
import django.db.models.functions.comparison
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=50)),
                ('name', models.CharField(max_length=200, verbose_name='customer')),
                ('sector', models.CharField(blank=True, max_length=100, verbose_name='sector')),
                ('location', models.CharField(blank=True, max_length=100, verbose_name='location')),
                ('parent_name', models.CharField(blank=True, max_length=200, verbose_name='belongs to')),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'name'), name='one_account_for_a_name_of_a_source')],
            },
        ),
        migrations.CreateModel(
            name='Deal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('source', models.CharField(default='form', max_length=50)),
                ('external_id', models.CharField(blank=True, max_length=100)),
                ('name', models.CharField(max_length=200, verbose_name='deal')),
                ('product', models.CharField(blank=True, max_length=200, verbose_name='product')),
                ('amount_minor', models.BigIntegerField(blank=True, null=True, verbose_name='amount')),
                ('list_price_minor', models.BigIntegerField(blank=True, null=True, verbose_name='list price')),
                ('value_minor', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('amount_minor', 'list_price_minor'), output_field=models.BigIntegerField(null=True))),
                ('currency', models.CharField(default='EUR', max_length=3, verbose_name='currency')),
                ('outcome', models.CharField(choices=[('open', 'open'), ('won', 'won'), ('lost', 'lost, to whom is not stated'), ('lost_to_competitor', 'lost to a competitor'), ('lost_to_no_decision', 'lost to no decision'), ('withdrawn', 'withdrawn')], default='open', max_length=20, verbose_name='outcome')),
                ('stage', models.CharField(blank=True, max_length=100, verbose_name='stage')),
                ('stage_at_loss', models.CharField(blank=True, max_length=100, verbose_name='stage when it was lost')),
                ('opened_on', models.DateField(blank=True, null=True, verbose_name='opened on')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
                ('lost_on', models.DateField(blank=True, null=True, verbose_name='lost on')),
                ('competitor', models.CharField(blank=True, max_length=200, verbose_name='lost to')),
                ('lead_source', models.CharField(blank=True, max_length=100, verbose_name='lead source')),
                ('sort_on', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('lost_on', 'closed_on', 'opened_on', models.Value(datetime.date(1, 1, 1))), output_field=models.DateField())),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deals', to='reviews.account')),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deals', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='deals', to='accounts.team')),
            ],
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('direction', models.CharField(choices=[('in', 'from the buyer'), ('out', 'from us')], max_length=3, verbose_name='direction')),
                ('happened_on', models.DateField(verbose_name='date')),
                ('subject', models.CharField(max_length=300, verbose_name='what')),
                ('outcome', models.TextField(blank=True, verbose_name='what came of it')),
                ('answered', models.BooleanField(blank=True, null=True, verbose_name='answered')),
                ('source', models.CharField(default='form', max_length=50)),
                ('external_id', models.CharField(blank=True, max_length=100)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='reviews.deal')),
            ],
        ),
        migrations.CreateModel(
            name='FailureEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('what', models.TextField(verbose_name='what happened')),
                ('happened_on', models.DateField(blank=True, null=True, verbose_name='when')),
                ('until_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('source', models.CharField(blank=True, max_length=200, verbose_name='who says so')),
                ('source_url', models.URLField(blank=True, verbose_name='link')),
                ('interpretation', models.TextField(blank=True, verbose_name='what we make of it')),
                ('is_omission', models.BooleanField(default=False, verbose_name='something left undone')),
                ('anonymous', models.BooleanField(default=False, verbose_name='without my name')),
                ('causal_role', models.CharField(blank=True, choices=[('caused', 'Caused it'), ('contributed', 'Contributed'), ('unrelated', 'Unrelated'), ('unknown', 'We don’t know')], max_length=12, verbose_name='what it did to the outcome')),
                ('category', models.CharField(blank=True, choices=[('leadership', 'Weak leadership'), ('judgment', 'Errors in judgment'), ('procedures_inadequate', 'Inadequate procedures'), ('procedures_ignored', 'Procedures not followed'), ('wrong_person', 'Wrong person in a role'), ('understaffed', 'Too few people on a function'), ('technology', 'Inadequate technology'), ('budget', 'Insufficient selling budget'), ('planning', 'Poor planning and scheduling'), ('customer_knowledge', 'Insufficient or inaccurate customer knowledge'), ('competitor_knowledge', 'Inadequate information about the competition')], max_length=30, verbose_name='category')),
                ('verdict', models.CharField(blank=True, choices=[('systemic', 'Systemic'), ('one_off', 'One-off'), ('unsure', 'Unsure')], max_length=8, verbose_name='could it happen again')),
                ('readings', models.PositiveSmallIntegerField(default=0)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('disputed_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_on', models.DateField(auto_now_add=True)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Coding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(choices=[('leadership', 'Weak leadership'), ('judgment', 'Errors in judgment'), ('procedures_inadequate', 'Inadequate procedures'), ('procedures_ignored', 'Procedures not followed'), ('wrong_person', 'Wrong person in a role'), ('understaffed', 'Too few people on a function'), ('technology', 'Inadequate technology'), ('budget', 'Insufficient selling budget'), ('planning', 'Poor planning and scheduling'), ('customer_knowledge', 'Insufficient or inaccurate customer knowledge'), ('competitor_knowledge', 'Inadequate information about the competition')], max_length=30, verbose_name='category')),
                ('more_categories', models.JSONField(blank=True, default=list)),
                ('verdict', models.CharField(choices=[('systemic', 'Systemic'), ('one_off', 'One-off'), ('unsure', 'Unsure')], max_length=8, verbose_name='could it happen again')),
                ('reason', models.TextField(blank=True, verbose_name='why')),
                ('hat', models.CharField(choices=[('lumper', 'lumper: the category first'), ('splitter', 'splitter: the verdict first')], default='lumper', max_length=8)),
                ('submitted_at', models.DateTimeField()),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('coder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codings', to=settings.AUTH_USER_MODEL)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codings', to='reviews.failureevent')),
            ],
        ),
        migrations.CreateModel(
            name='Adjudication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(choices=[('leadership', 'Weak leadership'), ('judgment', 'Errors in judgment'), ('procedures_inadequate', 'Inadequate procedures'), ('procedures_ignored', 'Procedures not followed'), ('wrong_person', 'Wrong person in a role'), ('understaffed', 'Too few people on a function'), ('technology', 'Inadequate technology'), ('budget', 'Insufficient selling budget'), ('planning', 'Poor planning and scheduling'), ('customer_knowledge', 'Insufficient or inaccurate customer knowledge'), ('competitor_knowledge', 'Inadequate information about the competition')], max_length=30, verbose_name='category')),
                ('verdict', models.CharField(choices=[('systemic', 'Systemic'), ('one_off', 'One-off')], max_length=8, verbose_name='could it happen again')),
                ('reason', models.TextField(verbose_name='why')),
                ('dissent', models.TextField(blank=True, verbose_name='who sees it otherwise, and why')),
                ('at', models.DateTimeField()),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='adjudication', to='reviews.failureevent')),
            ],
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('title', models.CharField(max_length=200, verbose_name='the weakness')),
                ('description', models.TextField(blank=True, verbose_name='more about it')),
                ('category', models.CharField(choices=[('leadership', 'Weak leadership'), ('judgment', 'Errors in judgment'), ('procedures_inadequate', 'Inadequate procedures'), ('procedures_ignored', 'Procedures not followed'), ('wrong_person', 'Wrong person in a role'), ('understaffed', 'Too few people on a function'), ('technology', 'Inadequate technology'), ('budget', 'Insufficient selling budget'), ('planning', 'Poor planning and scheduling'), ('customer_knowledge', 'Insufficient or inaccurate customer knowledge'), ('competitor_knowledge', 'Inadequate information about the competition')], max_length=30, verbose_name='category')),
                ('state', models.CharField(choices=[('open', 'open'), ('being_fixed', 'being fixed'), ('fixed', 'fixed'), ('reopened', 'reopened'), ('accepted', 'accepted: not worth fixing')], default='open', max_length=12)),
                ('accepted_because', models.TextField(blank=True, verbose_name='why it is not worth fixing')),
                ('opened_at', models.DateTimeField(auto_now_add=True)),
                ('fixed_on', models.DateField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('opened_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='accounts.team')),
            ],
        ),
        migrations.AddField(
            model_name='failureevent',
            name='finding',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='reviews.finding'),
        ),
        migrations.CreateModel(
            name='ImportJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('source', models.CharField(max_length=50, verbose_name='name of the source')),
                ('file_name', models.CharField(max_length=255)),
                ('state', models.CharField(choices=[('looking', 'being looked at'), ('checked', 'looked at'), ('running', 'running'), ('done', 'done'), ('failed', 'stopped'), ('cancelled', 'cancelled')], default='checked', max_length=10)),
                ('reviews_from', models.CharField(default='90d', max_length=10)),
                ('total', models.PositiveIntegerField(blank=True, null=True)),
                ('cursor', models.PositiveIntegerField(default=0)),
                ('created', models.PositiveIntegerField(default=0)),
                ('updated', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('rejected', models.PositiveIntegerField(default=0)),
                ('reviews_opened', models.PositiveIntegerField(default=0)),
                ('survey', models.JSONField(blank=True, default=dict)),
                ('found', models.JSONField(blank=True, default=dict)),
                ('currency', models.CharField(default='EUR', max_length=3, verbose_name='currency')),
                ('date_order', models.CharField(blank=True, max_length=12)),
                ('started_on', models.DateField(blank=True, null=True)),
                ('problem', models.TextField(blank=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('lease_token', models.UUIDField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='ImportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255)),
                ('is_main', models.BooleanField(default=False)),
                ('content', models.BinaryField()),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='reviews.importjob')),
            ],
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('result', models.CharField(choices=[('created', 'created'), ('updated', 'updated'), ('rejected', 'left out')], max_length=8)),
                ('before', models.JSONField(blank=True, default=dict)),
                ('reason', models.TextField(blank=True)),
                ('raw', models.JSONField(blank=True, default=dict)),
                ('deal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='import_rows', to='reviews.deal')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='reviews.importjob')),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('lost_deal', 'lost deal'), ('hand_off', 'hand-off'), ('win', 'win')], default='lost_deal', max_length=10)),
                ('depth', models.CharField(choices=[('quick', 'quick review'), ('full', 'full review')], default='quick', max_length=5)),
                ('state', models.CharField(choices=[('pending', 'to choose'), ('gathering', 'gathering'), ('causality', 'causality'), ('coding', 'coding'), ('acting', 'acting'), ('closed', 'closed'), ('waived', 'waived'), ('reopened', 'reopened')], default='pending', max_length=10)),
                ('visibility', models.CharField(choices=[('standard', 'standard'), ('named', 'named'), ('sealed', 'sealed')], default='standard', max_length=10, verbose_name='who reads it')),
                ('lost_on', models.DateField()),
                ('value_minor', models.BigIntegerField(blank=True, null=True)),
                ('value_order', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('value_minor', models.Value(-1)), output_field=models.BigIntegerField())),
                ('self_facilitated', models.BooleanField(default=False)),
                ('readers_per_event', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('opened_on', models.DateField(blank=True, null=True)),
                ('target_close_on', models.DateField(blank=True, null=True, verbose_name='to be closed by')),
                ('captured_at', models.DateTimeField(blank=True, null=True)),
                ('waived_because', models.TextField(blank=True, verbose_name='why it is not reviewed')),
                ('lesson', models.TextField(blank=True, verbose_name='lesson')),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('reopened_because', models.TextField(blank=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='reviews.deal')),
                ('facilitator', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='facilitated_reviews', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sponsor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='accounts.team')),
            ],
        ),
        migrations.AddField(
            model_name='failureevent',
            name='review',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='reviews.review'),
        ),
        migrations.CreateModel(
            name='CaptureToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='capture_tokens', to='reviews.review')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Addendum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='what came to light')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='addenda', to='reviews.review')),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ReviewPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField(auto_now_add=True)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='persons', to='reviews.review')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='review',
            name='people',
            field=models.ManyToManyField(related_name='reviews', through='reviews.ReviewPerson', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(fields=['-sort_on', '-id'], name='deals_by_day'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(fields=['team', '-sort_on', '-id'], name='deals_of_team_by_day'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(fields=['owner', '-sort_on', '-id'], name='deals_of_owner_by_day'),
        ),
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('source', 'external_id'), name='one_deal_for_an_id_of_a_source'),
        ),
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome__in', ['lost', 'lost_to_competitor', 'lost_to_no_decision', 'withdrawn']), _negated=True), ('lost_on__isnull', False), _connector='OR'), name='a_loss_has_its_day', violation_error_message='Say on which day the deal was lost.'),
        ),
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor', None), ('amount_minor__gte', 0), _connector='OR'), name='amount_is_not_negative', violation_error_message='An amount is zero or more.'),
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(fields=['deal', '-happened_on', '-id'], name='activities_of_a_deal'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('source', 'external_id'), name='one_activity_for_an_id_of_a_source'),
        ),
        migrations.AddConstraint(
            model_name='coding',
            constraint=models.UniqueConstraint(fields=('event', 'coder'), name='one_coding_a_person'),
        ),
        migrations.AddConstraint(
            model_name='coding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('category', ''), _negated=True), models.Q(('verdict', ''), _negated=True)), name='a_coding_is_whole'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['team', '-id'], name='findings_of_team'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='a_finding_has_a_title'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'accepted'), _negated=True), models.Q(('accepted_because', ''), _negated=True), _connector='OR'), name='accepted_has_a_reason', violation_error_message='Say why this is not worth fixing.'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(fields=('job', 'number'), name='one_result_a_row'),
        ),
        migrations.AddIndex(
            model_name='failureevent',
            index=models.Index(fields=['review', 'settled_at'], name='events_of_a_review'),
        ),
        migrations.AddIndex(
            model_name='failureevent',
            index=models.Index(condition=models.Q(('disputed_at', None), ('settled_at', None)), fields=['created_on', 'uuid'], name='events_to_read'),
        ),
        migrations.AddIndex(
            model_name='failureevent',
            index=models.Index(condition=models.Q(('disputed_at__isnull', False)), fields=['disputed_at', 'id'], name='events_to_decide'),
        ),
        migrations.AddConstraint(
            model_name='failureevent',
            constraint=models.CheckConstraint(condition=models.Q(('anonymous', False), ('author', None), _connector='OR'), name='anonymous_has_no_author'),
        ),
        migrations.AddConstraint(
            model_name='failureevent',
            constraint=models.CheckConstraint(condition=models.Q(('what', ''), _negated=True), name='an_event_says_what_happened'),
        ),
        migrations.AddConstraint(
            model_name='failureevent',
            constraint=models.CheckConstraint(condition=models.Q(('settled_at', None), models.Q(models.Q(('category', ''), _negated=True), ('verdict__in', ['systemic', 'one_off'])), _connector='OR'), name='settled_has_category_and_verdict'),
        ),
        migrations.AddConstraint(
            model_name='failureevent',
            constraint=models.CheckConstraint(condition=models.Q(('until_on', None), ('happened_on', None), ('until_on__gte', models.F('happened_on')), _connector='OR'), name='an_event_ends_after_it_began', violation_error_message='The end lies before the beginning. Change one of the two dates.'),
        ),
        migrations.AddConstraint(
            model_name='reviewperson',
            constraint=models.UniqueConstraint(fields=('user', 'review'), name='once_on_a_review'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('visibility', 'standard')), fields=['-lost_on', '-id'], name='reviews_by_loss'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('visibility', 'standard')), fields=['team', '-lost_on', '-id'], name='reviews_of_team_by_loss'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('visibility', 'standard')), fields=['owner', '-lost_on', '-id'], name='reviews_of_owner_by_loss'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(fields=['team', 'state', '-value_order', '-id'], name='reviews_of_team_by_state'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(fields=['state', '-value_order', '-id'], name='reviews_by_state'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('visibility', 'standard')), fields=['-value_order', '-id'], name='reviews_by_value'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(fields=['team', '-value_order', '-id'], name='reviews_of_team_by_value'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(fields=['owner', '-value_order', '-id'], name='reviews_of_owner_by_value'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(condition=models.Q(('visibility', 'standard')), fields=('deal', 'kind'), name='one_standard_review_of_a_kind', violation_error_message='This deal has a review already.'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'waived'), _negated=True), models.Q(('waived_because', ''), _negated=True), _connector='OR'), name='waived_has_a_reason', violation_error_message='Say in a few words why this loss is not reviewed.'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at__isnull', False), _connector='OR'), name='closed_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('readers_per_event', None), ('readers_per_event__in', [1, 2]), _connector='OR'), name='a_review_has_one_reader_or_two'),
        ),
    ]
