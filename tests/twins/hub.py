"""A local twin of the model hub: one repository, served by the addresses and headers that its client asks for."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "c0ffee" + "0" * 34


@dataclass
class Hub:
    """`repos`: folder by owner/name. `cut`: files (by name) whose connection breaks half-way, that many times."""

    url: str = ""
    repos: dict[str, Path] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@contextmanager
def hub() -> Iterator[Hub]:
    """A hub on a free port."""
    twin = Hub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: Any) -> None:
            pass

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def _answer(self, *, body: bool) -> None:
            path = unquote(urlsplit(self.path).path).strip("/")
            twin.asked.append(f"{self.command} {path}")
            if path.startswith("api/models/"):
                self._api(path.removeprefix("api/models/"))
            else:
                repo, _, rest = path.partition("/resolve/")
                self._file(repo, rest.partition("/")[2], body)

        def _api(self, path: str) -> None:
            repo = "/".join(path.split("/")[:2])
            folder = twin.repos.get(repo)
            if folder is None:
                self._json(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
                return
            files = [one.relative_to(folder).as_posix() for one in sorted(folder.rglob("*")) if one.is_file()]
            if "/tree/" in path:
                self._json(200, [
                    {"type": "file", "path": name, "size": (folder / name).stat().st_size, "oid": _etag(folder / name)}
                    for name in files
                ])  # fmt: skip
                return
            self._json(200, {"id": repo, "sha": COMMIT, "siblings": [{"rfilename": name} for name in files]})

        def _file(self, repo: str, name: str, body: bool) -> None:
            path = twin.repos.get(repo, Path("/nowhere")) / name
            if not path.is_file():
                self._json(404, {"error": "Entry not found"}, {"X-Error-Code": "EntryNotFound"})
                return
            data = path.read_bytes()
            start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0] or 0)
            self.send_response(206 if "Range" in self.headers else 200)
            for header, value in {
                "ETag": f'"{_etag(path)}"', "X-Repo-Commit": COMMIT, "Content-Length": str(len(data) - start),
                "Accept-Ranges": "bytes", "Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}",
            }.items():  # fmt: skip
                self.send_header(header, value)
            self.end_headers()
            if not body:
                return
            if twin.cut.get(name, 0) > 0:
                twin.cut[name] -= 1
                self.wfile.write(data[start : start + (len(data) - start) // 2])
                self.wfile.flush()
                self.close_connection = True
                self.connection.close()
                return
            self.wfile.write(data[start:])

        def _json(self, status: int, document: Any, headers: dict[str, str] | None = None) -> None:
            data = json.dumps(document).encode()
            self.send_response(status)
            said = {"Content-Type": "application/json", "X-Repo-Commit": COMMIT, **(headers or {})}
            for header, value in said.items():
                self.send_header(header, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    twin.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield twin
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _etag(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
