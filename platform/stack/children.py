"""The project's own processes, as children for the supervisor: web, workers, beat."""

import os
import sys
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stack.places import ROOT, Places
from stack.supervisor import Child

READY_SECONDS = 2.0
WEB_GRACE = 3  # seconds for requests that are being answered
REMOTE_JOBS = 4  # that a service is asked for at once by one machine: each waits in a process of its own
GPU_DRAIN = 30.0  # for a step on a GPU, when the whole stack stops


@dataclass(frozen=True, slots=True)
class Address:
    """Where the web process listens."""

    host: str = "127.0.0.1"
    port: int = 8000

    @property
    def url(self) -> str:
        name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104 - compared, not bound
        return f"http://{name}:{self.port}"


def web(places: Places, address: Address) -> Child:
    """One ASGI process for pages, API and sockets."""
    return Child(
        name="web",
        argv=_module(
            "uvicorn", "config.asgi:application", "--host", address.host, "--port", str(address.port),
            "--lifespan", "off", "--no-access-log", "--timeout-graceful-shutdown", str(WEB_GRACE),
            "--ws-per-message-deflate", "false",  # messages are short and many: packing costs more than it saves
        ),
        ready=lambda: _answers(f"{address.url}/readyz"),
        tier=2,
        grace=WEB_GRACE + 3.0,
        cwd=ROOT,
        env={"PUBLIC_BASE_URL": address.url} | environment(places) | _given("PUBLIC_BASE_URL"),
    )


def worker(
    places: Places, name: str, queues: Sequence[str], concurrency: int, *, foreground: bool = False, drain: float = 8.0,
    env: Mapping[str, str] | None = None,
) -> Child:  # fmt: skip
    """A prefork Celery worker. Asked to stop, it finishes its step if that takes less than `drain` seconds; one that is
    cut off goes back by its lease.
    """
    return Child(
        name=name,
        argv=_module(
            "celery", "-A", "config", "worker", "-Q", ",".join(queues), "-P", "prefork", "-c", str(concurrency),
            "-n", f"{name}@%h", "-l", "INFO", "--without-gossip", "--without-mingle",
        ),
        ready=_announced(places, name),
        grace=drain,
        cwd=ROOT,
        env=environment(places) | {"RW_READY_FILE": str(places.ready_file(name))} | dict(env or {}),
        foreground=foreground,
    )


def beat(places: Places) -> Child:
    """The clock that rings the periodic tasks."""
    return Child(
        name="beat",
        argv=_module("celery", "-A", "config", "beat", "-s", str(places.state / "beat.db"), "--pidfile=", "-l", "INFO"),
        ready=_announced(places, "beat"),
        tier=2,
        grace=5.0,
        cwd=ROOT,
        env=environment(places) | {"RW_READY_FILE": str(places.ready_file("beat"))},
    )


def all_workers(places: Places, gpu: Mapping[str, str] | None = None) -> list[Child]:
    """One worker for what must not wait behind pictures, one for the pictures with a process per core; with `gpu` (its
    environment) one for diffusion models; one that waits for the video service where there is one.
    """
    films = [] if gpu is None else [worker(places, "gpu", ["gpu"], 1, drain=GPU_DRAIN, env=gpu)]
    if os.environ.get("RW_REMOTE_URL"):
        films.append(worker(places, "remote", ["remote"], REMOTE_JOBS))
    return [
        worker(places, "worker", ["default"], 2),
        worker(places, "render", ["voice", "render", "encode"], os.cpu_count() or 2),
        *films,
    ]


def environment(places: Places) -> dict[str, str]:
    """What a child needs to find the code of this checkout and the state of this stack."""
    paths = [str(ROOT / "platform"), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "RW_STATE_DIR": str(places.state),
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings"),
    }


def _module(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *words)


def _given(name: str) -> dict[str, str]:
    return {name: os.environ[name]} if os.environ.get(name) else {}


def _announced(places: Places, name: str) -> Callable[[], bool]:
    path: Path = places.ready_file(name)
    return path.exists


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=READY_SECONDS) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except OSError:
        return False
