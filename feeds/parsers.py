"""Reads a batch of events without ever holding more of it than is allowed."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from common.errors import DomainError
from feeds.intake import MAX_BYTES


class BatchTooBig(DomainError):
    """More than one batch may hold (413)."""

    status = 413
    code = "batch_too_big"
    message = f"A batch holds at most {MAX_BYTES} bytes."
    remedy = "Send the events in several batches."


class BatchParser(JSONParser):
    """JSON up to `MAX_BYTES`, whatever Content-Length says."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise BatchTooBig
        try:
            return super().parse(io.BytesIO(body), media_type, parser_context)
        except RecursionError:
            raise ParseError("JSON parse error - nested too deeply") from None
