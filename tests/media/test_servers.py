"""The range view behind real servers, ASGI and WSGI, asked over a socket: what a test client cannot show."""

from __future__ import annotations

import socket
import threading
import time
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import uvicorn
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.utils import timezone

from media import grants, storage
from media.urls_for import media_path

PREFIX = "masters/ab/" + "ab" * 16
DATA = bytes(range(256)) * 8192  # 2 MiB


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(params=["asgi", "wsgi"])
def address(request, disk):
    """A running server; the store holds one video."""
    storage.put_bytes(f"{PREFIX}/720p.mp4", DATA, "video/mp4")
    yield from request.getfixturevalue(f"serve_{request.param}")()


@pytest.fixture
def serve_asgi():
    def serve():
        config = uvicorn.Config(get_asgi_application(), port=0, log_level="error", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        listener = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        deadline = time.monotonic() + 10
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield listener.getsockname()
        server.should_exit = True
        thread.join()

    return serve


@pytest.fixture
def serve_wsgi():
    def serve():
        server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server.server_address
        server.shutdown()
        thread.join()
        server.server_close()

    return serve


def ask(address, path, *headers, method="GET"):
    """(status, headers, body) of one raw request: no client library tidies the path."""
    with socket.create_connection(address, timeout=10) as wire:
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers, "", ""]
        wire.sendall("\r\n".join(lines).encode())
        answer = b"".join(iter(lambda: wire.recv(1 << 16), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *fields = head.decode("latin-1").split("\r\n")
    return int(status.split()[1]), {k.lower(): v for k, _, v in (f.partition(": ") for f in fields)}, body


def sign():
    return grants.sign(subject="s", prefix=PREFIX, scope="play", now=timezone.now(), seconds=60).token


def test_whole_part_head_and_refusal_over_a_socket(address):
    path = media_path(sign(), "720p.mp4")
    assert ask(address, path)[::2] == (200, DATA)
    status, headers, body = ask(address, path, "Range: bytes=1048570-1048579")
    assert (status, body) == (206, DATA[1048570:1048580])
    assert headers["content-range"] == f"bytes 1048570-1048579/{len(DATA)}"
    status, headers, body = ask(address, path, method="HEAD")
    assert (status, headers["content-length"], body) == (200, str(len(DATA)), b"")
    assert ask(address, path, f"Range: bytes={len(DATA)}-")[0] == 416
    assert ask(address, "/m/none/720p.mp4")[::2] == (403, b"")


@pytest.mark.parametrize(
    "trick",
    ["../" + PREFIX.rpartition("/")[2] + "/720p.mp4", "%2e%2e/720p.mp4", "%252e%252e/720p.mp4", "x%2f..%2f720p.mp4",
     "..%5c720p.mp4", "\\720p.mp4", "%00720p.mp4", "/720p.mp4", "//etc/passwd", ".%2f720p.mp4"],
)
def test_tricks_get_through_no_server(address, trick):
    assert ask(address, f"/m/{sign()}/{trick}")[::2] == (403, b"")


@pytest.mark.parametrize("address", ["asgi"], indirect=True)
@pytest.mark.parametrize("spelling", ["%37%32%30p.mp4", "720p%2Emp4"])
def test_a_second_spelling_of_a_good_path_is_refused_where_the_server_shows_it(address, spelling):
    assert ask(address, f"/m/{sign()}/{spelling}")[::2] == (403, b"")
    assert ask(address, f"/m/{sign()}%2F720p.mp4")[::2] == (403, b"")


def test_a_viewer_who_leaves_in_the_middle_breaks_nothing(address):
    path = media_path(sign(), "720p.mp4")
    for _ in range(5):
        with socket.create_connection(address, timeout=10) as wire:
            wire.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert wire.recv(1000)
    assert ask(address, path)[::2] == (200, DATA)
