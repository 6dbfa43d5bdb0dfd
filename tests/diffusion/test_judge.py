"""A broken film is known by its frames, made again at the house's cost, and the better one is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from common.errors import Invalid
from generation.engines.diffusion.judge import Judge, verdict
from generation.engines.diffusion.lips import LIP_SYNCS, lip_sync
from generation.engines.diffusion.take import Prompts, Take
from tests.diffusion.conftest import Watched, tiny

RED, BLUE = (200, 30, 30), (30, 30, 200)


def flat(light: int) -> np.ndarray:
    return np.full((64, 36, 3), light, np.uint8)


def coat(colour: tuple[int, int, int], at: int = 10) -> np.ndarray:
    frame = flat(90)
    frame[at : at + 30, 8:28] = colour
    return frame


FILMS: list[tuple[str, list[np.ndarray], tuple[str, ...]]] = [
    ("good", [coat(RED, at) for at in range(20)], ()),
    ("black", [flat(3)] * 20, ("black",)),
    ("frozen", [coat(RED)] * 20, ("frozen",)),
    ("flicker", [flat(60 + 80 * (n % 2)) for n in range(20)], ("flicker",)),
    ("brightening", [flat(60 + 6 * n) for n in range(20)], ()),
    ("half black", [flat(3)] * 9 + [coat(RED, at) for at in range(11)], ()),
]


@pytest.mark.parametrize(("name", "frames", "faults"), FILMS, ids=[name for name, _, _ in FILMS])
def test_what_is_broken_is_seen_and_what_is_not_is_left_alone(
    name: str, frames: list[np.ndarray], faults: tuple[str, ...]
) -> None:
    judge = Judge()
    assert [id(one) for one in judge.watching(iter(frames))] == [id(one) for one in frames]
    assert verdict(judge.measures()).faults == faults


def test_somebody_in_another_coat_is_told_from_the_sheet() -> None:
    same, other = Judge([coat(RED)]), Judge([coat(BLUE)])
    for at in range(20):
        same.see(coat(RED, at))
        other.see(coat(RED, at))
    assert same.measures().likeness > other.measures().likeness + 0.2


def test_no_lip_sync_is_there_by_default_and_an_unknown_one_is_an_error() -> None:
    assert LIP_SYNCS == {}
    with pytest.raises(Invalid, match="no lip-sync 'wav2lip'"):
        lip_sync("wav2lip")


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_models")
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize(("faults", "seeds", "kept"), [([1, 0], [7, 8], 8), ([1, 1], [7, 8], 7), ([0], [7], 7)])
def test_a_broken_film_is_made_again_and_the_better_one_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faults: list[int], seeds: list[int], kept: int
) -> None:
    from generation.engines.diffusion.judge import Measures, Verdict
    from generation.engines.diffusion.runtime import judged, stages

    take = Take(tiny("tiny-wan"), "text", 7, 64, 128, 5, 12, 2, 3.0)
    found = iter(faults)

    def told(measures: Measures) -> Verdict:
        return Verdict(measures, ("black",) * next(found))

    monkeypatch.setattr(judged, "verdict", told)
    words = Prompts("Mara", "")
    (tmp_path / "work").mkdir()
    given: dict[str, Any] = {"first": None, "references": (), "ctx": Watched(tmp_path / "work")}
    meta = judged.denoise(take, words, out=tmp_path, rerolls=1, **given)
    assert [one["seed"] for one in meta["tries"]] == seeds
    assert meta["take"]["seed"] == kept
    film = (tmp_path / "latents.safetensors").read_bytes()
    alone = Take(**meta["take"])
    stages.denoise(alone, words, first=None, last=None, references=(), out=tmp_path, ctx=Watched(tmp_path / "work"))
    assert (tmp_path / "latents.safetensors").read_bytes() == film
