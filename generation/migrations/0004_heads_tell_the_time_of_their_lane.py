from django.db import migrations, models


class Migration(migrations.Migration):
    """A lane's clock is the least `served` of its active heads, or the most of the others: one index gives both."""

    dependencies = [("generation", "0003_takes_batches_shares_and_compute_accounts")]

    operations = [
        migrations.RemoveIndex("queuehead", "head_next"),
        migrations.AddIndex(
            "queuehead", models.Index(fields=["queue", "active", "lane", "served", "id"], name="head_next")
        ),
    ]
