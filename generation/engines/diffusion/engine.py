"""The last stage of a diffusion shot: latents become frames, and those a clip (see `engines.cutting`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from common.errors import Invalid
from generation.engines.base import RenderContext, ResolvedShot, ShotResult, ShotSpec, VoiceClip
from generation.engines.cutting import DECODED, Footage, cut, result_of, timing_of
from generation.engines.diffusion import VERSION
from generation.engines.diffusion.judge import Judge, verdict
from generation.engines.diffusion.lips import lip_sync
from generation.engines.diffusion.room import enter
from generation.engines.diffusion.take import Take
from generation.engines.retime import stretch_of


class DiffusionEngine:
    """Decodes, retimes, captions and encodes; what needs torch happens behind `room.enter`."""

    id = "diffusion"
    version = VERSION

    def resolve(self, spec: ShotSpec) -> ResolvedShot:
        """The size is the profile's; what the model can make was decided when its take was planned."""
        seconds = spec.shot.estimated_ms / 1000
        return ResolvedShot(spec, self.id, self.version, spec.width, spec.height, spec.fps, round(1 + seconds, 2))

    def render(
        self, shot: ResolvedShot, voices: Sequence[VoiceClip], encoder: Mapping[str, Any], out: Path,
        context: RenderContext,
    ) -> ShotResult:  # fmt: skip
        """See `Engine.render`; `shot.film` are the latents. A model's own sound becomes sound.wav."""
        if shot.film is None:
            raise Invalid("There are no latents to decode.", code="no_latents")
        take = Take(**shot.film.take)
        with enter("stages", context).decode(take, shot.film.path, context) as decoded:
            context.progress(DECODED)
            seen = Judge()
            made = Footage(seen.watching(decoded.frames), decoded.count, take.fps, decoded.sound, decoded.rate)
            timing = timing_of(shot, voices, made)
            if shot.lip_sync:
                synced = lip_sync(shot.lip_sync).sync(made.frames, take.fps, voices, timing)
                made = replace(made, frames=synced)
            cut(shot, voices, made, timing, encoder, out, context)
        told = dict(shot.film.provenance) | {
            "take": dict(shot.film.take), "stretch": stretch_of(made.count, take.fps, timing.frames, shot.fps),
            "continuity": verdict(seen.measures()).to_json(),
        }  # fmt: skip
        return result_of(shot, voices, timing, out, told)
