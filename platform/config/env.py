"""Typed readers of the environment. A malformed value stops the start with the variable's name in the message."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# A server behind a network that was cut does not say so: without these a query waits a quarter of an hour for it.
# libpq leaves the last four out for a unix socket; an option in the URL takes precedence.
UNREACHABLE = {
    "connect_timeout": "5", "keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
# How long a request waits for a connection, and how long the pool tries to make one before it begins anew: it doubles
# its pause with each vain try, and with its default of 5 minutes leaves a server that has come back alone for minutes.
POOL_SECONDS = 10.0


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def choice(name: str, default: str, *, among: tuple[str, ...]) -> str:
    """One of a few words: a misspelled `production` must not start as a laptop."""
    found = text(name, default)
    if found not in among:
        raise ImproperlyConfigured(f"{name} takes one of {', '.join(among)}, not {found!r}.")
    return found


def number(name: str, default: int) -> int:
    raw = text(name)
    if raw and not raw.isdecimal():
        raise ImproperlyConfigured(f"{name} takes a whole number, not {raw!r}.")
    return int(raw or default)


def flag(name: str, default: bool) -> bool:
    raw = text(name).lower()
    if raw not in ("", "0", "1", "true", "false", "yes", "no", "on", "off"):
        raise ImproperlyConfigured(f"{name} takes true or false, not {raw!r}.")
    return default if not raw else raw in ("1", "true", "yes", "on")


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def pairs(name: str, default: str = "") -> dict[str, str]:
    """`id:value,id:value` in order."""
    found = [word.partition(":") for word in words(name, default)]
    if any(not value for _, _, value in found):
        raise ImproperlyConfigured(f"{name} takes id:value,id:value.")
    return {key: value for key, _, value in found}


def database(name: str, default: str, *, pool_max: int) -> Mapping[str, Any]:
    """A Django database from `postgresql://user:password@host:port/name?option=value` (host may be a socket folder)."""
    url = urlsplit(text(name, default))
    if url.scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured(f"{name} takes a postgresql:// URL; nothing but PostgreSQL can hold the ledger.")
    options: dict[str, Any] = UNREACHABLE | dict(parse_qsl(url.query))
    host = options.pop("host", "") or unquote(url.hostname or "")
    if pool_max:
        waits = {"timeout": POOL_SECONDS, "reconnect_timeout": POOL_SECONDS}
        options["pool"] = {"min_size": 1, "max_size": pool_max, **waits}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")) or "reelwright",
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": host,
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 0,  # the pool keeps connections; under ASGI a persistent one per thread exhausts the server
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def redis_as_broker(url: str) -> str:
    """kombu spells a unix socket in its own way."""
    if not url.startswith("unix://"):
        return url
    path, _, query = url.removeprefix("unix://").partition("?")
    return f"redis+socket://{path}?virtual_host={dict(parse_qsl(query)).get('db', '0')}"
