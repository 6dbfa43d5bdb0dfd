from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        import_module("accounts.tasks")  # names are registered in every process, so that anyone may ring them
        import_module("accounts.schema")
