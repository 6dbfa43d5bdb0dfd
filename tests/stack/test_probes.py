"""Probes of a worker: yes, no, and nothing else."""

from __future__ import annotations

import urllib.error
import urllib.request

from stack.management.commands.worker import LIVE_SECONDS, Tended
from stack.probes import answering


def status(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def test_what_is_so_is_200_what_is_not_503_and_nothing_else_is_there() -> None:
    truth = {"ready": False}
    with answering(0, {"/livez": lambda: True, "/readyz": lambda: truth["ready"]}) as port:
        assert (status(port, "/livez"), status(port, "/readyz"), status(port, "/")) == (200, 503, 404)
        truth["ready"] = True
        assert status(port, "/readyz") == 200


def test_a_worker_that_nobody_looks_after_does_not_live(monkeypatch) -> None:
    tended = Tended()
    assert tended.lately()
    at = tended._at
    monkeypatch.setattr("time.monotonic", lambda: at + LIVE_SECONDS)
    assert not tended.lately()
