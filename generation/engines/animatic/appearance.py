"""How a member of the cast is drawn: what the look says, in English or Chinese; the seed decides the rest. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from generation.engines.animatic.paint import Colour, mix, rgb, shade
from generation.engines.base import CastMember
from generation.voices.persons import FEMALE, age_of, sex_for

T = TypeVar("T")

COLOURS = {
    "red": "#b5302f", "crimson": "#9d1f33", "scarlet": "#c2362b", "burgundy": "#6f1f35", "pink": "#d98a9d",
    "orange": "#cf7334", "yellow": "#d9ae45", "gold": "#c09a4a", "golden": "#c09a4a", "green": "#3f7358",
    "emerald": "#1f7a5c", "olive": "#6f7046", "teal": "#2b7078", "blue": "#365f9c", "navy": "#26344f",
    "purple": "#65458a", "violet": "#75519a", "lavender": "#a394c4", "brown": "#76523b", "tan": "#b6906a",
    "beige": "#cdb695", "cream": "#e6dcc6", "camel": "#b58a5a", "white": "#e8e6e1", "black": "#26262c",
    "grey": "#767b84", "gray": "#767b84", "silver": "#aeb4bd", "charcoal": "#3a3d45", "红": "#b5302f",
    "粉": "#d98a9d", "橙": "#cf7334", "黄": "#d9ae45", "金": "#c09a4a", "绿": "#3f7358", "蓝": "#365f9c",
    "紫": "#65458a", "棕": "#76523b", "褐": "#76523b", "米": "#cdb695", "白": "#e8e6e1", "黑": "#26262c",
    "灰": "#767b84", "银": "#aeb4bd", "青": "#2b7078",
}  # fmt: skip
HAIR = {
    "black": "#1d1a20", "dark": "#2b2024", "brown": "#4d3226", "brunette": "#4d3226", "chestnut": "#6a3d28",
    "auburn": "#75331f", "red": "#8e3b1f", "ginger": "#a8552a", "blonde": "#c79b58", "blond": "#c79b58",
    "golden": "#c79b58", "fair": "#cfa968", "grey": "#8d8f95", "gray": "#8d8f95", "silver": "#b4b7bf",
    "white": "#d3d3d6", "黑": "#1d1a20", "棕": "#4d3226", "褐": "#4d3226", "红": "#8e3b1f", "金": "#c79b58",
    "灰": "#8d8f95", "银": "#b4b7bf", "白": "#d3d3d6",
}  # fmt: skip
GARMENTS: tuple[tuple[str, str], ...] = (
    ("doctor", r"doctor|surgeon|lab coat|physician|nurse|医生|白大褂|护士"),
    ("suit", r"suit|tuxedo|businessman|ceo|lawyer|boss|executive|西装|西服|总裁|律师"),
    ("coat", r"coat|trench|parka|cloak|cape|大衣|风衣|外套|斗篷"),
    ("jacket", r"leather|jacket|biker|motorcycle|bomber|denim|夹克|皮衣|牛仔"),
    ("hoodie", r"hoodie|sweatshirt|tracksuit|卫衣|连帽|运动服"),
    ("robe", r"hanfu|robe|kimono|qipao|cheongsam|汉服|长袍|旗袍|古装|袍"),
    ("dress", r"dress|gown|skirt|裙|礼服"),
    ("turtleneck", r"turtleneck|sweater|cardigan|jumper|pullover|knit|毛衣|高领|针织|线衣"),
    ("blazer", r"blazer|pantsuit|职业装|套装"),
    ("shirt", r"shirt|blouse|t-shirt|tee|uniform|apron|衬衫|衬衣|T恤|制服|校服"),
)
STYLES: tuple[tuple[str, str], ...] = (
    ("bald", r"bald|shaved head|光头|秃"),
    ("bun", r"\bbun\b|updo|chignon|发髻|盘发|丸子头"),
    ("pony", r"pony ?tail|马尾"),
    ("bob", r"\bbob\b|shoulder-length|齐肩|波波头"),
    ("wavy", r"curly|wavy|curls|waves|卷发|波浪"),
    ("long", r"long[^.,;]{0,18}hair|长发|披肩"),
    ("short", r"short[^.,;]{0,18}hair|cropped|pixie|buzz|短发|寸头|平头"),
    ("swept", r"slicked|swept|背头|油头"),
)
SKINS = tuple(rgb(c) for c in ("#f6d9c4", "#efc8ab", "#e2b08c", "#c98f68", "#a86f4b", "#7d4f36"))
SKINS_ZH = tuple(rgb(c) for c in ("#f7dcc6", "#f2cfb1", "#e9bf9b"))
WARDROBE = tuple(
    rgb(c)
    for c in (
        "#8f2f3b",
        "#2b4a6f",
        "#2f6358",
        "#7a4a68",
        "#b5793a",
        "#394052",
        "#57683f",
        "#9c5a3c",
        "#4b4a86",
        "#2a6d7c",
    )
)
EYES = tuple(rgb(c) for c in ("#4a2f20", "#3b2a22", "#5b4326", "#3f5f52", "#4a6a86"))


@dataclass(frozen=True, slots=True)
class Appearance:
    """Everything the figure painter needs to know; colours are 0..1 RGB."""

    name: str
    sex: str
    age: str
    skin: Colour
    hair: Colour
    hair_style: str
    eyes: Colour
    outfit: str
    cloth: Colour
    accent: Colour
    beard: str
    glasses: bool
    lips: Colour
    jewels: bool
    variety: int


def pick(seed: int, salt: str, options: Sequence[T]) -> T:
    """A choice that never changes for the same seed and salt."""
    return options[number(seed, salt) % len(options)]


def number(seed: int, salt: str) -> int:
    """A stable 32-bit number."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{salt}".encode()).digest()[:4], "big")


def appearance_of(member: CastMember, language: str) -> Appearance:
    """The look's own words first, then the name and the voice, then the seed."""
    look, seed = member.look.lower(), member.seed
    sex, age = sex_for(look=member.look, name=member.name, seed=seed), age_of(f"{member.look} {member.name}")
    skin = _skin(look, seed, language)
    outfit, named = _outfit(look, seed, sex)
    cloth = named or pick(seed, "cloth", WARDROBE)
    if outfit == "doctor":
        cloth = rgb("#e9edf0")
    return Appearance(
        name=member.name,
        sex=sex,
        age=age,
        skin=skin,
        hair=_hair(look, seed, age, language, skin),
        hair_style=_hair_style(look, seed, sex, age),
        eyes=pick(seed, "eyes", EYES[:2] if language == "zh" else EYES),
        outfit=outfit,
        cloth=cloth,
        accent=pick(seed, "accent", (rgb("#e9e4da"), rgb("#d8dde6"), rgb("#2a2b33"), rgb("#e5d3c3"))),
        beard=_beard(look, seed, sex, age),
        glasses=re.search(r"glasses|spectacles|眼镜", look) is not None,
        lips=mix(skin, rgb("#b3404a"), 0.62 if sex == FEMALE else 0.26),
        jewels=sex == FEMALE
        and (re.search(r"earring|necklace|jewel|pearl|耳环|项链|珠宝", look) is not None or seed % 3 == 0),
        variety=number(seed, "variety"),
    )


def _skin(look: str, seed: int, language: str) -> Colour:
    if re.search(r"dark[- ]skin|black (?:man|woman)|african", look):
        return pick(seed, "skin", SKINS[4:])
    if re.search(r"brown[- ]skin|tanned|olive[- ]skin|latin|indian|小麦色|黝黑", look):
        return pick(seed, "skin", SKINS[2:4])
    if re.search(r"pale|fair[- ]skin|苍白|白皙", look):
        return SKINS[0]
    if language == "zh" or re.search(r"chinese|asian|korean|japanese", look):
        return pick(seed, "skin", SKINS_ZH)
    return pick(seed, "skin", SKINS[:5])


def _colour_before(look: str, noun: str, table: dict[str, str]) -> Colour | None:
    names = "|".join(sorted(table, key=len, reverse=True))
    found = re.search(
        rf"(dark |light |deep |深|浅)?(?<![a-z])({names})(?:[a-z]*)[色的]{{0,2}}[\w\- ]{{0,16}}?(?:{noun})", look
    )
    if not found:
        return None
    colour = rgb(table[found.group(2)])
    tone = (found.group(1) or "").strip()
    return shade(colour, {"dark": 0.7, "deep": 0.75, "深": 0.7, "light": 1.2, "浅": 1.25}.get(tone, 1.0))


def _outfit(look: str, seed: int, sex: str) -> tuple[str, Colour | None]:
    for outfit, pattern in GARMENTS:
        if re.search(pattern, look):
            return outfit, _colour_before(look, pattern, COLOURS)
    kinds = (
        ("blazer", "dress", "turtleneck", "coat")
        if sex == FEMALE
        else ("suit", "shirt", "turtleneck", "jacket", "coat")
    )
    return pick(seed, "outfit", kinds), None


def _hair(look: str, seed: int, age: str, language: str, skin: Colour) -> Colour:
    named = _colour_before(look, r"hair|发|头发|bob|ponytail|curls", HAIR)
    if named:
        return named
    for word in ("blonde", "brunette", "redhead", "ginger"):
        if word in look:
            return rgb(HAIR.get(word, HAIR["red"]))
    if age == "old":
        return pick(seed, "hair", (rgb(HAIR["grey"]), rgb(HAIR["silver"]), rgb(HAIR["white"])))
    if language == "zh" or sum(skin) < 1.6:
        return pick(seed, "hair", (rgb("#1d1a20"), rgb("#231d20"), rgb("#2f2321")))
    return pick(seed, "hair", tuple(rgb(HAIR[c]) for c in ("black", "dark", "brown", "chestnut", "auburn", "blonde")))


def _hair_style(look: str, seed: int, sex: str, age: str) -> str:
    for style, pattern in STYLES:
        if re.search(pattern, look):
            return style
    if sex == FEMALE:
        return pick(seed, "style", ("bun", "bob", "short") if age == "old" else ("long", "wavy", "bob", "pony", "bun"))
    return pick(seed, "style", ("short", "swept", "bald") if age == "old" else ("short", "swept", "messy", "fringe"))


def _beard(look: str, seed: int, sex: str, age: str) -> str:
    if sex == FEMALE or age == "child" or re.search(r"clean-shaven|无须", look):
        return ""
    if re.search(r"stubble|unshaven|胡茬", look):
        return "stubble"
    if re.search(r"beard|胡子|胡须|络腮", look):
        return "full"
    return pick(seed, "beard", ("", "", "", "stubble", "full" if age == "old" else ""))
