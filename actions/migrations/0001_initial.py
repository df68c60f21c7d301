import datetime
import django.db.models.deletion
import django.db.models.functions.comparison
import failforward.accounts.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('outbox', '0001_initial'),
        ('reviews', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ActionFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reviews.finding')),
            ],
        ),
        migrations.CreateModel(
            name='ActionItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('what', models.CharField(max_length=300, verbose_name='what is to be done')),
                ('type', models.CharField(choices=[('training', 'training'), ('hiring', 'hiring'), ('exit', 'exit'), ('technology', 'technology'), ('reassignment', 'reassignment'), ('intelligence', 'intelligence gathering'), ('procedure', 'procedure'), ('other', 'other')], default='procedure', max_length=15, verbose_name='kind of action')),
                ('no_steps_needed', models.BooleanField(default=False, verbose_name='no interim steps needed')),
                ('done_criterion', models.TextField(blank=True, verbose_name='how will we know that it is fixed')),
                ('state', models.CharField(choices=[('proposed', 'proposed'), ('committed', 'committed'), ('in_progress', 'in progress'), ('blocked', 'blocked'), ('claimed_done', 'claimed done'), ('under_check', 'under check'), ('effective', 'effective'), ('ineffective', 'ineffective'), ('inconclusive', 'inconclusive'), ('recurred', 'recurred'), ('dropped', 'dropped')], default='proposed', max_length=12)),
                ('blocked_by', models.CharField(blank=True, max_length=300, verbose_name='blocked by what or whom')),
                ('next_due_on', models.DateField(blank=True, null=True)),
                ('sort_on', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('next_due_on', models.Value(datetime.date(9999, 12, 31))), output_field=models.DateField())),
                ('committed_at', models.DateTimeField(blank=True, null=True)),
                ('claimed_done_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('findings', models.ManyToManyField(related_name='actions', through='actions.ActionFinding', to='reviews.finding')),
                ('responsible', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='accounts.team')),
            ],
        ),
        migrations.AddField(
            model_name='actionfinding',
            name='action',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='actions.actionitem'),
        ),
        migrations.CreateModel(
            name='ActionList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('buy_in', models.TextField(blank=True, verbose_name='what the sponsor agreed to')),
                ('buy_in_on', models.DateField(blank=True, null=True)),
                ('meeting_weekday', models.PositiveSmallIntegerField(choices=[(1, 'Monday'), (2, 'Tuesday'), (3, 'Wednesday'), (4, 'Thursday'), (5, 'Friday'), (6, 'Saturday'), (7, 'Sunday')], default=3, verbose_name='meets on')),
                ('meeting_time', models.TimeField(default='15:00', verbose_name='at')),
                ('time_zone', models.CharField(default='UTC', max_length=64, validators=[failforward.accounts.models.check_zone], verbose_name='time zone')),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='owned_lists', to=settings.AUTH_USER_MODEL)),
                ('sponsor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sponsored_lists', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='action_lists', to='accounts.team')),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='actionitem',
            name='action_list',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='actions.actionlist'),
        ),
        migrations.CreateModel(
            name='ActionListPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('action_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='persons', to='actions.actionlist')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='actionlist',
            name='people',
            field=models.ManyToManyField(related_name='action_lists', through='actions.ActionListPerson', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('done', 'Done'), ('partly', 'Partly'), ('moved', 'Moved'), ('stuck', 'Stuck'), ('dropped', 'Not doing it')], max_length=8)),
                ('outcome', models.TextField(blank=True, verbose_name='outcome')),
                ('learned', models.TextField(blank=True, verbose_name='what was learned')),
                ('new_on', models.DateField(blank=True, null=True, verbose_name='new date')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='why')),
                ('next_what', models.TextField(blank=True, verbose_name='next step')),
                ('next_with', models.CharField(blank=True, max_length=200, verbose_name='with whom')),
                ('next_on', models.DateField(blank=True, null=True, verbose_name='by')),
                ('evidence', models.TextField(blank=True, verbose_name='what shows that the milestone is reached')),
                ('reached_milestone', models.BooleanField(default=False)),
                ('via', models.CharField(choices=[('link', 'by the link in the mail'), ('desk', 'in the product'), ('mail', 'by mail'), ('meeting', 'in the meeting')], default='link', max_length=8)),
                ('answered_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seen_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='AskerReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('read', 'read'), ('thanks', 'Thanks'), ('help', 'I’ll help'), ('talk', 'Let’s talk'), ('new_date', 'New date')], max_length=8)),
                ('text', models.CharField(blank=True, max_length=500)),
                ('new_on', models.DateField(blank=True, null=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='actions.answer')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Commitment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('what', models.TextField(verbose_name='what')),
                ('title', models.CharField(blank=True, max_length=80, verbose_name='short title for the mail')),
                ('with_whom', models.CharField(blank=True, max_length=200, verbose_name='with whom')),
                ('outcome_wanted', models.CharField(blank=True, max_length=300, verbose_name='for what outcome')),
                ('due_on', models.DateField(verbose_name='by')),
                ('first_due_on', models.DateField(editable=False)),
                ('agreed_on', models.DateField(blank=True, null=True)),
                ('agreed_where', models.CharField(blank=True, max_length=200, verbose_name='agreed where')),
                ('state', models.CharField(choices=[('requested', 'asked for'), ('accepted', 'accepted'), ('kept', 'kept'), ('partly', 'partly'), ('stuck', 'stuck'), ('moved', 'moved'), ('dropped', 'dropped'), ('declined', 'declined')], default='requested', max_length=10)),
                ('private', models.BooleanField(default=False, verbose_name='only I see it')),
                ('kept_on', models.DateField(blank=True, null=True)),
                ('declined_because', models.CharField(blank=True, max_length=300)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('action', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to='actions.actionitem')),
                ('action_list', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to='actions.actionlist')),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='commitments_asked_for', to=settings.AUTH_USER_MODEL)),
                ('deal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to='reviews.deal')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to=settings.AUTH_USER_MODEL)),
                ('previous', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='following', to='actions.commitment')),
                ('review', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to='reviews.review')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to='accounts.team')),
            ],
        ),
        migrations.AddField(
            model_name='answer',
            name='next_commitment',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='actions.commitment'),
        ),
        migrations.CreateModel(
            name='DateChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField()),
                ('to_on', models.DateField()),
                ('reason', models.CharField(max_length=300, verbose_name='why it moves')),
                ('state', models.CharField(choices=[('agreed', 'agreed'), ('asked_for', 'asked-for'), ('refused', 'not agreed'), ('withdrawn', 'taken back')], default='agreed', max_length=10)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('commitment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='date_changes', to='actions.commitment')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='answer',
            name='date_change',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='actions.datechange'),
        ),
        migrations.CreateModel(
            name='FollowUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('occurrence', models.PositiveSmallIntegerField(default=1)),
                ('due_on', models.DateField()),
                ('hour', models.PositiveSmallIntegerField()),
                ('zone', models.CharField(max_length=64)),
                ('due_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('planned', 'planned'), ('answered', 'answered'), ('cancelled', 'cancelled')], default='planned', max_length=10)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='follow_ups', to='actions.commitment')),
                ('mail', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='follow_up', to='outbox.mail')),
            ],
        ),
        migrations.CreateModel(
            name='AnswerToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('follow_up', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to='actions.followup')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='answer',
            name='follow_up',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='answer', to='actions.followup'),
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=300, verbose_name='milestone')),
                ('due_on', models.DateField(verbose_name='by')),
                ('first_due_on', models.DateField(editable=False)),
                ('reached_on', models.DateField(blank=True, null=True)),
                ('evidence', models.TextField(blank=True, verbose_name='evidence')),
                ('evidence_url', models.URLField(blank=True, verbose_name='link')),
                ('called_off_because', models.CharField(blank=True, max_length=300, verbose_name='why it is not needed any more')),
                ('version', models.PositiveIntegerField(default=1)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('action', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='actions.actionitem')),
                ('seen_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['due_on', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='datechange',
            name='milestone',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='date_changes', to='actions.milestone'),
        ),
        migrations.AddField(
            model_name='commitment',
            name='milestone',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to='actions.milestone'),
        ),
        migrations.CreateModel(
            name='ReplyToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to='actions.answer')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RequestToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='request_tokens', to='actions.commitment')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('what', models.CharField(max_length=300, verbose_name='step')),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('left_out_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('action', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='actions.actionitem')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='commitment',
            name='step',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to='actions.step'),
        ),
        migrations.AddConstraint(
            model_name='actionfinding',
            constraint=models.UniqueConstraint(fields=('action', 'finding'), name='a_finding_once_an_action'),
        ),
        migrations.AddIndex(
            model_name='actionitem',
            index=models.Index(fields=['sort_on', 'id'], name='actions_by_day'),
        ),
        migrations.AddIndex(
            model_name='actionitem',
            index=models.Index(fields=['action_list', 'sort_on', 'id'], name='actions_of_list_by_day'),
        ),
        migrations.AddIndex(
            model_name='actionitem',
            index=models.Index(fields=['team', 'sort_on', 'id'], name='actions_of_team_by_day'),
        ),
        migrations.AddIndex(
            model_name='actionitem',
            index=models.Index(fields=['responsible', 'sort_on', 'id'], name='actions_of_person_by_day'),
        ),
        migrations.AddIndex(
            model_name='actionitem',
            index=models.Index(fields=['action_list', '-id'], name='actions_of_list'),
        ),
        migrations.AddIndex(
            model_name='actionitem',
            index=models.Index(fields=['team', '-id'], name='actions_of_team'),
        ),
        migrations.AddIndex(
            model_name='actionitem',
            index=models.Index(fields=['responsible', '-id'], name='actions_of_person'),
        ),
        migrations.AddConstraint(
            model_name='actionitem',
            constraint=models.CheckConstraint(condition=models.Q(('what', ''), _negated=True), name='an_action_says_what'),
        ),
        migrations.AddConstraint(
            model_name='actionitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'blocked'), _negated=True), models.Q(('blocked_by', ''), _negated=True), _connector='OR'), name='blocked_by_what_or_whom', violation_error_message='Say what or whom it waits for.'),
        ),
        migrations.AddConstraint(
            model_name='actionitem',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'dropped']), models.Q(('responsible__isnull', False), models.Q(('done_criterion', ''), _negated=True)), _connector='OR'), name='a_committed_action_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='actionlistperson',
            constraint=models.UniqueConstraint(fields=('user', 'action_list'), name='once_on_a_list'),
        ),
        migrations.AddConstraint(
            model_name='actionlist',
            constraint=models.UniqueConstraint(fields=('team', 'name'), name='list_name_once_in_a_team', violation_error_message='This team has a list of that name already.'),
        ),
        migrations.AddConstraint(
            model_name='askerreply',
            constraint=models.UniqueConstraint(fields=('answer', 'by', 'kind'), name='each_reply_once'),
        ),
        migrations.AddConstraint(
            model_name='askerreply',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'new_date'), _negated=True), ('new_on__isnull', False), _connector='OR'), name='a_new_date_is_a_date'),
        ),
        migrations.AddIndex(
            model_name='followup',
            index=models.Index(condition=models.Q(('state', 'planned')), fields=['due_at'], name='follow_ups_due'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.UniqueConstraint(fields=('commitment', 'occurrence'), name='asked_once_an_occurrence'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'moved'), _negated=True), ('new_on__isnull', False), _connector='OR'), name='moved_has_a_new_date', violation_error_message='Say to which day it moves.'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.CheckConstraint(condition=models.Q(('reached_on', None), models.Q(('evidence', ''), _negated=True), models.Q(('evidence_url', ''), _negated=True), ('seen_by__isnull', False), _connector='OR'), name='reached_with_evidence', violation_error_message='Say what shows that it is reached, or who saw it.'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.CheckConstraint(condition=models.Q(('reached_on', None), ('called_off_because', ''), _connector='OR'), name='reached_or_called_off'),
        ),
        migrations.AddConstraint(
            model_name='datechange',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_date_moves_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='datechange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('commitment', None), ('milestone__isnull', False)), models.Q(('commitment__isnull', False), ('milestone', None)), _connector='OR'), name='a_date_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.UniqueConstraint(fields=('action', 'position'), name='one_step_a_place'),
        ),
        migrations.AddIndex(
            model_name='commitment',
            index=models.Index(condition=models.Q(('private', False)), fields=['-due_on', '-id'], name='commitments_by_day'),
        ),
        migrations.AddIndex(
            model_name='commitment',
            index=models.Index(fields=['person', '-due_on', '-id'], name='commitments_of_person'),
        ),
        migrations.AddIndex(
            model_name='commitment',
            index=models.Index(fields=['asked_by', '-due_on', '-id'], name='commitments_asked_by'),
        ),
        migrations.AddIndex(
            model_name='commitment',
            index=models.Index(fields=['action_list', '-due_on', '-id'], name='commitments_of_list'),
        ),
        migrations.AddIndex(
            model_name='commitment',
            index=models.Index(fields=['team', '-due_on', '-id'], name='commitments_of_team'),
        ),
        migrations.AddIndex(
            model_name='commitment',
            index=models.Index(fields=['state', 'due_on'], name='commitments_of_state_by_day'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(('what', ''), _negated=True), name='a_commitment_says_what'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('action', None), ('step', None), _connector='OR'), models.Q(('action', None), ('milestone', None), _connector='OR'), models.Q(('action', None), ('review', None), _connector='OR'), models.Q(('action', None), ('deal', None), _connector='OR'), models.Q(('step', None), ('milestone', None), _connector='OR'), models.Q(('step', None), ('review', None), _connector='OR'), models.Q(('step', None), ('deal', None), _connector='OR'), models.Q(('milestone', None), ('review', None), _connector='OR'), models.Q(('milestone', None), ('deal', None), _connector='OR'), models.Q(('review', None), ('deal', None), _connector='OR')), name='a_commitment_has_one_parent_at_most'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['accepted', 'partly', 'stuck', 'moved']), _negated=True), ('agreed_on__isnull', False), _connector='OR'), name='accepted_on_a_day'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(('private', False), models.Q(('action_list', None), ('asked_by', None)), _connector='OR'), name='a_private_one_has_no_asker'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'kept'), _negated=True), ('kept_on__isnull', False), _connector='OR'), name='kept_on_a_day'),
        ),
    ]
