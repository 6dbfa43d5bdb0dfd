"""Words to drawings: people, places, weather and things."""

from __future__ import annotations

from typing import Any

import pytest

from generation.engines.animatic.appearance import appearance_of
from generation.engines.animatic.inserts import PAINTERS, SKIN, SLEEVE
from generation.engines.animatic.paint import Canvas, rgb
from generation.engines.animatic.places import object_of, place_kind, weather_of
from generation.engines.animatic.sets import build_set
from generation.engines.animatic.sets.build import EXTERIORS, INTERIORS
from generation.engines.base import CastMember


def test_people_without_a_look_differ_by_seed_alone() -> None:
    looks = [appearance_of(CastMember(f"P{seed}", "", "", seed), "en") for seed in range(24)]
    assert len({(who.outfit, who.cloth, who.hair, who.hair_style, who.skin) for who in looks}) == 24
    assert {who.sex for who in looks} == {"female", "male"}
    assert looks[3] == appearance_of(CastMember("P3", "", "", 3), "en")


@pytest.mark.parametrize(
    ("look", "language", "expected"),
    [
        (
            "woman, red coat, long black hair",
            "en",
            {"sex": "female", "outfit": "coat", "hair_style": "long", "hair": "#1d1a20"},
        ),
        ("an old man with a beard and glasses", "en", {"sex": "male", "age": "old", "beard": "full", "glasses": True}),
        (
            "年轻女子，马尾，红色毛衣",
            "zh",
            {"sex": "female", "hair_style": "pony", "outfit": "turtleneck", "cloth": "#b5302f"},
        ),
        ("冷峻总裁，黑色西装，短发", "zh", {"outfit": "suit", "hair_style": "short", "cloth": "#26262c"}),
        ("blonde ponytail, emerald dress", "en", {"outfit": "dress", "cloth": "#1f7a5c", "hair": "#c79b58"}),
        ("a doctor in a white coat", "en", {"outfit": "doctor"}),
        ("bald man, navy suit", "en", {"hair_style": "bald", "cloth": "#26344f"}),
    ],
)
def test_a_look_is_drawn_as_it_is_written(look: str, language: str, expected: dict[str, Any]) -> None:
    who = appearance_of(CastMember("X", look, "", 4), language)
    colours = {"hair", "cloth"}
    assert {key: getattr(who, key) for key in expected} == {
        key: rgb(value) if key in colours else value for key, value in expected.items()
    }


@pytest.mark.parametrize(
    ("place", "interior", "kind"),
    [
        ("HALE HOUSE - KITCHEN", True, "kitchen"),
        ("CAR", True, "car"),
        ("PARKING LOT", False, "street"),
        ("ROOFTOP BAR", False, "rooftop"),
        ("旧公寓 客厅", True, "living"),
        ("医院走廊", True, "hospital"),
        ("公寓楼下 街道", False, "street"),
        ("天台", False, "rooftop"),
        ("海边", False, "sea"),
        ("总裁办公室", True, "office"),
        ("SOMEWHERE", True, "living"),
        ("SOMEWHERE", False, "street"),
        ("SCHOOL CORRIDOR", True, "corridor"),
        ("皇宫大殿", True, "palace"),
        ("HALE HOUSE - GARDEN", False, "forest"),
        ("电梯", True, "elevator"),
        ("GARDEN", None, "forest"),
    ],
)
def test_place_words_choose_the_set(place: str, interior: bool | None, kind: str) -> None:
    assert place_kind(place, interior) == kind


def test_weather_and_objects_are_read_from_the_action() -> None:
    assert [weather_of(t) for t in ("Rain. She runs.", "暴雨。", "大雪", "The trainer waits.")] == [
        "rain",
        "rain",
        "snow",
        "",
    ]
    assert object_of("A letter slides under the door.") == "letter"
    assert object_of("一个湿透的信封从门缝滑进来") == "letter"
    assert object_of("a small glass bottle") == "bottle"
    assert object_of("", "手机突然响了") == "phone"
    assert object_of("He waits.") == "hand"


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted({**INTERIORS, **EXTERIORS}))
def test_every_set_is_drawn_from_edge_to_edge(kind: str) -> None:
    far = build_set(kind, "night", "", 3).far[..., :3]
    assert far.shape == (1680, 960, 3)
    assert 8 < far.mean() < 200
    assert far.std() > 10
    assert all(edge.mean() > 2 for edge in (far[0], far[-1], far[:, 0], far[:, -1]))


def test_night_is_darker_than_day() -> None:
    day, night = (build_set("street", time, "", 3).far[..., :3].mean() for time in ("day", "night"))
    assert night < day * 0.8


@pytest.mark.parametrize("name", sorted(PAINTERS))
def test_every_object_can_be_shown_large(name: str) -> None:
    canvas = Canvas(250, 325, scale=0.25, origin=(-500, -560))
    PAINTERS[name](canvas, SKIN, SLEEVE)
    alpha = canvas.pixels[..., 3]
    assert 0.05 < float((alpha > 0.5).mean()) < 0.9
    assert float(canvas.pixels[..., :3][alpha > 0.5].std()) > 0.05
