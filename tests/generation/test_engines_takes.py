"""A shot rolled again is set up otherwise; the place, the people and their sides stay as they are."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from generation.engines.animatic.blocking import OTHERS, blocked
from generation.engines.animatic.staging import stage
from generation.engines.base import ShotSpec
from generation.plan import shot_refs, take_seed
from tests.generation.pictures import JONAS, MARA, shot, through_json
from tests.generation.test_engines import BOTH, difference, spec, still

FRAMINGS = ["wide", "medium", "close", "extreme_close", "over_shoulder", "insert"]


def takes(planned: ShotSpec, count: int = 4) -> list[ShotSpec]:
    """Take 1 and those after it, as the plan would ask for them."""
    (ref,) = shot_refs([planned.shot])
    others = [replace(planned, seed=take_seed(ref, n), rerolled=True) for n in range(2, count + 1)]
    return [planned, *others]


@pytest.mark.parametrize("framing", FRAMINGS)
def test_four_takes_are_four_pictures_and_each_is_the_same_again(framing: str) -> None:
    rolled = takes(spec(BOTH, framing=framing, action="She takes the ring."))
    pictures = [still(one) for one in rolled]
    assert min(difference(one, other) for one, other in combinations(pictures, 2)) > 4
    assert np.array_equal(pictures[2], still(rolled[2]))


@pytest.mark.parametrize("framing", FRAMINGS[:-1])
@pytest.mark.parametrize("cast", [(MARA,), (JONAS,), BOTH])
def test_people_keep_their_looks_and_sides_and_stay_in_the_frame(framing: str, cast: tuple[object, ...]) -> None:
    planned, *others = (
        blocked(stage(one), one) for one in takes(spec(cast, framing=framing), len(OTHERS) + 1)  # type: ignore[arg-type]
    )
    for staging in others:
        for stand, before in zip(staging.stands, planned.stands, strict=True):
            assert (stand.who, stand.member, stand.lines) == (before.who, before.member, before.lines)
            assert (stand.bearing.yaw > 0) == (before.bearing.yaw > 0)
            assert stand.bearing.mood == before.bearing.mood
            assert 100 < stand.x < 620
            assert stand.y - 1.7 * stand.scale > 0  # the top of the head
            assert framing != "wide" or stand.y + 16.6 * stand.scale < 1260  # the feet
            assert framing == "wide" or stand.y + stand.bottom * stand.scale >= 1280  # nobody ends above the edge
        assert [stand.x for stand in staging.stands] == sorted(stand.x for stand in staging.stands)


def test_a_place_behind_a_take_is_the_same_place() -> None:
    """The colours of the room stay; only where the camera stands differs."""
    rooms = [still(one).mean(axis=(0, 1)) for one in takes(spec((), framing="wide"))]
    assert max(float(np.abs(room - rooms[0]).max()) for room in rooms) < 12


def test_a_take_says_so_in_its_spec() -> None:
    rolled = takes(spec(BOTH))[1]
    assert ShotSpec.from_json(through_json(rolled.to_json())) == rolled
    assert rolled.to_json()["rerolled"]
    old = {key: value for key, value in spec(BOTH).to_json().items() if key != "rerolled"}
    assert not ShotSpec.from_json(old).rerolled


def test_takes_that_follow_each_other_have_seeds_that_do() -> None:
    (ref,) = shot_refs([shot()])
    seeds = [take_seed(ref, number) for number in range(2, 6)]
    assert len({seed % len(OTHERS) for seed in seeds}) == 4
