"""Cards, sizes, calls, words and weights: everything of the engine that needs no torch."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from common.errors import Invalid
from generation.breakdown import breakdown
from generation.engines.base import CastMember, LookSpec, ShotSpec
from generation.engines.diffusion import calls
from generation.engines.diffusion.cards import BrokenCard, UnknownModel, identity, model_card, model_cards, read_card
from generation.engines.diffusion.prompts import prompts_of
from generation.engines.diffusion.snap import frames_for, snap
from generation.engines.diffusion.store import MissingModel, WrongWeights, folder_of, verify, write_manifest
from generation.engines.diffusion.take import Take
from generation.engines.retime import retimed, stretch_of
from generation.screenplay import parse
from tests.generation.tiny import story

ROOT = Path(__file__).resolve().parents[2]
CARDS = ROOT / "generation" / "engines" / "diffusion" / "models"
NAMES = sorted(model_cards())


# --- cards


@pytest.mark.parametrize("name", NAMES)
def test_a_card_is_the_file_of_its_name_and_says_where_its_licence_was_read(name: str) -> None:
    card = read_card(CARDS / f"{name}.toml")
    assert card == model_card(name)
    for licence in card.licences():
        assert licence.source
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", licence.read_on)


def broken(tmp_path: Path, old: str, new: str) -> Path:
    text = (CARDS / "tiny-wan.toml").read_text()
    assert old in text
    path = tmp_path / "card.toml"
    path.write_text(text.replace(old, new))
    return path


BROKEN = [
    ("fps = 12", "fps = 0", "fps is a whole number"),
    ("fps = 12", "fps = 12\nspeed = 3", "nothing is called speed"),
    ("width = 64", "width = 65", "a multiple of 32"),
    ('dtype = "float32"', 'dtype = "float64"', "dtype is one of"),
    ('commercial = "yes"', 'commercial = "perhaps"', "commercial is one of"),
    ("[modes.text]", "[modes.dream]", "is one or more of"),
    ('name = "tiny-wan"', 'name = "Tiny Wan"', "small letters"),
    ('repo = "tiny"\n', "", "needs repo"),
    ("fps = 12", "fps = ", "cannot be read"),
]


@pytest.mark.parametrize(("old", "new", "said"), BROKEN)
def test_a_card_that_cannot_be_is_refused_with_what_is_wrong(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(BrokenCard, match=said):
        read_card(broken(tmp_path, old, new))


def test_a_house_puts_cards_of_its_own_beside_ours_and_in_place_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text(
        (CARDS / "tiny-wan.toml").read_text().replace('name = "tiny-wan"', 'name = "mine"')
    )
    (tmp_path / "tiny-wan.toml").write_text((CARDS / "tiny-wan.toml").read_text().replace("fps = 12", "fps = 8"))
    monkeypatch.setenv("RW_MODEL_CARDS", str(tmp_path))
    assert set(model_cards()) == {*NAMES, "mine"}
    assert model_card("tiny-wan").fps == 8
    with pytest.raises(UnknownModel, match="no model 'yours'"):
        model_card("yours")


def test_what_decides_bytes_is_in_the_identity_and_what_does_not_is_not() -> None:
    card = model_card("wan22-ti2v-5b")
    same = replace(card, title="x", vram_mb=1, offload="group", step_seconds={}, licence=model_card("ltx2").licence)
    assert identity(same) == identity(card)
    changes: list[dict[str, Any]] = [
        {"weights_digest": "a" * 64}, {"revision": "b"}, {"dtype": "float16"}, {"quantisation": "float8"},
        {"step_cache": "first_block"}, {"tiling": True}, {"attention": "sage"}, {"flow_shift": 3.0},
        {"arguments": {"guidance_rescale": 0.5}}, {"loras": model_card("wan22-ti2v-5b-fast").loras},
    ]
    assert len({json.dumps(identity(replace(card, **change)), sort_keys=True) for change in changes}) == len(changes)


# --- sizes and frames


PIXELS = st.integers(90, 2560)


@given(name=st.sampled_from(NAMES), width=PIXELS, height=PIXELS, ms=st.integers(1, 20_000))
def test_what_is_asked_of_a_model_is_always_by_its_rules(name: str, width: int, height: int, ms: int) -> None:
    card = model_card(name)
    found = snap(card, width=width, height=height, ms=ms)
    assert found.width % card.size_multiple == found.height % card.size_multiple == 0
    assert found.width * found.height <= max(card.width * card.height, card.size_multiple**2)
    assert (found.frames - 1) % card.frame_step == 0
    assert card.min_frames <= found.frames <= card.max_frames
    assert bool(found.notes) >= ((found.width, found.height) != (width, height))


def test_the_longest_shot_is_told_of() -> None:
    notes = snap(model_card("wan22-ti2v-5b"), width=704, height=1280, ms=7000).notes
    [note] = notes
    assert note.text == "Wan 2.2 TI2V-5B makes at most 5.0 s at once; a shot that needs 8.0 s is slowed or held."
    assert frames_for(model_card("ltx2"), 1) == 9


@given(made=st.integers(1, 121), needed=st.integers(1, 200), fps=st.sampled_from([12, 16, 24]))
def test_frames_are_shown_in_order_and_never_one_that_is_not_there(made: int, needed: int, fps: int) -> None:
    shown = retimed(made, fps, needed, 24)
    assert len(shown) == needed
    assert shown[0] == 0
    assert list(shown) == sorted(shown)
    assert max(shown) < made


def test_a_shot_that_is_long_enough_keeps_its_speed_and_one_that_is_not_is_slowed_and_then_held() -> None:
    assert retimed(24, 24, 12, 24) == tuple(range(12))
    assert retimed(12, 12, 24, 24) == tuple(n // 2 for n in range(24))
    held = retimed(24, 24, 48, 24)
    assert held[:6] == (0, 0, 1, 2, 2, 3)
    assert held[36:] == (23,) * 12 or held[35] == 23
    assert stretch_of(24, 24, 48, 24) == 2.0


# --- calls


def take(mode: str = "text") -> Take:
    return Take("tiny-wan-vace", mode, 1, 64, 128, 9, 12, 3, 3.0)  # type: ignore[arg-type]


def test_known_frames_are_kept_by_a_mask_and_the_others_are_grey() -> None:
    red, blue = Image.new("RGB", (10, 10), (255, 0, 0)), Image.new("RGB", (10, 10), (0, 0, 255))
    call = calls.arguments(model_card("tiny-wan-vace"), take("first_last"), calls.Pictures(red, blue))
    assert [one.getpixel((5, 5)) for one in call["video"]] == [(255, 0, 0), *[(127, 127, 127)] * 7, (0, 0, 255)]
    assert [one.getpixel((5, 5)) for one in call["mask"]] == [0, *[255] * 7, 0]
    assert {one.size for one in call["video"] + call["mask"]} == {(64, 128)}


def test_pictures_that_a_mode_does_not_take_are_refused() -> None:
    grey = Image.new("RGB", (8, 8))
    one = calls.Pictures(grey)
    for mode, pictures in (("text", one), ("image", calls.Pictures()), ("references", one)):
        with pytest.raises(Invalid, match="does not go with the pictures"):
            calls.arguments(model_card("tiny-wan-vace"), take(mode), pictures)


# --- words


def spec_of(number: int, cast: tuple[CastMember, ...]) -> ShotSpec:
    shot = breakdown(parse(story()))[number]
    seen = tuple(member for member in cast if member.name in shot.cast)
    return ShotSpec(shot, seen, LookSpec("noir", "hard light", "cartoon"), 720, 1280, 24, True, "en", 1)


def test_a_face_is_always_called_by_the_same_words() -> None:
    mara = CastMember("MARA", "red coat,\n short hair.", "", 1)
    card = model_card("wan22-ti2v-5b")
    hers = [n for n, shot in enumerate(breakdown(parse(story()))) if "MARA" in shot.cast]
    found = [prompts_of(spec_of(n, (mara,)), card) for n in hers]
    assert len(found) > 1
    assert all("Mara, red coat, short hair" in words.positive for words in found)
    assert all(words.positive.startswith("noir, hard light, ") for words in found)
    assert {words.negative for words in found} == {f"cartoon, {card.negative}"}


def test_only_a_model_that_speaks_is_told_the_lines() -> None:
    n = next(n for n, shot in enumerate(breakdown(parse(story()))) if shot.lines)
    assert "It has my name on it." not in prompts_of(spec_of(n, ()), model_card("wan22-ti2v-5b")).positive
    assert 'Mara says: "It has my name on it."' in prompts_of(spec_of(n, ()), model_card("ltx2")).positive


# --- weights


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RW_MODELS_DIR", str(tmp_path))
    folder = folder_of(model_card("tiny-wan"))
    (folder / "vae").mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    (folder / "vae" / "model.safetensors").write_bytes(b"weights")
    return folder


def test_weights_that_are_not_here_are_said_to_be_fetched_by_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RW_MODELS_DIR", str(tmp_path))
    with pytest.raises(MissingModel) as missing:
        verify(model_card("ltx2"))
    assert missing.value.remedy == "Fetch it: python manage.py models fetch ltx2"


def test_weights_are_what_was_fetched_or_are_refused(weights: Path) -> None:
    card = model_card("tiny-wan")
    with pytest.raises(WrongWeights, match="the fetch was cut off"):
        verify(card)
    digest = write_manifest(weights).digest
    assert verify(card, deep=True).digest == digest
    assert verify(replace(card, weights_digest=digest)).digest == digest
    with pytest.raises(WrongWeights, match="the card names aaaaaaaaaaaa"):
        verify(replace(card, weights_digest="a" * 64))
    (weights / "vae" / "model.safetensors").write_bytes(b"Weights")
    verify(card)
    with pytest.raises(WrongWeights, match=r"vae/model\.safetensors has changed"):
        verify(card, deep=True)
    (weights / "vae" / "more.safetensors").write_bytes(b"")
    with pytest.raises(WrongWeights, match="files were added"):
        verify(card)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "vae/model.pt", "vae/custom.py"])
def test_a_file_that_could_run_code_is_refused(weights: Path, name: str) -> None:
    (weights / name).write_bytes(b"")
    with pytest.raises(WrongWeights, match="could run code"):
        write_manifest(weights)


# --- the command


def test_the_command_lists_every_model_as_json(weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("models", "list", "--json")
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == list(model_cards())
    assert {row["name"] for row in rows if row["here"]} == {"tiny-wan"}


def test_the_command_says_what_is_wrong_and_what_to_do(weights: Path) -> None:
    with pytest.raises(CommandError, match="There is no model 'wan3'"):
        call_command("models", "list", "wan3")
    with pytest.raises(CommandError, match="models fetch tiny-wan --again"):
        call_command("models", "check")
