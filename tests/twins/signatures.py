"""AWS Signature Version 4 as a server checks it: header and query form, payload, clock and expiry. Written from the
published description, with nothing of the client library that it judges.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, unquote

ALGORITHM = "AWS4-HMAC-SHA256"
SKEW = timedelta(minutes=15)
MOST_SECONDS = 7 * 86_400
UNSIGNED = ("UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
HEADER = re.compile(rf"{ALGORITHM} Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{{64}})")


class Refused(Exception):
    """What the server answers instead: an HTTP status and S3's code for it."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.status, self.code, self.message = status, code, message or code


@dataclass(frozen=True)
class Asked:
    """A request as it came over the wire. `target` is raw; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)


def verify(asked: Asked, *, secrets: Mapping[str, str], expired: set[str], now: datetime) -> None:
    """Returns if the request is signed by one of the keys and in time; raises `Refused` as S3 does."""
    query = dict(asked.query)
    if "X-Amz-Signature" in query:
        _by_query(asked, query, secrets, expired, now)
    elif found := HEADER.fullmatch(asked.headers.get("authorization", "")):
        _by_header(asked, found.groups(), secrets, expired, now)
    else:
        raise Refused(403, "AccessDenied", "The request is not signed.")


def _by_header(
    asked: Asked, parts: tuple[str, ...], secrets: Mapping[str, str], expired: set[str], now: datetime
) -> None:
    credential, signed, signature = parts
    stamp = asked.headers.get("x-amz-date", "")
    payload = asked.headers.get("x-amz-content-sha256", "")
    secret = _secret(credential, secrets, expired)
    if abs(now - _time(stamp)) > SKEW:
        raise Refused(403, "RequestTimeTooSkewed")
    if "x-amz-content-sha256" not in signed.split(";"):
        raise Refused(403, "AccessDenied", "The payload's digest is not signed.")
    _compare(signature, _sign(asked, credential, signed, stamp, payload, asked.query, secret))
    if payload not in UNSIGNED and payload != hashlib.sha256(asked.body).hexdigest():
        raise Refused(400, "XAmzContentSHA256Mismatch")


def _by_query(
    asked: Asked, query: dict[str, str], secrets: Mapping[str, str], expired: set[str], now: datetime
) -> None:
    if query.get("X-Amz-Algorithm") != ALGORITHM:
        raise Refused(400, "AuthorizationQueryParametersError")
    stamp, seconds = query["X-Amz-Date"], int(query["X-Amz-Expires"])
    secret = _secret(query["X-Amz-Credential"], secrets, expired)
    if not 0 < seconds <= MOST_SECONDS:
        raise Refused(400, "AuthorizationQueryParametersError")
    rest = [(name, value) for name, value in asked.query if name != "X-Amz-Signature"]
    ours = _sign(asked, query["X-Amz-Credential"], query["X-Amz-SignedHeaders"], stamp, UNSIGNED[0], rest, secret)
    _compare(query["X-Amz-Signature"], ours)
    if _time(stamp) > now + SKEW:
        raise Refused(403, "AccessDenied", "Request is not valid yet")
    if now >= _time(stamp) + timedelta(seconds=seconds):
        raise Refused(403, "AccessDenied", "Request has expired")


def _secret(credential: str, secrets: Mapping[str, str], expired: set[str]) -> str:
    key = credential.split("/")[0]
    if key in expired:
        raise Refused(400, "ExpiredToken", "The provided token has expired.")
    if key not in secrets:
        raise Refused(403, "InvalidAccessKeyId")
    return secrets[key]


def _sign(
    asked: Asked, credential: str, signed: str, stamp: str, payload: str, query: list[tuple[str, str]], secret: str
) -> str:
    _, day, region, service, end = credential.split("/")
    names = signed.split(";")
    if names != sorted(names) or "host" not in names or not stamp.startswith(day):
        raise Refused(403, "SignatureDoesNotMatch")
    canonical = "\n".join(
        [
            asked.method,
            quote(unquote(asked.path), safe="/~-_."),
            "&".join(sorted(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in query)),
            *(f"{name}:{' '.join(asked.headers.get(name, '').split())}" for name in names),
            "",
            signed,
            payload,
        ]
    )
    scope = f"{day}/{region}/{service}/{end}"
    text = "\n".join([ALGORITHM, stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = b"AWS4" + secret.encode()
    for part in (day, region, service, end):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def _compare(theirs: str, ours: str) -> None:
    if not hmac.compare_digest(theirs, ours):
        raise Refused(403, "SignatureDoesNotMatch")


def _time(stamp: str) -> datetime:
    try:
        return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as wrong:
        raise Refused(403, "AccessDenied", "There is no date that can be read.") from wrong
