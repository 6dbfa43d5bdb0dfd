import django.contrib.postgres.indexes
from django.contrib.postgres.operations import TrigramExtension
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_initial'),
        ('creators', '0001_initial'),
    ]

    operations = [
        TrigramExtension(),
        migrations.RemoveIndex(
            model_name='series',
            name='series_shown',
        ),
        migrations.AddField(
            model_name='episode',
            name='withdrawn_by',
            field=models.CharField(blank=True, choices=[('creator', 'Creator'), ('moderator', 'Moderator')], max_length=12),
        ),
        migrations.AddIndex(
            model_name='series',
            index=models.Index(models.OrderBy(models.F('first_published_at'), descending=True), models.OrderBy(models.F('uid'), descending=True), condition=models.Q(('published_episodes__gt', 0), ('status', 'active')), name='series_shown'),
        ),
        migrations.AddIndex(
            model_name='series',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('title'), name='gin_trgm_ops'), name='series_title_trigrams'),
        ),
        migrations.AddConstraint(
            model_name='master',
            constraint=models.UniqueConstraint(fields=('episode', 'render_uid'), name='one_master_per_render'),
        ),
    ]
