"""What production refuses to start with."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

MIN_SECRET = 32


def refuse_unsafe(settings: Mapping[str, Any]) -> None:
    """Raise `ImproperlyConfigured` naming every unsafe setting at once, so that one start shows all that is to do."""
    demo = settings["DEMO_SECRET"]
    wrong = []
    if settings["DEBUG"]:
        wrong.append("DJANGO_DEBUG must be off")
    if settings["SECRET_KEY"] == demo or len(settings["SECRET_KEY"]) < MIN_SECRET:
        wrong.append(f"DJANGO_SECRET_KEY must be your own, {MIN_SECRET} characters or more")
    if any(secret == demo or len(secret) < MIN_SECRET for secret in settings["GRANT_KEYS"].values()):
        wrong.append(f"RW_GRANT_KEYS must hold your own keys, {MIN_SECRET} characters or more")
    if settings["PAYMENT_PROVIDER"] == "twin":
        wrong.append("PAYMENT_PROVIDER must not be the local twin: it gives coins away")
    if not settings["PUBLIC_BASE_URL"].startswith("https://"):
        wrong.append("PUBLIC_BASE_URL must be an https:// address")
    if "testserver" in settings["ALLOWED_HOSTS"] or "*" in settings["ALLOWED_HOSTS"]:
        wrong.append("ALLOWED_HOSTS must name your hosts")
    if wrong:
        raise ImproperlyConfigured("Production does not start like this: " + "; ".join(wrong) + ".")
