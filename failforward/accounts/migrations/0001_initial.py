import django.db.models.deletion
import django.db.models.functions.text
import failforward.accounts.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('email', models.EmailField(blank=True, error_messages={'unique': 'Somebody here has this address already.'}, max_length=254, null=True, unique=True, verbose_name='e-mail')),
                ('language', models.CharField(default='en', max_length=8, verbose_name='language')),
                ('time_zone', models.CharField(default='UTC', max_length=64, validators=[failforward.accounts.models.check_zone], verbose_name='time zone')),
                ('ask_hour', models.PositiveSmallIntegerField(default=16, verbose_name='hour to be asked at')),
                ('work_days', models.CharField(default='12345', max_length=7, verbose_name='working days')),
                ('is_active', models.BooleanField(default=True)),
                ('is_staff', models.BooleanField(default=False)),
                ('invited_at', models.DateTimeField(blank=True, null=True)),
                ('erased_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CrmIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=50)),
                ('external_name', models.CharField(max_length=200)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='crm_identities', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Installation',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('opened_at', models.DateTimeField(auto_now_add=True)),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('path', models.CharField(db_index=True, editable=False, max_length=255)),
                ('currency', models.CharField(default='EUR', max_length=3, verbose_name='currency')),
                ('time_zone', models.CharField(default='UTC', max_length=64, validators=[failforward.accounts.models.check_zone], verbose_name='time zone')),
                ('started_on', models.DateField(blank=True, null=True, verbose_name='started on')),
                ('readers_per_event', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='readers per event')),
                ('review_from_minor', models.BigIntegerField(blank=True, null=True, verbose_name='review from this amount')),
                ('review_every_nth', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='and every n-th below it')),
                ('neutral_subject', models.BooleanField(default=False, verbose_name='neutral mail subjects')),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('default_sponsor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sponsored_teams', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='accounts.team')),
            ],
            options={
                'ordering': ['path'],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('rep', 'rep'), ('manager', 'manager'), ('support', 'support'), ('admin', 'admin')], max_length=10, verbose_name='role')),
                ('since_on', models.DateField(blank=True, null=True)),
                ('batch_id', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.team')),
            ],
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('email', None), ('email', django.db.models.functions.text.Lower('email')), _connector='OR'), name='email_is_lower_case', violation_error_message='Write the e-mail address in lower case.'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('ask_hour__lte', 23)), name='ask_hour_is_an_hour', violation_error_message='The hour is a number from 0 to 23.'),
        ),
        migrations.AddConstraint(
            model_name='crmidentity',
            constraint=models.UniqueConstraint(fields=('source', 'external_name'), name='one_person_for_a_name_of_a_source'),
        ),
        migrations.AddConstraint(
            model_name='installation',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='one_installation'),
        ),
        migrations.AddConstraint(
            model_name='team',
            constraint=models.UniqueConstraint(fields=('parent', 'name'), name='team_name_once_below_a_parent', violation_error_message='There is a team of this name already.'),
        ),
        migrations.AddConstraint(
            model_name='team',
            constraint=models.UniqueConstraint(condition=models.Q(('parent', None)), fields=('name',), name='team_name_once_at_the_top', violation_error_message='There is a team of this name already.'),
        ),
        migrations.AddConstraint(
            model_name='team',
            constraint=models.CheckConstraint(condition=models.Q(('readers_per_event', None), ('readers_per_event__in', [1, 2]), _connector='OR'), name='one_reader_or_two', violation_error_message='An event is read by one person or by two.'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('user', 'team'), name='one_role_in_a_team', violation_error_message='This person is in the team already.'),
        ),
    ]
