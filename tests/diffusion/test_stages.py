"""Real diffusers pipelines with random weights: the same take is the same bits, and every condition changes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.torch import load

from generation.engines.diffusion.cards import model_card
from generation.engines.diffusion.take import Mode, Prompts, Take
from tests.diffusion.conftest import Stop, Watched, tiny

WORDS = Prompts("Mara, red coat, opens the door", "blurred")
FRAMES = {"tiny-ltx2": 17}
pytestmark = [
    pytest.mark.slow, pytest.mark.usefixtures("tiny_models"),
    pytest.mark.filterwarnings("ignore::FutureWarning"), pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def take_of(model: str, mode: Mode = "text", seed: int = 7) -> Take:
    card = model_card(tiny(model))
    return Take(model, mode, seed, card.width, card.height, FRAMES.get(model, 9), card.fps, card.steps, card.guidance)


def picture(folder: Path, seed: int) -> Path:
    tiles = np.random.default_rng(seed).integers(0, 255, (8, 4, 3))
    path = folder / f"{seed}.png"
    Image.fromarray(np.kron(tiles, np.ones((16, 16, 1))).astype(np.uint8)).save(path)
    return path


def film(folder: Path, take: Take, watched: Watched | None = None, **pictures: object) -> bytes:
    from generation.engines.diffusion.runtime import stages

    watched = watched or Watched(folder)
    words: Path | Prompts = WORDS
    if model_card(take.model).embeds:
        stages.embed(take.model, WORDS, folder, watched)
        words = folder / "prompt.safetensors"
        watched.told.clear()
    given = {"first": None, "last": None, "references": (), **pictures}
    stages.denoise(take, words, out=folder, ctx=watched, **given)
    return (folder / "latents.safetensors").read_bytes()


def frames(folder: Path, take: Take) -> np.ndarray:
    from generation.engines.diffusion.runtime import stages

    with stages.decode(take, folder / "latents.safetensors", Watched(folder)) as decoded:
        return np.stack(list(decoded.frames))


@pytest.mark.parametrize("model", ["tiny-wan", "tiny-wan-vace", "tiny-ltx2", "tiny-hunyuan15"])
def test_the_same_take_is_the_same_bits_another_seed_is_not_and_every_step_is_told(tmp_path: Path, model: str) -> None:
    take, watched = take_of(model), Watched(tmp_path)
    first = film(tmp_path, take, watched)
    shown = frames(tmp_path, take)
    assert watched.told == [(n + 1) / take.steps for n in range(take.steps)]
    assert shown.shape == (take.frames, take.height, take.width, 3)
    assert shown.std() > 10
    assert film(tmp_path, take) == first
    assert film(tmp_path, take_of(model, seed=8)) != first


def test_what_the_stages_make_is_what_the_pipeline_makes_in_one_call(tmp_path: Path) -> None:
    import torch
    from diffusers import WanPipeline

    from generation.engines.diffusion.store import folder_of

    take = take_of("tiny-wan")
    film(tmp_path, take)
    pipe = WanPipeline.from_pretrained(folder_of(model_card("tiny-wan")), dtype=torch.float32)
    whole = pipe(
        WORDS.positive, negative_prompt=WORDS.negative, width=take.width, height=take.height, num_frames=take.frames,
        num_inference_steps=take.steps, guidance_scale=take.guidance, max_sequence_length=64,
        generator=torch.Generator("cpu").manual_seed(take.seed), output_type="pt",
    ).frames[0]
    bare = (whole.permute(0, 2, 3, 1) * 255).round().clamp(0, 255).to(torch.uint8).numpy()
    assert np.array_equal(frames(tmp_path, take), bare)


@pytest.mark.parametrize("model", ["tiny-wan", "tiny-hunyuan15", "tiny-ltx2"])
def test_a_cancel_ends_it_within_one_step_and_leaves_the_next_run_as_it_would_have_been(
    tmp_path: Path, model: str
) -> None:
    take = take_of(model)
    before = film(tmp_path, take)
    (tmp_path / "latents.safetensors").unlink()
    watched = Watched(tmp_path, stop_at=2)
    with pytest.raises(Stop):
        film(tmp_path, take, watched)
    assert len(watched.told) == 2
    assert not (tmp_path / "latents.safetensors").exists()
    assert film(tmp_path, take) == before


def test_after_a_cancelled_run_with_a_step_cache_the_next_is_still_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from generation.engines.diffusion import cards
    from generation.engines.diffusion.runtime import manager

    cached = {**cards.model_cards(), "tiny-wan": replace(model_card("tiny-wan"), step_cache="first_block", steps=8)}
    take = replace(take_of("tiny-wan"), steps=8)
    plain = film(tmp_path, take)
    manager.models().drop()
    monkeypatch.setattr(cards, "model_cards", lambda: cached)
    monkeypatch.setattr(manager, "CACHE_THRESHOLD", 0.5)
    try:
        before = film(tmp_path, take)
        with pytest.raises(Stop):
            film(tmp_path, take, Watched(tmp_path, stop_at=5))
        assert film(tmp_path, take) == before
        assert before != plain  # the cache was at work
    finally:
        manager.models().drop()


WHERE = {"first": 0, "last": -1, "references": -1}
CONDITIONS = [
    ("tiny-wan", "image", "first"), ("tiny-ltx2", "image", "first"), ("tiny-wan-vace", "image", "first"),
    ("tiny-wan-i2v", "first_last", "first"), ("tiny-wan-i2v", "first_last", "last"),
    ("tiny-wan-vace", "first_last", "last"), ("tiny-ltx2", "first_last", "last"),
    ("tiny-wan-vace", "references", "references"),
]


@pytest.mark.parametrize(("model", "mode", "which"), CONDITIONS)
def test_every_picture_that_a_take_is_given_changes_what_is_seen(
    tmp_path: Path, model: str, mode: Mode, which: str
) -> None:
    take = take_of(model, mode)
    given = {name: picture(tmp_path, n) for n, name in enumerate(("first", "last"), start=1)}
    given = given if mode == "first_last" else {"first": given["first"]} if mode == "image" else {}
    given |= {"references": (picture(tmp_path, 3),)} if mode == "references" else {}
    before, seen = load(film(tmp_path, take, **given))["video"], frames(tmp_path, take)
    other = picture(tmp_path, 9)
    after = load(film(tmp_path, take, **(given | {which: (other,) if which == "references" else other})))["video"]
    changed = (after - before).abs().mean(dim=(0, 1, 3, 4))  # by frame of the latents; the same input changes no bit
    assert changed[WHERE[which]].item() > 1e-3
    if which == "last":
        assert changed[-1] > 20 * changed[0]
    assert (frames(tmp_path, take) != seen).any()


def test_a_model_with_sound_makes_as_much_of_it_as_of_pictures(tmp_path: Path) -> None:
    from generation.engines.diffusion.runtime import stages

    take = take_of("tiny-ltx2")
    film(tmp_path, take)
    with stages.decode(take, tmp_path / "latents.safetensors", Watched(tmp_path)) as decoded:
        assert decoded.sound is not None
        assert decoded.sound.shape[0] == 2
        assert abs(decoded.sound.shape[1] / decoded.rate - take.frames / take.fps) < 0.1
        assert np.abs(decoded.sound).max() > 0.01
