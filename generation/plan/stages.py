"""The steps that stand before a diffusion shot: its words, its first frame, its latents. Pure, and without torch.

The spoken lines are in none of them, unless the model speaks itself: another line is another clip, not another film.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from generation.engines.base import CastMember, Profile, ShotSpec
from generation.engines.diffusion import JUDGE
from generation.engines.diffusion.cards import ModelCard, identity, model_card
from generation.engines.diffusion.lips import lip_sync
from generation.engines.diffusion.prompts import prompts_of, sheet_prompts
from generation.engines.diffusion.snap import Note, Snapped, snap
from generation.engines.diffusion.take import Mode, Prompts, Take
from generation.engines.remote.cards import service_card
from generation.plan.footage import notes_of_wish
from generation.plan.model import Add, Filmed, Needs

PROMPT_SECONDS = 2.0
OF = " of "  # in the label of what is of a character and of no shot
DECODE_SECONDS = 0.12  # a frame of the card's own size, on one GPU; not measured by us


def film(add: Add, profile: Profile, spec: ShotSpec, before: str | None, label: str) -> Filmed:
    """Add the stages of a shot by `add(kind, spec, needs, label=, seconds=)`. `before`: the shot it goes on from."""
    card = model_card(profile.model)
    wanted = snap(card, width=spec.width, height=spec.height, ms=spec.shot.estimated_ms)
    stages = _Stages(add, card)
    shows = profile.references and bool(spec.cast)
    mode: Mode = "image" if before or profile.keyframes else "references" if shows else "text"
    take = _take(card, wanted, mode, spec.seed)
    words = stages.words(prompts_of(spec, card), label)
    given = stages.given(take, words, profile, spec, before, label)
    checked = {"judge": dict(JUDGE), "rerolls": profile.rerolls} if profile.rerolls else {}
    latents = stages.made("latents", take, words, given, label, checked)
    decode = DECODE_SECONDS * take.frames * take.width * take.height / (card.width * card.height)
    told = {"take": asdict(take), **_lips(profile, spec)}
    return Filmed([("latents", latents)], told, {"seconds": decode})


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a take: as a step that embeds them, or as they are in the specs that use them."""

    needs: Needs
    spec: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Stages:
    """Adds steps of one model."""

    add: Add
    card: ModelCard

    def words(self, words: Prompts, label: str) -> _Words:
        said = {"prompts": asdict(words)}
        if not self.card.embeds:
            return _Words([], said)
        spec = {"identity": identity(self.card), **said}
        return _Words([("prompt", self.add("prompt", spec, (), label=f"prompt {label}", seconds=PROMPT_SECONDS))], {})

    def made(
        self, kind: str, take: Take, words: _Words, given: Needs, label: str, also: Mapping[str, Any] | None = None
    ) -> str:
        spec = {"identity": identity(self.card), **words.spec, "take": asdict(take), **(also or {})}
        seconds = denoise_seconds(self.card, take)
        return self.add(kind, spec, [*words.needs, *given], label=f"{kind} {label}", seconds=seconds)

    def given(
        self, take: Take, words: _Words, profile: Profile, spec: ShotSpec, before: str | None, label: str
    ) -> Needs:
        """The pictures that the take is conditioned on."""
        if before:
            return [("last", before)]
        if take.mode == "references":
            return [(f"sheet:{n}", self.sheet(take, member, spec)) for n, member in enumerate(spec.cast)]
        if not profile.keyframes:
            return []
        return [("keyframe", self.made("keyframe", replace(take, mode="text", frames=1), words, [], label))]

    def sheet(self, take: Take, member: CastMember, spec: ShotSpec) -> str:
        """Made once for a look of a character in a style: every shot and every episode finds the same key."""
        alone = replace(take, mode="text", frames=1, seed=member.seed)
        whose = f"{OF}{member.name}".lstrip()
        words = self.words(sheet_prompts(member, spec.look.style, self.card), whose)
        return self.made("sheet", alone, words, [], whose)


def notes_of(spec: Mapping[str, Any]) -> tuple[Note, ...]:
    """What the creator should know of a planned shot, from its step's spec: in no key, so that words may change."""
    if "take" not in spec:
        return ()
    if "service" in spec["take"]:
        return notes_of_wish(spec)
    card = model_card(spec["take"]["model"])
    return snap(card, width=spec["width"], height=spec["height"], ms=spec["shot"]["estimated_ms"]).notes


def _lips(profile: Profile, spec: ShotSpec) -> dict[str, str]:
    """Who moves the lips, with its version, where somebody speaks."""
    if not profile.lip_sync or not spec.shot.lines:
        return {}
    return {"lip_sync": profile.lip_sync, "lip_sync_version": lip_sync(profile.lip_sync).version}


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
    """Whether what makes a profile's films makes their sound as well."""
    if profile.service:
        return service_card().audio
    return bool(profile.model) and model_card(profile.model).audio


