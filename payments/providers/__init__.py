"""Those who take money, by name. Add one: a module with a `Provider`, and a line in `PROVIDERS`."""

from collections.abc import Callable

from django.conf import settings

from common.errors import NotFound
from payments.providers.base import Provider
from payments.providers.none import NoProvider
from payments.providers.twin import TwinProvider

PROVIDERS: dict[str, Callable[[], Provider]] = {"none": NoProvider, "twin": TwinProvider}


def get_provider(name: str) -> Provider:
    """The provider of that name if it is the one in use. Raises `NotFound` otherwise: its webhook is closed."""
    if name != settings.PAYMENT_PROVIDER or name not in PROVIDERS:
        raise NotFound()
    return PROVIDERS[name]()


def current_provider() -> Provider:
    """The provider that new orders go to (`PAYMENT_PROVIDER`)."""
    return PROVIDERS.get(settings.PAYMENT_PROVIDER, NoProvider)()
