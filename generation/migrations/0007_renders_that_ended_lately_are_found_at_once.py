from django.db import migrations, models


class Migration(migrations.Migration):
    """Whoever opens a studio's socket is shown what has just ended, among all that has ever ended."""

    dependencies = [("generation", "0006_capped_accounts_are_found_at_once")]

    operations = [
        migrations.AddIndex(
            "render",
            models.Index(
                fields=["creator", "-finished_at"], name="render_ended", condition=models.Q(finished_at__isnull=False)
            ),
        ),
    ]
