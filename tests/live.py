"""A whole running platform for a test: `manage.py up` on its own state folder, and people who talk to it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parents[1]
READY_SECONDS = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Platform:
    """A started stack."""

    url: str
    state: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def manage(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            capture_output=True, text=True, timeout=300, env=self.environment | environment, cwd=ROOT,
        )

    def logs(self) -> str:
        return "\n".join(f"== {log.name}\n{log.read_text()[-4000:]}" for log in sorted(self.state.rglob("*.log")))


@contextmanager
def running_platform(state: Path, **settings: str) -> Iterator[Platform]:
    """`manage.py up` with its own servers on a free port, stopped like a person would (Ctrl-C)."""
    port = free_port()
    environment = {
        key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL", "S3_BUCKET")
    } | {"RW_STATE_DIR": str(state), "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}", **settings}
    state.mkdir(parents=True, exist_ok=True)
    with (state / "up.out.log").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(port)],
            env=environment, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
        )
    platform = Platform(f"http://127.0.0.1:{port}", state, environment, process)
    try:
        _wait_until_ready(platform)
        yield platform
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise


def _wait_until_ready(platform: Platform) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        assert platform.process.poll() is None, f"`up` ended early\n{platform.logs()}"
        try:
            if requests.get(f"{platform.url}/readyz", timeout=2).status_code == 200:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError(f"not ready in {READY_SECONDS} s\n{platform.logs()}")


@dataclass
class Person:
    """Somebody with an app: keeps their own token, sees only what the API shows."""

    platform: Platform
    token: str = ""
    session: requests.Session = field(default_factory=requests.Session)

    def call(
        self, method: str, path: str, expect: int = 200, headers: dict[str, str] | None = None, **body: Any
    ) -> Any:
        """One API call; asserts the status and returns the JSON."""
        answer = self.session.request(
            method, f"{self.platform.url}/api/v1/{path}", json=body or None, timeout=30,
            headers={"Authorization": f"Bearer {self.token}"} | (headers or {}) if self.token else headers,
        )
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text[:1500]}"
        return answer.json() if answer.content else None

    def get(self, path: str, expect: int = 200) -> Any:
        return self.call("GET", path, expect)

    def post(self, path: str, expect: int = 200, headers: dict[str, str] | None = None, **body: Any) -> Any:
        return self.call("POST", path, expect, headers, **body)

    def put(self, path: str, expect: int = 200, **body: Any) -> Any:
        return self.call("PUT", path, expect, **body)

    def fetch(self, path: str, expect: int = 200, **headers: str) -> requests.Response:
        """A media object by its grant's path: no token of ours goes along."""
        answer = requests.get(f"{self.platform.url}{path}", headers=headers, timeout=30, allow_redirects=True)
        assert answer.status_code == expect, f"GET {path}: {answer.status_code}"
        return answer

    def watch(self, path: str) -> Iterator[dict[str, Any]]:
        """Messages of a WebSocket until the other side or the caller ends it."""
        ticket = self.post("auth/ws-ticket")["ticket"]
        address = f"{self.platform.url.replace('http', 'ws', 1)}{path}?ticket={ticket}"
        with connect(address, open_timeout=20) as ws:
            while True:
                yield json.loads(ws.recv(timeout=240))


def register(platform: Platform, name: str) -> Person:
    person = Person(platform)
    email = f"{name}-{uuid.uuid4().hex[:8]}@example.org"
    answer = person.post("auth/register", 201, email=email, password="correct-horse-9", display_name=name)
    person.token = answer["access"]
    return person


def guest(platform: Platform) -> Person:
    person = Person(platform)
    person.token = person.post("auth/guest", 201, device_id=uuid.uuid4().hex + uuid.uuid4().hex)["access"]
    return person


def moderator(platform: Platform) -> Person:
    """Staff are made on the server's own command line, as on a real one."""
    email = f"moderator-{uuid.uuid4().hex[:8]}@example.org"
    made = platform.manage(
        "createsuperuser", "--noinput", DJANGO_SUPERUSER_EMAIL=email, DJANGO_SUPERUSER_PASSWORD="correct-horse-9"
    )
    assert made.returncode == 0, made.stderr
    person = Person(platform)
    person.token = person.post("auth/token", email=email, password="correct-horse-9")["access"]
    return person
