"""Settings: documented, typed, and refusing what must not run in production."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r"""(?:env\.\w+\(\s*|environ(?:\.get\(|\[)\s*)["']([A-Z][A-Z0-9_]+)["']""")
# set by the shell, by the tools around us or by ourselves for a child process
NOT_OURS = {
    "DJANGO_SETTINGS_MODULE", "XDG_RUNTIME_DIR", "PATH", "PYTEST_XDIST_WORKER", "PYTHONPATH", "CI", "HOME",
    "RW_READY_FILE", "RW_NO_PDEATHSIG", "RW_DEVICE",
}
GOOD = {
    "RW_ENV": "production",
    "DJANGO_SECRET_KEY": "k" * 50,
    "RW_GRANT_KEYS": "a:" + "g" * 40,
    "PUBLIC_BASE_URL": "https://reelwright.example",
    "ALLOWED_HOSTS": "reelwright.example",
    "PAYMENT_PROVIDER": "none",
    "TWIN_WEBHOOK_SECRET": "t" * 40,
}


def names_read() -> set[str]:
    sources = [p for folder in ("platform", "generation", "feeds", "payments") for p in (ROOT / folder).rglob("*.py")]
    return {name for source in sources for name in READ.findall(source.read_text())} - NOT_OURS


def names_documented() -> set[str]:
    return set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        capture_output=True, text=True, cwd="/", timeout=60,
        env={
            "PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}",
            "DJANGO_SETTINGS_MODULE": "config.settings", **environment,
        },
    )


def test_every_variable_that_is_read_is_documented_and_every_documented_one_is_read() -> None:
    assert names_read() == names_documented()


def test_production_starts_with_its_own_secrets() -> None:
    done = start(**GOOD)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ({"DJANGO_SECRET_KEY": ""}, "DJANGO_SECRET_KEY"),
        ({"DJANGO_SECRET_KEY": "short"}, "DJANGO_SECRET_KEY"),
        ({"DJANGO_DEBUG": "true"}, "DJANGO_DEBUG"),
        ({"RW_GRANT_KEYS": ""}, "RW_GRANT_KEYS"),
        ({"PAYMENT_PROVIDER": "twin"}, "PAYMENT_PROVIDER"),
        ({"PUBLIC_BASE_URL": "http://reelwright.example"}, "PUBLIC_BASE_URL"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
    ],
)
def test_production_refuses_what_is_unsafe_and_names_it(bad: dict[str, str], named: str) -> None:
    done = start(**(GOOD | bad))
    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr
    assert named in done.stderr


def test_a_malformed_value_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_LEASE_SECONDS", "soon")
    monkeypatch.setenv("LOG_JSON", "perhaps")
    monkeypatch.setenv("RW_GRANT_KEYS", "no-colon")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///x.db")
    with pytest.raises(ImproperlyConfigured, match="RW_LEASE_SECONDS"):
        env.number("RW_LEASE_SECONDS", 1)
    with pytest.raises(ImproperlyConfigured, match="LOG_JSON"):
        env.flag("LOG_JSON", False)
    with pytest.raises(ImproperlyConfigured, match="RW_GRANT_KEYS"):
        env.pairs("RW_GRANT_KEYS")
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        env.database("DATABASE_URL", "", pool_max=0)


@pytest.mark.parametrize(("name", "value"), [("RW_ENV", "prod"), ("PAYMENT_PROVIDER", "strype")])
def test_a_misspelled_choice_does_not_start(name: str, value: str) -> None:
    done = start(**{name: value})
    assert done.returncode != 0
    assert f"{name} takes one of" in done.stderr


def test_a_database_url_may_name_a_socket_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:p%40ss@/reel?host=/run/pg&sslmode=disable")
    found = env.database("DATABASE_URL", "", pool_max=0)
    assert (found["HOST"], found["NAME"], found["USER"], found["PASSWORD"]) == ("/run/pg", "reel", "me", "p@ss")
    assert found["OPTIONS"] == env.UNREACHABLE | {"sslmode": "disable"}


def test_a_server_that_cannot_be_reached_is_noticed_and_found_again_in_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@db/reel?tcp_user_timeout=9000")
    options = env.database("DATABASE_URL", "", pool_max=4)["OPTIONS"]
    assert (options["connect_timeout"], options["tcp_user_timeout"]) == ("5", "9000")
    assert options["pool"] == {"min_size": 1, "max_size": 4, "timeout": 10.0, "reconnect_timeout": 10.0}


def test_a_socket_url_is_spelled_for_the_broker() -> None:
    assert env.redis_as_broker("unix:///run/v.sock?db=3") == "redis+socket:///run/v.sock?virtual_host=3"
    assert env.redis_as_broker("unix:///run/v.sock") == "redis+socket:///run/v.sock?virtual_host=0"
    assert env.redis_as_broker("redis://h:6379/1") == "redis://h:6379/1"
