
import common.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0004_submitted_masters_are_frozen'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('at', models.DateTimeField()),
                ('action', models.CharField(choices=[('review_opened', 'Review Opened'), ('review_approved', 'Review Approved'), ('review_rejected', 'Review Rejected'), ('episode_taken_down', 'Episode Taken Down'), ('episode_restored', 'Episode Restored'), ('appeal_made', 'Appeal Made')], max_length=24)),
                ('actor', models.UUIDField(blank=True, null=True)),
                ('episode_uid', models.UUIDField(db_index=True)),
                ('review_uid', models.UUIDField(blank=True, null=True)),
                ('data', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name_plural': 'audit entries',
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('uid', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('approved', 'Approved'), ('rejected', 'Rejected')], default='pending', max_length=12)),
                ('reason_code', models.CharField(blank=True, choices=[('minors', 'Minors in a sexual or harmful setting'), ('sexual', 'Sexual content beyond the rating'), ('violence', 'Violence beyond the rating'), ('hate', 'Hate or harassment'), ('self_harm', 'Self-harm'), ('dangerous', 'Instructions for harm'), ('consent', 'A face or voice without consent'), ('copyright', 'Copyright or licence'), ('misleading', 'Misleading or fraudulent'), ('rating', 'Wrong maturity rating'), ('quality', 'Broken picture, sound or captions'), ('spam', 'Advertising or contact bait'), ('other', 'Something else: see the note')], max_length=16)),
                ('note', models.TextField(blank=True, max_length=2000)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('rules_version', models.CharField(max_length=20)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('episode', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='catalog.episode')),
                ('master', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='review', to='catalog.master')),
            ],
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('severity', models.CharField(choices=[('info', 'Info'), ('warning', 'Warning'), ('block', 'Block')], max_length=8)),
                ('place', models.CharField(blank=True, max_length=200)),
                ('start', models.PositiveIntegerField(blank=True, null=True)),
                ('end', models.PositiveIntegerField(blank=True, null=True)),
                ('excerpt', models.CharField(blank=True, max_length=200)),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='moderation.review')),
            ],
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('uid', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('text', models.TextField(max_length=4000)),
                ('status', models.CharField(choices=[('open', 'Open'), ('upheld', 'Upheld'), ('granted', 'Granted')], default='open', max_length=12)),
                ('appellant', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('review', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='appeal', to='moderation.review')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('uid', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('reason_code', models.CharField(choices=[('minors', 'Minors in a sexual or harmful setting'), ('sexual', 'Sexual content beyond the rating'), ('violence', 'Violence beyond the rating'), ('hate', 'Hate or harassment'), ('self_harm', 'Self-harm'), ('dangerous', 'Instructions for harm'), ('consent', 'A face or voice without consent'), ('copyright', 'Copyright or licence'), ('misleading', 'Misleading or fraudulent'), ('rating', 'Wrong maturity rating'), ('quality', 'Broken picture, sound or captions'), ('spam', 'Advertising or contact bait'), ('other', 'Something else: see the note')], max_length=16)),
                ('note', models.TextField(blank=True, max_length=1000)),
                ('status', models.CharField(choices=[('open', 'Open'), ('upheld', 'Upheld'), ('dismissed', 'Dismissed')], default='open', max_length=12)),
                ('episode', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='catalog.episode')),
                ('reporter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('status', 'open')), fields=['uid'], name='report_open')],
                'constraints': [models.UniqueConstraint(fields=('episode', 'reporter'), name='one_report_per_viewer')],
            },
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('status', 'pending')), fields=['uid'], name='review_pending'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('status', 'pending')), models.Q(models.Q(('status', 'pending'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='review_decided_has_time'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'rejected'), _negated=True), models.Q(('reason_code', ''), _negated=True), _connector='OR'), name='review_rejected_has_reason'),
        ),
    ]
