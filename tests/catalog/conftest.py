"""Values that catalogue tests share."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from catalog.services import MasterDraft, RenditionDraft, SubtitleDraft
from common.ids import unguessable

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SCREENPLAY = {"version": 1, "text": "INT. KITCHEN - NIGHT"}
EVIDENCE = {"screenplay": SCREENPLAY, "shots": [{"prompt": "a kitchen"}], "fps": 1e2}


def make_draft(**changes: Any) -> MasterDraft:
    rung = RenditionDraft("720p", "720p.mp4", "720p.m3u8", 720, 1280, 900_000, 1_400_000, "avc1.64001f,mp4a.40.2", 9)
    values: dict[str, Any] = {
        "profile": "animatic", "prefix": f"masters/ab/{unguessable()}", "duration_ms": 45_000, "width": 720,
        "height": 1280, "fps": 24, "size_bytes": 10, "loudness_lufs": -16.0, "captions_burned": True,
        "render_uid": uuid.uuid4(), "renditions": (rung,), "subtitles": (SubtitleDraft("en", "captions.vtt"),),
    }
    return MasterDraft(**(values | changes))
