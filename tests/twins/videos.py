"""A local twin of a video service: `/v1/videos` as OpenAI and sglang speak it, and how it usually fails.

`faults` is a list of what happens to the next requests, each used up once: "submit:lost" and the like (see `FAULTS`).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import av
import numpy as np

FAULTS = (
    "submit:lost",  # taken, and no answer
    "submit:held",  # taken, and the answer never comes
    "submit:unread",  # not taken, and no answer
    "submit:500",  # taken, and the gateway says 500
    "submit:garbage",  # taken, and the answer is no JSON
    "submit:429", "submit:400", "submit:401",  # not taken
    "status:500", "status:lost", "status:404", "status:garbage",
    "content:cut", "content:500", "content:noise", "content:404",
    "cancel:500", "list:500",
)  # fmt: skip
FPS, WIDTH, HEIGHT = 12, 96, 160


@dataclass
class Job:
    remote_id: str
    form: dict[str, str]
    image: bytes
    token: str
    begun: float
    status: str = "queued"
    error: dict[str, str] | None = None


@dataclass
class Videos:
    """`takes`: seconds for a film; `keeps_metadata`: gives tokens back and takes each once; `verdict`: how jobs end."""

    url: str = ""
    key: str = "secret-of-the-twin"
    takes: float = 0.3
    keeps_metadata: bool = True
    verdict: tuple[str, str] = ("", "")
    sound: bool = False
    faults: list[str] = field(default_factory=list)
    jobs: dict[str, Job] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, what: str) -> str:
        """The next fault of requests of this sort, used up."""
        with self.lock:
            for index, fault in enumerate(self.faults):
                if fault.startswith(f"{what}:"):
                    return self.faults.pop(index).partition(":")[2]
        return ""

    def count(self, request: str) -> int:
        return sum(one.startswith(request) for one in self.asked)

    def take(self, form: dict[str, str], image: bytes, token: str) -> Job:
        with self.lock:
            if self.keeps_metadata:
                for job in self.jobs.values():
                    if job.token == token:
                        return job
            job = Job(f"video_{len(self.jobs) + 1}", form, image, token, time.monotonic())
            self.jobs[job.remote_id] = job
            return job

    def stand(self, job: Job) -> dict[str, Any]:
        share = min(1.0, (time.monotonic() - job.begun) / self.takes)
        if job.status not in ("cancelled", "failed"):
            job.status = "completed" if share >= 1 else "in_progress"
            code, message = self.verdict
            if job.status == "completed" and code:
                job.status, job.error = "failed", {"code": code, "message": message}
        said = {"id": job.remote_id, "object": "video", "status": job.status, "progress": int(100 * share)}
        kept = {"metadata": {"client_token": job.token}} if self.keeps_metadata else {}
        return said | kept | ({"error": job.error} if job.error else {})


@contextmanager
def videos(**how: Any) -> Iterator[Videos]:
    """A service on a free port."""
    twin = Videos(**how)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if not self._known("submit"):
                return
            fault = twin.fault("submit")
            if fault == "unread":
                self._hang_up()
            elif fault in ("429", "400", "401"):
                self._json(int(fault), {"error": {"code": "no", "message": f"said {fault}"}}, {"Retry-After": "1"})
            else:
                job = twin.take(*_read(self.headers["Content-Type"], body), self.headers.get("Idempotency-Key", ""))
                if fault == "held":
                    twin.released.wait(60)
                self._answer("" if fault == "held" else fault, twin.stand(job))

        def do_GET(self) -> None:
            path = urlsplit(self.path).path.removeprefix("/v1/videos").strip("/")
            name, _, rest = path.partition("/")
            what = "content" if rest == "content" else "status" if name else "list"
            if not self._known(what):
                return
            fault = twin.fault(what)
            if what == "list":
                newest = [twin.stand(job) for job in reversed(twin.jobs.values())]
                self._answer(fault, {"object": "list", "data": newest})
            elif name not in twin.jobs or fault == "404":
                self._json(404, {"error": {"code": "not_found", "message": "no such video"}})
            elif what == "status":
                self._answer(fault, twin.stand(twin.jobs[name]))
            else:
                self._content(fault, twin.jobs[name])

        def do_DELETE(self) -> None:
            if not self._known("cancel"):
                return
            job = twin.jobs.get(urlsplit(self.path).path.rpartition("/")[2])
            if fault := twin.fault("cancel"):
                self._json(int(fault), {"error": "no"})
            elif job is None:
                self._json(404, {"error": "no"})
            else:
                job.status = "cancelled" if job.status != "completed" else job.status
                self._json(200, {"id": job.remote_id, "deleted": True})

        def _known(self, what: str) -> bool:
            twin.asked.append(f"{what} {self.path}")
            if self.headers.get("Authorization") == f"Bearer {twin.key}":
                return True
            self._json(401, {"error": {"code": "invalid_api_key", "message": "no such key"}})
            return False

        def _answer(self, fault: str, document: dict[str, Any]) -> None:
            if fault == "lost":
                self._hang_up()
            elif fault == "garbage":
                self._bytes(200, b"<html>busy</html>", "text/html")
            elif fault:
                self._json(int(fault), {"error": {"code": "internal", "message": "oops"}})
            else:
                self._json(200, document)

        def _content(self, fault: str, job: Job) -> None:
            if fault == "500":
                self._json(500, {"error": "oops"})
                return
            data = b"#EXTM3U\nfile:///etc/passwd\n" if fault == "noise" else film_bytes(job, sound=twin.sound)
            self.send_response(200)
            self.send_header("Content-Type", "video/mp4")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if fault == "cut" else data)
            if fault == "cut":
                self._hang_up()

        def _hang_up(self) -> None:
            self.close_connection = True
            self.wfile.flush()
            self.connection.shutdown(2)

        def _json(self, status: int, document: Any, headers: dict[str, str] | None = None) -> None:
            self._bytes(status, json.dumps(document).encode(), "application/json", headers)

        def _bytes(self, status: int, data: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    twin.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield twin
    finally:
        twin.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _read(kind: str, body: bytes) -> tuple[dict[str, str], bytes]:
    """The fields and the first frame of a multipart form."""
    message = BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    form, image = {}, b""
    for part in message.get_payload():
        name, payload = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if part.get_filename():
            image = payload
        else:
            form[name] = payload.decode()
    return form, image


def film_bytes(job: Job, *, sound: bool = False) -> bytes:
    """An MP4 whose colour says the seed, of as many seconds as were asked for."""
    path = Path(f"/dev/shm/twin-{threading.get_ident()}-{job.remote_id}.mp4")
    seed, seconds = int(job.form.get("seed", 0)), int(job.form["seconds"])
    colour = np.array([seed % 251, seed // 7 % 251, 120], np.uint8)
    try:
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx264", rate=FPS)
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            audio = container.add_stream("aac", rate=48_000) if sound else None
            for index in range(FPS * seconds):
                picture = np.tile(colour, (HEIGHT, WIDTH, 1))
                picture[: 1 + index * 2, :] = 255 - colour  # something moves
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            container.mux(stream.encode(None))
            if audio is not None:
                tone = (0.4 * np.sin(np.arange(48_000 * seconds) / 20)).astype(np.float32)
                frame = av.AudioFrame.from_ndarray(np.stack([tone, tone]), format="fltp", layout="stereo")
                frame.sample_rate = 48_000
                for part in _parts(frame):
                    container.mux(audio.encode(part))
                container.mux(audio.encode(None))
        return path.read_bytes()
    finally:
        path.unlink(missing_ok=True)


def _parts(frame: av.AudioFrame) -> Iterator[av.AudioFrame]:
    fifo = av.AudioFifo()
    fifo.write(frame)
    while (part := fifo.read(1024, partial=True)) is not None:
        yield part
