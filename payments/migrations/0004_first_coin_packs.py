"""A shelf to start with. Packs are data: change them in the console, not here."""

from django.db import migrations

PACKS = [  # code, coins, bonus, cents
    ("coins-100", 100, 0, 99),
    ("coins-500", 500, 50, 499),
    ("coins-1000", 1_000, 150, 999),
    ("coins-2000", 2_000, 400, 1_999),
    ("coins-5000", 5_000, 1_500, 4_999),
]


def stock(apps, schema_editor):
    pack = apps.get_model("payments", "CoinPack")
    for position, (code, coins, bonus, cents) in enumerate(PACKS):
        pack.objects.get_or_create(
            code=code,
            defaults={"coins": coins, "bonus": bonus, "price_cents": cents, "currency": "USD", "position": position},
        )


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_unlock_in_one_round_trip")]

    operations = [migrations.RunPython(stock, migrations.RunPython.noop)]
