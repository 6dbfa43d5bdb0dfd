"""The stages of a shot on a device: words to embeddings, keyframe, latents, frames. Each is a step of the plan, so that
a killed shot goes on where it was, and a decode is tried again without denoising again.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition
from numpy.typing import NDArray
from PIL import Image

from generation.engines.base import RenderContext
from generation.engines.diffusion import calls
from generation.engines.diffusion.cards import ModelCard
from generation.engines.diffusion.runtime import latents as store
from generation.engines.diffusion.runtime import memory
from generation.engines.diffusion.runtime.device import describe, device, generator
from generation.engines.diffusion.runtime.manager import Loaded, models
from generation.engines.diffusion.runtime.pictures import Glimpses
from generation.engines.diffusion.take import Prompts, Take
from generation.steps.files import finished

NEGATIVE = "negative_"


@dataclass(frozen=True, slots=True)
class Decoded:
    """Frames in order, each (height, width, 3) bytes; `sound` stereo (2, samples) at `rate` Hz, or None. `rung`: what
    the memory forced ("" for nothing).
    """

    frames: Iterator[NDArray[np.uint8]]
    count: int
    sound: NDArray[np.float32] | None
    rate: int
    rung: str


def embed(model: str, words: Prompts, out: Path, ctx: RenderContext) -> dict[str, Any]:
    """Leave prompt.safetensors; meta says how many tokens the words are, and how many of them the model cannot read."""
    ctx.check()
    with ctx.keeping(), models().use(model, ctx.check) as loaded:
        pipe = loaded.pipe(next(iter(loaded.card.modes)))
        made, _ = memory.climb(lambda: _embedded(pipe, loaded.card, words), memory.denoise_rungs(pipe))
        with finished(out / "prompt.safetensors") as path:
            store.save(path, made)
        tokens = _tokens(pipe, words.positive)
    return {"tokens": tokens, "lost_tokens": max(0, tokens - loaded.card.max_tokens), "provenance": _made_by(loaded)}


def keyframe(
    take: Take, words: Path | Prompts, *, references: Sequence[Path], out: Path, ctx: RenderContext
) -> dict[str, Any]:
    """Leave keyframe.png: the shot's first frame, made as a film of one frame."""
    single = replace(take, frames=1)
    meta = denoise(single, words, first=None, last=None, references=references, out=out, ctx=ctx)
    film = out / "latents.safetensors"
    with decode(single, film, ctx) as decoded:
        picture = Image.fromarray(next(decoded.frames))
    with finished(out / "keyframe.png") as path:
        picture.save(path, "PNG")
    film.unlink()
    return meta


def denoise(
    take: Take, words: Path | Prompts, *, first: Path | None, last: Path | None, references: Sequence[Path], out: Path,
    ctx: RenderContext,
) -> dict[str, Any]:  # fmt: skip
    """Leave latents.safetensors ("video", and "audio" where the model makes sound). Words come as embeddings or, for a
    model whose embeddings are not kept, as they are. Looks after each step whether it is still wanted.
    """
    ctx.check()
    pictures = calls.Pictures(_opened(first), _opened(last), tuple(Image.open(path) for path in references))
    started = time.monotonic()
    with ctx.keeping(), models().use(take.model, ctx.check) as loaded:
        pipe = loaded.pipe(take.mode)
        given = calls.arguments(loaded.card, take, pictures)
        calls.checked(given, loaded.parameters(take.mode), type(pipe).__name__)
        glimpses = Glimpses(loaded.card, take, ctx.workdir)

        def run() -> dict[str, torch.Tensor]:
            return _run(pipe, loaded.card, take, given, words, ctx, glimpses)

        made, rung = memory.climb(run, memory.denoise_rungs(pipe))
        with finished(out / "latents.safetensors") as path:
            store.save(path, made)
        provenance = _made_by(loaded)
    seconds = round(time.monotonic() - started, 3)
    return {"take": asdict(take), "provenance": provenance | {"memory": rung, "seconds": seconds}}


@contextmanager
def decode(take: Take, film: Path, ctx: RenderContext) -> Iterator[Decoded]:
    """The frames and sound of latents; the model is this block's alone."""
    ctx.check()
    with models().use(take.model, ctx.check) as loaded:
        pipe = loaded.pipe(take.mode)
        made = store.load(film, device())
        with ctx.keeping():
            frames, rung = memory.climb(lambda: store.frames_of(pipe, made[store.VIDEO]), memory.decode_rungs(pipe))
            sound, rate = store.sound_of(pipe, made[store.AUDIO]) if store.AUDIO in made else (None, 0)
        if rung == "tiled_decode" and not loaded.card.tiling:
            memory.tile(pipe, False)  # the next shot tries without seams again
        yield Decoded(store.pixels(frames), len(frames), sound, rate, rung)


def _run(
    pipe: Any, card: ModelCard, take: Take, given: dict[str, Any], words: Path | Prompts, ctx: RenderContext,
    glimpses: Glimpses,
) -> dict[str, torch.Tensor]:  # fmt: skip
    said = store.load(words, device()) if isinstance(words, Path) else _words(card, words)
    call = {**given, **said, "generator": generator(take.seed), "output_type": "latent", "return_dict": False}
    if "conditions" in call:
        call["conditions"] = [LTX2VideoCondition(*one) for one in call["conditions"]]
    if "max_sequence_length" in inspect.signature(type(pipe).__call__).parameters:
        call["max_sequence_length"] = card.max_tokens

    def after(index: int, latents: torch.Tensor) -> None:
        ctx.progress((index + 1) / take.steps, glimpses.due(latents))
        ctx.check()

    with _hearing(pipe, card, after) as heard, torch.no_grad():
        made = pipe(**call, **heard)
    frames = (take.frames - 1) // card.frame_step + 1
    film = {store.VIDEO: store.without_references(made[0], frames)}
    return film | ({store.AUDIO: made[1]} if card.audio else {})


@contextmanager
def _hearing(pipe: Any, card: ModelCard, after: Callable[[int, torch.Tensor], None]) -> Iterator[dict[str, Any]]:
    """`after` is called at the end of every step: by the pipeline's callback, else by its scheduler."""
    if card.callback:

        def said(_: Any, index: int, __: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            after(index, tensors["latents"])
            return {}

        yield {"callback_on_step_end": said}
        return
    step, count = pipe.scheduler.step, iter(range(1 << 30))

    def stepped(*args: Any, **kwargs: Any) -> Any:
        made = step(*args, **kwargs)
        after(next(count), made[0])
        return made

    pipe.scheduler.step = stepped
    yield {}


@torch.no_grad()
def _embedded(pipe: Any, card: ModelCard, words: Prompts) -> dict[str, torch.Tensor]:
    """What `encode_prompt` gives, by the call's parameters that take it; the negative ones only for guidance.

    Without `no_grad` the bits would be others than the pipeline's own.
    """
    takes = inspect.signature(pipe.encode_prompt).parameters
    known = {"max_sequence_length": card.max_tokens, "device": device(), "num_videos_per_prompt": 1}
    shared = {name: value for name, value in known.items() if name in takes}
    guided = card.guidance > 1.0
    if "negative_prompt" in takes:
        made = pipe.encode_prompt(
            prompt=words.positive, negative_prompt=words.negative, do_classifier_free_guidance=guided, **shared
        )
        return {name: tensor for name, tensor in zip(card.embeds, made, strict=True) if tensor is not None}
    given = dict(zip(card.embeds, pipe.encode_prompt(prompt=words.positive, **shared), strict=True))
    if guided:
        against = pipe.encode_prompt(prompt=words.negative, **shared)
        given |= {f"{NEGATIVE}{name}": tensor for name, tensor in zip(card.embeds, against, strict=True)}
    return given


def _words(card: ModelCard, words: Prompts) -> dict[str, str]:
    guided = card.guidance > 1.0 or card.audio
    return {"prompt": words.positive} | ({"negative_prompt": words.negative} if guided else {})


def _tokens(pipe: Any, text: str) -> int:
    return len(pipe.tokenizer(text).input_ids)


def _opened(path: Path | None) -> Image.Image | None:
    return None if path is None else Image.open(path)


def _made_by(loaded: Loaded) -> dict[str, Any]:
    """What is remembered of how it was made: model, weights, licences, machine."""
    card = loaded.card
    licences = [licence.to_json() for licence in card.licences()]
    model = {"name": card.name, "title": card.title, "repo": card.repo, "revision": card.revision}
    return {"models": [model | {"weights": loaded.digest, "licences": licences}], **describe()}


