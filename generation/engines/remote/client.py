"""`/v1/videos` over HTTP. Every call says exactly one of: it worked, it surely did not, nobody can say."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias
from urllib.parse import quote, urlsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

from generation.engines.remote.cards import ServiceCard
from generation.engines.remote.errors import Away, Failed, KeyRefused, NoService, Refused, Unanswered
from generation.steps.files import finished

Stand: TypeAlias = Literal["running", "done", "failed", "cancelled", "gone"]
STANDS: Mapping[str, Stand] = {
    "completed": "done", "succeeded": "done", "failed": "failed", "error": "failed", "cancelled": "cancelled",
    "canceled": "cancelled", "deleted": "gone", "expired": "gone",
}  # fmt: skip
CONNECT, READ = 5.0, 30.0  # seconds
MOST_WORDS = 400  # of a service's message are kept
MOST_ANSWER = 1 << 20
MOST_FILM = 512 << 20
PIECE = 1 << 18
LIST = 100  # jobs that are looked through for a token
NEVER_SENT = (NewConnectionError, ConnectTimeoutError, SSLError)
TOKEN = "client_token"  # noqa: S105 - the name of a field


@dataclass(frozen=True, slots=True)
class Status:
    """How a job stands: `fraction` 0..1, and why it failed."""

    stand: Stand
    fraction: float = 0.0
    code: str = ""
    message: str = ""


class Service:
    """One service. Its key goes to its own address only: redirects are not followed, and no address of an answer is."""

    def __init__(self, card: ServiceCard, url: str, key: str = "", *, read: float = READ) -> None:
        """`url` ends before `/v1`. Raises `NoService` for one that cannot be."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise NoService(f"RW_REMOTE_URL is no address of a service: {parts.scheme}://{parts.hostname}")
        self.card, self._base, self._read = card, url.rstrip("/") + "/v1/videos", read
        self._headers = {"Accept": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}

    def submit(self, form: Mapping[str, str], token: str, image: bytes | None = None) -> str:
        """The id of the new job. Raises `Refused`, `KeyRefused`, `Away` (surely not begun) or `Unanswered`."""
        fields: dict[str, Any] = {**form, "metadata": json.dumps({TOKEN: token})}
        if image is not None:
            fields["input_reference"] = ("first.png", image, "image/png")
        try:
            answer = self._call("POST", "", fields=fields, headers={"Idempotency-Key": token})
        except NEVER_SENT as unsent:
            raise Away(type(unsent).__name__) from unsent
        except HTTPError as lost:
            raise Unanswered(f"no answer: {type(lost).__name__}") from lost
        if answer.status >= 500 or 300 <= answer.status < 400:
            raise Unanswered(f"it answered {answer.status}")
        if answer.status >= 400:
            raise _refusal(answer)
        remote_id = _said(answer).get("id")
        if not isinstance(remote_id, str) or not 0 < len(remote_id) <= MOST_WORDS:
            raise Unanswered("its answer names no job")
        return remote_id

    def find(self, token: str) -> str | None:
        """The id of the job that was asked for with `token`, among the newest. Raises `Away`."""
        answer = self._asked("GET", f"?limit={LIST}&order=desc")
        if answer.status != 200:
            raise Away(f"it answered {answer.status}")
        for one in _said(answer).get("data") or ():
            if isinstance(one, dict) and isinstance(one.get("id"), str) and _token_of(one) == token:
                return str(one["id"])
        return None

    def status(self, remote_id: str) -> Status:
        """Raises `Away`, `KeyRefused`."""
        answer = self._asked("GET", f"/{quote(remote_id, safe='')}")
        if answer.status in (404, 410):
            return Status("gone", code="gone", message="the service does not know it (any more)")
        if answer.status != 200:
            raise Away(f"it answered {answer.status}")
        said = _said(answer)
        error = said.get("error")
        error = error if isinstance(error, dict) else {"message": error or ""}
        return Status(
            STANDS.get(str(said.get("status")).lower(), "running"), _fraction(said.get("progress")),
            str(error.get("code") or "")[:60], str(error.get("message") or "")[:MOST_WORDS],
        )  # fmt: skip

    def content(self, remote_id: str, path: Path, check: Callable[[], None]) -> None:
        """The film into `path`, whole or not at all. Raises `Away`, `KeyRefused`, `Failed` (it is not there)."""
        url = f"{self._base}/{quote(remote_id, safe='')}/content"
        try:
            answer = self._pool().request(
                "GET", url, headers={**self._headers, "Accept": "video/mp4"}, preload_content=False,
                retries=False, redirect=False, timeout=urllib3.Timeout(CONNECT, self._read),
            )  # fmt: skip
            with finished(path) as draft:
                _stream(answer, draft, check)
        except HTTPError as lost:
            raise Away(f"the film broke off: {type(lost).__name__}") from lost

    def cancel(self, remote_id: str) -> None:
        """It is stopped, or was over already. Raises `Away`, `KeyRefused`."""
        answer = self._asked("DELETE", f"/{quote(remote_id, safe='')}")
        if answer.status >= 500 or answer.status == 429:
            raise Away(f"it answered {answer.status}")

    def _asked(self, method: str, path: str) -> urllib3.BaseHTTPResponse:
        try:
            answer = self._call(method, path)
        except HTTPError as lost:
            raise Away(type(lost).__name__) from lost
        if answer.status in (401, 403):
            raise KeyRefused(f"it answered {answer.status}")
        return answer

    def _call(
        self, method: str, path: str, fields: Any = None, headers: Mapping[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        """One request on a connection of its own: one that lay idle may be dead, which looks like no answer."""
        return self._pool().request(
            method, self._base + path, fields=fields, headers={**self._headers, **(headers or {})},
            retries=False, redirect=False, timeout=urllib3.Timeout(CONNECT, self._read),
        )  # fmt: skip

    def _pool(self) -> urllib3.PoolManager:
        return urllib3.PoolManager(maxsize=1)


def service_at_hand(card: ServiceCard) -> Service:
    """The service of this worker's environment. Raises `NoService`."""
    url = os.environ.get("RW_REMOTE_URL", "")
    if not url:
        raise NoService
    return Service(card, url, os.environ.get("RW_REMOTE_KEY", ""))


def _refusal(answer: urllib3.BaseHTTPResponse) -> Exception:
    """A 4xx: it has not been begun."""
    if answer.status in (401, 403):
        return KeyRefused(f"it answered {answer.status}")
    if answer.status in (404, 405, 408, 425, 429):
        return Away(f"it answered {answer.status}", after=_seconds(answer.headers.get("Retry-After")))
    error = _said(answer).get("error")
    message = error.get("message") if isinstance(error, dict) else error
    words = str(message or f"it answered {answer.status}")[:MOST_WORDS]
    return Refused(f"The video service will not make this shot: {words}")


def _stream(answer: urllib3.BaseHTTPResponse, draft: Path, check: Callable[[], None]) -> None:
    if answer.status in (404, 410):
        raise Failed(f"its film is gone ({answer.status})", code="remote_film_gone")
    if answer.status != 200:
        raise KeyRefused() if answer.status in (401, 403) else Away(f"it answered {answer.status}")
    size = 0
    with draft.open("wb") as file:
        for piece in answer.stream(PIECE):
            check()
            size += len(piece)
            if size > MOST_FILM:
                raise Failed(f"its film is larger than {MOST_FILM} bytes", code="remote_film_too_large")
            file.write(piece)


def _said(answer: urllib3.BaseHTTPResponse) -> dict[str, Any]:
    """The answer as an object; an empty one if it is none."""
    if len(answer.data) > MOST_ANSWER:
        return {}
    try:
        said = json.loads(answer.data)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _token_of(job: Mapping[str, Any]) -> str:
    metadata = job.get("metadata")
    if isinstance(metadata, str):
        try:
            metadata = json.loads(metadata)
        except ValueError:
            return ""
    return str(metadata.get(TOKEN, "")) if isinstance(metadata, dict) else ""


def _fraction(said: Any) -> float:
    """Percent as a fraction; 0 for what is no number."""
    if isinstance(said, bool) or not isinstance(said, int | float):
        return 0.0
    return max(0.0, min(1.0, said / 100))


def _seconds(said: str | None) -> float:
    return min(300.0, float(said)) if said and said.strip().isdigit() else 0.0
