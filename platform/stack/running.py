"""The whole stack: servers, schema, web, workers and beat as one thing that starts, is tended, and stops."""

import contextlib
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from stack import children, status
from stack.children import Address
from stack.lock import StackLock, is_held
from stack.places import Places, StackError
from stack.schema import migrate
from stack.servers import create_database, start_postgres, start_valkey
from stack.status import ChildStatus, Status
from stack.supervisor import Child, Supervisor

DYING_SECONDS = 20.0  # a killed stack's watchdog is done by then
CHILD_SECONDS = 90.0
TEND_SECONDS = 0.2
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What to run: `address` None means no web process, `gpu` (a worker's environment) None no diffusion models;
    `command` is how people started it.
    """

    command: str
    now: datetime
    address: Address | None = None
    gpu: Mapping[str, str] | None = None


class Stack:
    """Start once, tend until it shall stop, stop always. `say` hears one line for each thing that happens."""

    def __init__(self, places: Places, wish: Wish, say: Say) -> None:
        self.places, self.wish, self.say = places, wish, say
        self.lock = StackLock(places.lock)
        self.supervisor: Supervisor | None = None
        self.phase = "starting"
        self._written: Status | None = None

    def start(self, asked: Callable[[], bool] = lambda: False) -> None:
        """Return when everything is ready, or early when `asked()` to stop. Raises `StackError`."""
        self._take_lock()
        if self.wish.address:
            require_free(self.wish.address)
        self.places.make()
        self.supervisor = Supervisor(self.places, self.lock.fd)
        for step in (self._postgres, self._valkey, self._schema):
            if asked():
                return
            self.note()
            step()
        apps = self._apps()
        for child in apps:
            self.supervisor.start(child)
        self.note()
        self.supervisor.wait_ready([child.name for child in apps], seconds=CHILD_SECONDS, asked=asked)
        self.phase = "starting" if asked() else "ready"
        self.note()

    def tend(self) -> None:
        """One look: restarts what died and keeps `stack.json` true."""
        if self.supervisor:
            for line in self.supervisor.tend():
                self.say(line)
            self.note()

    def stop(self) -> None:
        """Stop everything in order and give the lock back."""
        if self.lock.fd < 0:
            return
        self.phase = "stopping"
        if self.supervisor:
            self.note()
            self.supervisor.stop()
        self.places.status.unlink(missing_ok=True)
        shutil.rmtree(self.places.run, ignore_errors=True)  # sockets without servers
        self.lock.release()

    def status(self) -> Status:
        """What runs now."""
        running = list(self.supervisor.running.items()) if self.supervisor else []
        return Status(
            pid=os.getpid(),
            command=self.wish.command,
            state=self.phase,
            url=self.wish.address.url if self.wish.address else "",
            started=self.wish.now.isoformat(timespec="seconds"),
            logs=str(self.places.logs),
            embedded=embedded(),
            children={name: ChildStatus(run.process.pid, run.state, run.restarts) for name, run in running},
        )

    def note(self) -> None:
        """Write `stack.json` if it is not true any more."""
        if (now := self.status()) != self._written:
            now.write(self.places.status)
            self._written = now

    def _take_lock(self) -> None:
        self.places.state.mkdir(parents=True, exist_ok=True)
        other = status.read(self.places.status)
        dying = other is not None and not status.is_alive(other.pid)
        if not self.lock.take(wait=DYING_SECONDS if dying else 0.0):
            raise already_running(self.places)
        self.places.status.unlink(missing_ok=True)

    def _postgres(self) -> None:
        if "postgres" in embedded() and self.supervisor:
            start_postgres(self.supervisor)
            create_database(self.places)
            self.say("postgres is ready")

    def _valkey(self) -> None:
        if "valkey" in embedded() and self.supervisor:
            start_valkey(self.supervisor)
            self.say("valkey is ready")

    def _schema(self) -> None:
        migrate()
        self.say("the schema is up to date")

    def _apps(self) -> list[Child]:
        web = [children.web(self.places, self.wish.address)] if self.wish.address else []
        return [*web, *children.all_workers(self.places, self.wish.gpu), children.beat(self.places)]


def embedded() -> tuple[str, ...]:
    """Which servers are ours to run: those that the environment names elsewhere are not."""
    names = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
    return tuple(name for name, variable in names.items() if not os.environ.get(variable))


def running_status(places: Places) -> Status | None:
    """The stack that runs on these places now, ready or not."""
    return status.read(places.status) if is_held(places.lock) else None


def already_running(places: Places) -> StackError:
    other = status.read(places.status)
    where = f" at {other.url}" if other and other.url else ""
    who = f" ({other.command}, process {other.pid})" if other else ""
    return StackError(
        f"A stack is already running on {places.state}{where}{who}.",
        code="stack_running",
        remedy="Use it, stop it with Ctrl-C in its terminal, or set RW_STATE_DIR to another folder.",
    )


def require_free(address: Address) -> None:
    """Raise `StackError` if something else listens there: uvicorn would only say so in its log."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as taken:
            raise StackError(
                f"Port {address.port} on {address.host} is not free ({taken.strerror}).",
                code="port_taken",
                remedy="Choose another with --port.",
            ) from taken


@contextlib.contextmanager
def ensure_stack(wish: Wish, say: Say = lambda line: None) -> Iterator[Status]:
    """A stack to work with: the one that runs, else one of this process, which ends with the block.

    Raises `StackError` if it cannot be had.
    """
    places = Places.of()
    if running := _wait_until_ready(places):
        yield running
        return
    stack = Stack(places, wish, say)
    enough = threading.Event()
    keeper = threading.Thread(target=_keep, args=(stack, enough), name="stack", daemon=True)
    try:
        stack.start()
        keeper.start()
        yield stack.status()
    finally:
        enough.set()
        if keeper.ident:
            keeper.join()
        stack.stop()


def _keep(stack: Stack, enough: threading.Event) -> None:
    """Tends in its own thread, and stops there too: the kernel ties a child to the thread that started it."""
    while not enough.wait(TEND_SECONDS):
        stack.tend()
    stack.stop()


def _wait_until_ready(places: Places) -> Status | None:
    """The running stack once it is ready; None if there is none (any more)."""
    pause = threading.Event()
    while found := running_status(places):
        if found.state == "ready":
            return found
        pause.wait(TEND_SECONDS)
    return None
