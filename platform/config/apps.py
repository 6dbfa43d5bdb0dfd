"""The app configurations that are ours to choose."""

from django.contrib.admin.apps import AdminConfig


class ConsoleConfig(AdminConfig):
    """Django's admin, as the moderators' console."""

    default_site = "accounts.console.ConsoleSite"
