"""The last stage of a remote shot: the service's film becomes a clip of the length that the lines need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from common.errors import Invalid
from generation.engines.base import RenderContext, ResolvedShot, ShotResult, ShotSpec, VoiceClip
from generation.engines.cutting import cut, result_of, timing_of
from generation.engines.diffusion.judge import Judge, verdict
from generation.engines.remote import VERSION
from generation.engines.remote.film import opened
from generation.engines.retime import stretch_of


class RemoteEngine:
    """Retimes, captions and encodes what came from outside; nothing is asked of the service here."""

    id = "remote"
    version = VERSION

    def resolve(self, spec: ShotSpec) -> ResolvedShot:
        seconds = spec.shot.estimated_ms / 1000
        return ResolvedShot(spec, self.id, self.version, spec.width, spec.height, spec.fps, round(1 + seconds, 2))

    def render(
        self, shot: ResolvedShot, voices: Sequence[VoiceClip], encoder: Mapping[str, Any], out: Path,
        context: RenderContext,
    ) -> ShotResult:  # fmt: skip
        """See `Engine.render`; `shot.film` is the service's MP4. Raises `NotAVideo`."""
        if shot.film is None:
            raise Invalid("There is no film to cut.", code="no_film")
        with opened(shot.film.path, sound=bool(shot.film.take.get("audio"))) as footage:
            timing, seen = timing_of(shot, voices, footage), Judge()
            watched = replace(footage, frames=seen.watching(footage.frames))
            cut(shot, voices, watched, timing, encoder, out, context)
        told = dict(shot.film.provenance) | {
            "take": dict(shot.film.take), "continuity": verdict(seen.measures()).to_json(),
            "stretch": stretch_of(footage.count, footage.fps, timing.frames, shot.fps),
        }  # fmt: skip
        return result_of(shot, voices, timing, out, told)
