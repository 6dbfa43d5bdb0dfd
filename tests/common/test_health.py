"""Liveness asks nobody; readiness names each dependency and gives nothing away."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from config.bucket import client_config

ROOT = Path(__file__).resolve().parents[2]


def test_the_process_answers_without_asking_anyone() -> None:
    """No database mark: a query here would fail the test."""
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_everything_answers() -> None:
    answer = Client().get("/readyz")
    report = answer.json()
    assert (answer.status_code, report["ok"]) == (200, True)
    assert set(report["dependencies"]) == {"database", "redis", "storage"}
    for entry in report["dependencies"].values():
        assert entry["ok"] is True
        assert 0 <= entry["ms"] < 5000


@pytest.mark.django_db
def test_a_dead_cache_is_named_and_the_rest_still_told(settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://user:hunter2@127.0.0.1:1",
            "OPTIONS": {"socket_connect_timeout": 1},
        }
    }
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    report = answer.json()
    assert {name: entry["ok"] for name, entry in report["dependencies"].items()} == {
        "database": True, "redis": False, "storage": True,
    }
    assert report["dependencies"]["redis"]["error"] == "ConnectionError"
    assert "hunter2" not in answer.content.decode()
    assert "127.0.0.1" not in answer.content.decode()


@pytest.mark.django_db
def test_a_bucket_that_hangs_is_told_and_not_waited_for(settings: Any) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(8)  # takes connections, and never says a word
        options = settings.S3_OPTIONS | {
            "bucket_name": "b", "access_key": "a", "secret_key": "s", "client_config": client_config("path"),
            "endpoint_url": f"http://127.0.0.1:{deaf.getsockname()[1]}",
        }
        bucket = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
        settings.STORAGES = settings.STORAGES | {"default": bucket}
        started = time.monotonic()
        answer = Client().get("/readyz")
        took = time.monotonic() - started
    assert (answer.status_code, answer.json()["dependencies"]["storage"]["error"]) == (503, "TimeoutError")
    assert took < 15  # two seconds, and the rest for a busy machine; the client alone would wait for half a minute


def test_a_dead_database_is_told_within_three_seconds_and_the_process_stays_alive() -> None:
    """In a process of its own, as this one's database is alive."""
    script = (
        "import django, json, time; django.setup()\n"
        "from django.test import Client\n"
        "started = time.monotonic()\n"
        "answer = Client().get('/readyz')\n"
        "took = time.monotonic() - started\n"
        "print(json.dumps([answer.status_code, answer.json(), took, Client().get('/healthz').status_code]))\n"
    )
    gone = os.environ | {
        "DATABASE_URL": "postgresql://someone:hunter2@/nothing?host=/nonexistent",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}",
    }
    done = subprocess.run(
        [sys.executable, "-c", script], env=gone, capture_output=True, text=True, timeout=60, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    status, report, took, alive = json.loads(done.stdout.splitlines()[-1])
    assert (status, report["dependencies"]["database"]["ok"], alive) == (503, False, 200)
    assert report["dependencies"]["redis"]["ok"] is True
    assert took < 12
    assert "hunter2" not in done.stdout


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_are_only_read(path: str) -> None:
    assert Client().post(path).status_code == 405
