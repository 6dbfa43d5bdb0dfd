"""A network that can be cut: a TCP relay to a server's unix socket (or address), with a switch."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator

CHUNK = 65536
LOOK = 0.05


class Relay:
    """Listens on a free local port and carries bytes to `target` (the path of a unix socket), until it is cut."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.carries = threading.Event()
        self.carries.set()
        self.over = threading.Event()
        self.carried = 0
        self.open: set[socket.socket] = set()
        threading.Thread(target=self._accept, name=f"relay {self.port}", daemon=True).start()

    def drop(self) -> None:
        """Reset every connection, and refuse new ones until `mend`."""
        self.carries.clear()
        for end in list(self.open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def stall(self) -> None:
        """Carry nothing any more; nobody is told."""
        self.carries.clear()

    def mend(self) -> None:
        self.carries.set()

    def close(self) -> None:
        self.over.set()
        self.drop()
        self.listener.close()

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        if not self.carries.is_set():
            near.close()
            return
        with near, socket.socket(socket.AF_UNIX) as far:
            with contextlib.suppress(OSError):
                far.connect(self.target)
                self.open |= {near, far}
                self._carry(near, far)
            self.open -= {near, far}

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        """Both ways in one thread, until either side hangs up."""
        with selectors.DefaultSelector() as both:
            both.register(near, selectors.EVENT_READ, far)
            both.register(far, selectors.EVENT_READ, near)
            while not self.over.is_set():
                for key, _ in both.select(LOOK * 10):
                    while not self.carries.wait(LOOK):
                        if self.over.is_set():
                            return
                    data = key.fileobj.recv(CHUNK)  # type: ignore[union-attr]
                    if not data:
                        return
                    key.data.sendall(data)
                    self.carried += len(data)


@contextlib.contextmanager
def relay(target: str) -> Iterator[Relay]:
    made = Relay(target)
    try:
        yield made
    finally:
        made.close()
