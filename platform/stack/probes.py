"""What an orchestrator asks a worker over HTTP: does it live, does it take work."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Answers = Mapping[str, Callable[[], bool]]


@contextmanager
def answering(port: int, answers: Answers) -> Iterator[int]:
    """Serve `answers` by their paths (`/livez`, `/readyz`): 200 for yes, 503 for no. Yields the port; 0: any.

    Every address of the machine is listened on, because probes come from outside; nothing else can be asked.
    """

    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def log_message(self, *args: Any) -> None:
            """Probes come every few seconds."""

        def do_GET(self) -> None:
            answer = answers.get(self.path)
            good = answer is not None and answer()
            body = json.dumps({"ok": good}).encode()
            self.send_response(404 if answer is None else 200 if good else 503)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("", port), Handler)
    thread = Thread(target=server.serve_forever, name="probes", daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
