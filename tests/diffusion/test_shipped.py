"""Every shipped model: its card builds calls that the installed diffusers takes, and they run with tiny weights."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generation.engines.diffusion import calls, cards
from generation.engines.diffusion.cards import ModelCard, model_card, model_cards
from generation.engines.diffusion.store import folder_of, write_manifest
from generation.engines.diffusion.take import Prompts, Take
from tests.diffusion.conftest import Watched, tiny

pytestmark = [
    pytest.mark.slow, pytest.mark.usefixtures("tiny_models"), pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"), pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
TWINS = {
    "wan22-ti2v-5b": "tiny-wan", "wan22-ti2v-5b-fast": "tiny-wan", "wan21-vace-1b": "tiny-wan-vace",
    "ltx2": "tiny-ltx2", "hunyuan15": "tiny-hunyuan15",
}
MODES = [(name, mode) for name, card in model_cards().items() if not card.tiny for mode in sorted(card.modes)]
GREY = Image.new("RGB", (72, 128), (90, 120, 150))


def pictures(mode: str) -> calls.Pictures:
    return {
        "text": calls.Pictures(), "image": calls.Pictures(GREY), "first_last": calls.Pictures(GREY, GREY),
        "references": calls.Pictures(references=(GREY,)),
    }[mode]


def take_of(card: ModelCard, mode: str, **also: int) -> Take:
    values = {"width": card.width, "height": card.height, "frames": card.frame_step * 2 + 1, "steps": card.steps} | also
    return Take(card.name, mode, 3, fps=card.fps, guidance=card.guidance, **values)  # type: ignore[arg-type]


def test_every_shipped_model_has_a_twin() -> None:
    assert {name for name, card in model_cards().items() if not card.tiny} == set(TWINS)


@pytest.mark.parametrize(("name", "mode"), MODES)
def test_the_installed_pipeline_takes_every_argument_of_the_call(name: str, mode: str) -> None:
    import diffusers

    card = model_card(name)
    pipeline = card.way(mode).pipeline
    parameters = inspect.signature(getattr(diffusers, pipeline).__call__).parameters
    call = calls.arguments(card, take_of(card, mode), pictures(mode))
    calls.checked(call, parameters, pipeline)
    assert {"num_frames", "num_inference_steps"} <= set(call)
    assert ("callback_on_step_end" in parameters) == card.callback
    negatives = {f"negative_{one}" for one in card.embeds if not one.startswith("negative_")}
    assert {*card.embeds, *(negatives if "negative_prompt_embeds" in parameters else ())} <= set(parameters)


@pytest.fixture
def twin(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModelCard]:
    """The shipped card on the weights of its twin: all its own but size, type of numbers and what tiny ones lack."""
    from generation.engines.diffusion.runtime import manager

    shipped, small = model_card(request.param), model_card(tiny(TWINS[request.param]))
    folder = folder_of(small)
    if shipped.loras:
        folder = _with_lora(folder, tmp_path / "fast", shipped)
    card = replace(
        shipped, repo=str(folder), width=64, height=128, dtype="float32", offload="none", max_tokens=64,
        arguments=dict(small.arguments), steps=min(4, shipped.steps),
    )
    monkeypatch.setattr(cards, "model_cards", lambda: {card.name: card})
    manager.models().drop()
    yield card
    manager.models().drop()


def _with_lora(weights: Path, folder: Path, card: ModelCard) -> Path:
    """The twin's files, and a LoRA of its own under the name that the card gives."""
    import shutil

    import torch
    from diffusers import WanPipeline
    from peft import LoraConfig
    from peft.utils import get_peft_model_state_dict

    shutil.copytree(weights, folder)
    pipe = WanPipeline.from_pretrained(weights)
    torch.manual_seed(1)
    pipe.transformer.add_adapter(LoraConfig(r=2, target_modules=["to_q", "to_v"], init_lora_weights=False))
    name = Path(card.loras[0].weight_name).name
    layers = get_peft_model_state_dict(pipe.transformer)
    WanPipeline.save_lora_weights(folder / "loras", transformer_lora_layers=layers, weight_name=name)
    write_manifest(folder)
    return folder


@pytest.mark.parametrize(
    ("twin", "mode"), [pytest.param(name, mode, id=f"{name}-{mode}") for name, mode in MODES], indirect=["twin"]
)
def test_every_mode_of_a_shipped_card_runs_on_tiny_weights(twin: ModelCard, mode: str, tmp_path: Path) -> None:
    from generation.engines.diffusion.runtime import stages

    take, watched = take_of(twin, mode, steps=min(4, twin.steps)), Watched(tmp_path)
    words: Path | Prompts = Prompts("Mara, red coat", twin.negative)
    if twin.embeds:
        stages.embed(twin.name, words, tmp_path, watched)
        words = tmp_path / "prompt.safetensors"
        watched.told.clear()
    given = {name: tmp_path / f"{name}.png" for name in ("first", "last", "reference")}
    for path in given.values():
        GREY.save(path)
    meta = stages.denoise(
        take, words, first=given["first"] if mode in ("image", "first_last") else None,
        last=given["last"] if mode == "first_last" else None,
        references=(given["reference"],) if mode == "references" else (), out=tmp_path, ctx=watched,
    )
    with stages.decode(take, tmp_path / "latents.safetensors", watched) as decoded:
        frames = np.stack(list(decoded.frames))
        assert (decoded.sound is not None) == twin.audio
    assert frames.shape == (take.frames, 128, 64, 3)
    assert len(watched.told) == take.steps
    assert [one["name"] for one in meta["provenance"]["models"]] == [twin.name]
    assert len(meta["provenance"]["models"][0]["licences"]) == 1 + len(twin.loras)


@pytest.mark.parametrize("twin", ["wan22-ti2v-5b-fast"], indirect=True)
def test_a_lora_changes_what_is_made(twin: ModelCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from generation.engines.diffusion.runtime import manager, stages

    made = []
    for card in (twin, replace(twin, loras=())):
        monkeypatch.setattr(cards, "model_cards", lambda card=card: {card.name: card})
        manager.models().drop()
        stages.embed(card.name, Prompts("Mara", ""), tmp_path, Watched(tmp_path))
        stages.denoise(
            take_of(card, "text"), tmp_path / "prompt.safetensors", first=None, last=None, references=(), out=tmp_path,
            ctx=Watched(tmp_path),
        )  # fmt: skip
        made.append((tmp_path / "latents.safetensors").read_bytes())
    assert made[0] != made[1]


def test_an_argument_that_a_pipeline_lacks_is_an_error_and_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from generation.engines.diffusion.runtime import stages

    card = replace(model_card(tiny("tiny-wan")), arguments={"motion_strength": 2})
    monkeypatch.setattr(cards, "model_cards", lambda: {card.name: card})
    with pytest.raises(calls.UnsupportedArgument, match="WanPipeline does not take motion_strength"):
        stages.denoise(
            take_of(card, "text"), Prompts("a", "b"), first=None, last=None, references=(), out=tmp_path,
            ctx=Watched(tmp_path),
        )  # fmt: skip
    assert not (tmp_path / "latents.safetensors").exists()
