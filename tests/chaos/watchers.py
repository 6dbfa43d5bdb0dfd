"""Clients of a render: each sees every durable event once and in order, however often it loses its socket."""

from __future__ import annotations

import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import InvalidHandshake, WebSocketException
from websockets.sync.client import ClientConnection, connect

from tests.chaos.attack import insist
from tests.live import Person

ENDS = ("done", "failed", "cancelled")
LOST = (OSError, EOFError, TimeoutError, WebSocketException, InvalidHandshake)
SILENCE = 60.0


@dataclass
class Watcher:
    """Follows a render in a thread of its own. `restless`: hangs up by itself after so many seconds (about)."""

    person: Person
    render: str
    restless: float = 0.0
    seen: list[dict[str, Any]] = field(default_factory=list)
    connections: int = 0
    wrong: list[str] = field(default_factory=list)
    percent: float = 0.0

    def __post_init__(self) -> None:
        self.person = Person(self.person.platform, self.person.token)  # a session of its own: this is another thread
        self.dice = random.Random(self.render)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._follow, name=f"watch {self.render}", daemon=True)
        self.thread.start()

    @property
    def seqs(self) -> list[int]:
        return [event["seq"] for event in self.seen]

    @property
    def ended(self) -> bool:
        return bool(self.seen) and self.seen[-1]["kind"] in ENDS

    def wait(self, seconds: float) -> None:
        """Until it has seen the end; `wrong` says what went wrong."""
        self.thread.join(seconds)
        self.over.set()
        self.thread.join(SILENCE)

    def _follow(self) -> None:
        while not (self.over.is_set() or self.ended):
            try:
                self._listen()
            except LOST:
                time.sleep(0.2)  # as an app would

    def _listen(self) -> None:
        ticket = insist(lambda: self.person.post("auth/ws-ticket"))["ticket"]
        address = f"{self.person.platform.url.replace('http', 'ws', 1)}/ws/renders/{self.render}/?ticket={ticket}"
        with connect(address, open_timeout=20, close_timeout=2) as socket:
            self.connections += 1
            self._take_all(socket)

    def _take_all(self, socket: ClientConnection) -> None:
        self.percent, until = 0.0, self._until()
        while not (self.over.is_set() or self.ended or time.monotonic() > until):
            try:
                self._take(json.loads(socket.recv(timeout=1.0)))
            except TimeoutError:
                continue

    def _until(self) -> float:
        return time.monotonic() + (self.dice.uniform(0.5, 1.5) * self.restless if self.restless else 3600.0)

    def _take(self, message: dict[str, Any]) -> None:
        if message["percent"] < self.percent:
            self.wrong.append(f"fell from {self.percent} to {message['percent']}")
        self.percent = message["percent"]
        if message["type"] == "snapshot":
            self._catch_up(message["seq"])
        elif message["type"] == "event":
            self._note(message)

    def _catch_up(self, newest: int) -> None:
        """What happened while nobody listened: the snapshot says how far it went, the API has the events."""
        while len(self.seen) < newest:
            after = self.seen[-1]["seq"] if self.seen else 0
            page = insist(lambda after=after: self.person.get(f"studio/renders/{self.render}/events?after={after}"))
            for event in page["results"][: newest - after]:
                self._note(event)

    def _note(self, event: dict[str, Any]) -> None:
        if event["seq"] != len(self.seen) + 1:
            self.wrong.append(f"event {event['seq']} after {len(self.seen)}")
        self.seen.append(event)
