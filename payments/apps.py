from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        from payments import tasks  # noqa: F401 - every process knows the tasks by name
