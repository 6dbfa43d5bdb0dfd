"""The group whose members may decide reviews: roles are rows, and this one must be there before anyone signs in."""

from django.db import migrations

NAME = "moderators"


def make(apps, schema_editor):
    apps.get_model("auth", "Group").objects.get_or_create(name=NAME)


def drop(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(make, drop)]
