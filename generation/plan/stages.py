"""The steps that stand before a diffusion shot: its words, its first frame, its latents. Pure, and without torch.

The spoken lines are in none of them, unless the model speaks itself: another line is another clip, not another film.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from generation.engines.base import Profile, ShotSpec
from generation.engines.diffusion.cards import ModelCard, identity, model_card
from generation.engines.diffusion.prompts import prompts_of
from generation.engines.diffusion.snap import Snapped, snap
from generation.engines.diffusion.take import Mode, Take

PROMPT_SECONDS = 2.0
DECODE_SECONDS = 0.12  # a frame of the card's own size, on one GPU; not measured by us
Add = Callable[..., str]
Needs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Filmed:
    """What a shot's own step gets of them: its needs, what its spec says of the take, what its price may know."""

    needs: Needs
    spec: dict[str, Any] = field(default_factory=dict)
    estimate: Mapping[str, Any] = field(default_factory=dict)


def film(add: Add, profile: Profile, spec: ShotSpec, before: str | None, label: str) -> Filmed:
    """Add the stages of a shot by `add(kind, spec, needs, label=, seconds=)`. `before`: the shot it goes on from."""
    card = model_card(profile.model)
    wanted = snap(card, width=spec.width, height=spec.height, ms=spec.shot.estimated_ms)
    take = _take(card, wanted, "image" if before or profile.keyframes else "text", spec.seed)
    words = prompts_of(spec, card)
    base = {"identity": identity(card)}
    said: dict[str, Any] = {} if card.embeds else {"prompts": asdict(words)}
    needs: Needs = []
    if card.embeds:
        prompt = add(
            "prompt", {**base, "prompts": asdict(words)}, (), label=f"prompt {label}", seconds=PROMPT_SECONDS
        )
        needs.append(("prompt", prompt))
    first: Needs = [("last", before)] if before else []
    if profile.keyframes and not before:
        single = replace(take, mode="text", frames=1)
        key = add(
            "keyframe", {**base, **said, "take": asdict(single)}, needs, label=f"keyframe {label}",
            seconds=denoise_seconds(card, single),
        )  # fmt: skip
        first = [("keyframe", key)]
    latents = add(
        "latents", {**base, **said, "take": asdict(take)}, [*needs, *first], label=f"latents {label}",
        seconds=denoise_seconds(card, take),
    )  # fmt: skip
    decode = DECODE_SECONDS * take.frames * take.width * take.height / (card.width * card.height)
    told = {"take": asdict(take), "notes": list(wanted.notes)}
    return Filmed([("latents", latents)], told, {"seconds": decode})


def denoise_seconds(card: ModelCard, take: Take) -> float:
    """GPU seconds of all steps, from what the card says of one at its own size and length, by pixels and frames."""
    whole = card.width * card.height * card.max_frames
    share = take.width * take.height * take.frames / whole
    one = max(card.step_seconds.values(), default=1.0)
    return max(0.1, one * take.steps * share)


def _take(card: ModelCard, wanted: Snapped, mode: Mode, seed: int) -> Take:
    card.way(mode)
    return Take(
        card.name, mode, seed, wanted.width, wanted.height, wanted.frames, wanted.fps, card.steps, card.guidance
    )


def speaks(profile: Profile) -> bool:
    """Whether the model of a profile makes its own sound."""
    return bool(profile.model) and model_card(profile.model).audio


