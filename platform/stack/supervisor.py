"""Starts children, restarts those that die, and stops them in order. Knows nothing of what they do."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from stack.places import Places, StackError

HERE = Path(__file__).parent
BARE_PYTHON = (sys.executable, "-S", "-E")
BACKOFF_FIRST = 0.5
BACKOFF_LAST = 30.0
STEADY_SECONDS = 15.0  # a child that lived this long did not die of its start: its backoff begins anew
TICK = 0.05


@dataclass(frozen=True, slots=True)
class Child:
    """What to run. `ready()` is asked until it is true; `tier` 0 is stopped last."""

    name: str
    argv: tuple[str, ...]
    ready: Callable[[], bool]
    tier: int = 1
    stop: int = signal.SIGTERM
    death: int = signal.SIGKILL
    grace: float = 10.0
    uid: int | None = None
    cwd: Path = Path("/")
    env: Mapping[str, str] = field(default_factory=dict)
    foreground: bool = False  # writes to the terminal (or the container's log), not to a file


@dataclass(slots=True)
class Running:
    """A child's life so far."""

    child: Child
    process: subprocess.Popen[bytes]
    started: float
    failures: int = 0
    restarts: int = 0
    retry_at: float | None = None
    ready: bool = False

    @property
    def state(self) -> str:
        if self.retry_at is not None:
            return "restarting"
        return "ready" if self.ready else "starting"


class Supervisor:
    """Owns processes. Use from one thread at a time; `stop` always, also after an error."""

    def __init__(self, places: Places, lock_fd: int | None = None) -> None:
        self.places = places
        self.lock_fd = lock_fd
        self.running: dict[str, Running] = {}
        self.watchdog = self._start_watchdog()

    def start(self, child: Child) -> Running:
        """Run `child`; does not wait for it to be ready."""
        run = Running(child, self._spawn(child), time.monotonic())
        self.running[child.name] = run
        return run

    def wait_ready(
        self, names: Iterable[str], *, seconds: float, asked: Callable[[], bool] = lambda: False
    ) -> None:
        """Return when all of `names` are ready, or when `asked()` to stop.

        Raises `StackError` with the end of the log if a child ends or `seconds` pass.
        """
        waiting, end = list(names), time.monotonic() + seconds
        while waiting and not asked():
            name = waiting[0]
            run = self.running[name]
            if run.process.poll() is not None:
                raise self._failed(name, f"ended with {run.process.returncode} while it started")
            if time.monotonic() > end:
                raise self._failed(name, f"was not ready after {seconds:.0f} s")
            run.ready = run.child.ready()
            if run.ready:
                waiting.pop(0)
            else:
                time.sleep(TICK)

    def tend(self) -> list[str]:
        """One look at everything: restart what died and is due. Returns what happened, for people."""
        if self.watchdog.poll() is not None:
            self.watchdog = self._start_watchdog()
            for run in self.running.values():
                self._tell_add(run.child, run.process)
        return [said for run in self.running.values() if (said := self._tend(run, time.monotonic()))]

    def _tend(self, run: Running, now: float) -> str:
        if run.retry_at is not None:
            return self._restart(run, now) if now >= run.retry_at else ""
        if run.process.poll() is None:
            run.ready = run.ready or run.child.ready()
            return ""
        self._end_group(run.process)
        run.failures = 1 if now - run.started > STEADY_SECONDS else run.failures + 1
        wait = min(BACKOFF_LAST, BACKOFF_FIRST * 2 ** (run.failures - 1))
        run.retry_at, run.ready = now + wait, False
        return f"{run.child.name} ended with {run.process.returncode}; starting it again in {wait:g} s"

    def _restart(self, run: Running, now: float) -> str:
        run.process, run.started, run.retry_at = self._spawn(run.child), now, None
        run.restarts += 1
        return f"{run.child.name} runs again"

    def discard(self, name: str) -> None:
        """Forget a child that ended."""
        run = self.running.pop(name)
        self._end_group(run.process)
        run.process.wait()

    def stop(self) -> None:
        """Stop all children, highest tier first and each tier together, then let the watchdog go."""
        for tier in sorted({run.child.tier for run in self.running.values()}, reverse=True):
            self._stop_tier([run for run in self.running.values() if run.child.tier == tier])
        self.running.clear()
        self._tell("bye")
        with contextlib.suppress(OSError):
            self.watchdog.stdin.close()  # type: ignore[union-attr]
        self.watchdog.wait()

    def _stop_tier(self, runs: list[Running]) -> None:
        for run in runs:
            if run.process.poll() is None:
                run.process.send_signal(run.child.stop)
        end = time.monotonic() + max(run.child.grace for run in runs)
        for run in runs:
            with contextlib.suppress(subprocess.TimeoutExpired):
                run.process.wait(max(0.0, end - time.monotonic()))
            self._end_group(run.process)
            run.process.wait()

    def _spawn(self, child: Child) -> subprocess.Popen[bytes]:
        self.places.ready_file(child.name).unlink(missing_ok=True)
        launch = (str(HERE / "launch.py"), str(os.getpid()), str(int(child.death)), str(child.uid or "-"))
        with self._output(child) as output:
            process = subprocess.Popen(
                (*BARE_PYTHON, *launch, *child.argv),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=child.cwd,
                env={**os.environ, **child.env},
                start_new_session=True,  # the terminal's Ctrl-C reaches the parent alone, which stops them in order
            )
        self._tell_add(child, process)
        return process

    def _output(self, child: Child) -> IO[bytes]:
        if child.foreground:
            return os.fdopen(os.dup(2), "wb")
        return self.places.log(child.name).open("ab")

    def _start_watchdog(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            (*BARE_PYTHON, str(HERE / "watchdog.py")),
            stdin=subprocess.PIPE,
            text=True,
            bufsize=1,
            start_new_session=True,
            pass_fds=() if self.lock_fd is None else (self.lock_fd,),
        )

    def _tell_add(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        self._tell(f"add {process.pid} {int(child.stop)} {child.grace} {child.tier}")

    def _tell(self, line: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # a watchdog that died is replaced by the next tend()
            print(line, file=self.watchdog.stdin, flush=True)

    def _end_group(self, process: subprocess.Popen[bytes]) -> None:
        """End what a child has left behind, such as a prefork worker's pool."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        self._tell(f"gone {process.pid}")

    def _failed(self, name: str, what: str) -> StackError:
        log = self.places.log(name)
        return StackError(f"{name} {what}. The end of {log}:\n{self.places.tail(name)}", code="stack_child_failed")
