"""The one font: Noto Sans CJK with a weight axis, from its wheel. Knows what it can draw, so that no tofu is burned."""

from __future__ import annotations

import struct
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

FACES = {
    "zh": 2,
    "en": 2,
}  # of the collection: 2 is Simplified Chinese, whose Latin letters are the same as the others'
_FILE = "NotoSansCJK-VF.otf.ttc"


@cache
def font_path() -> Path:
    """The font file; raises `FileNotFoundError` if the wheel is not installed."""
    spec = find_spec("manimgx_fonts_cjk")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the font wheel manimgx-fonts-cjk is not installed")
    return Path(spec.origin).with_name(_FILE)


@lru_cache(maxsize=24)
def font(size: int, weight: int, language: str = "en") -> ImageFont.FreeTypeFont:
    """The face at a size in pixels and a weight of 100-900."""
    face = ImageFont.truetype(
        str(font_path()), size, index=FACES.get(language, 2), layout_engine=ImageFont.Layout.BASIC
    )
    face.set_variation_by_axes([weight])
    return face


@cache
def drawable() -> frozenset[int]:
    """Every code point of the font's cmap (formats 4 and 12)."""
    data = font_path().read_bytes()
    (first,) = struct.unpack_from(">I", data, 12)
    (tables,) = struct.unpack_from(">H", data, first + 4)
    for index in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, first + 12 + index * 16)
        if tag == b"cmap":
            return frozenset(_cmap(data, offset))
    return frozenset()


def _cmap(data: bytes, start: int) -> set[int]:
    points: set[int] = set()
    (count,) = struct.unpack_from(">H", data, start + 2)
    for index in range(count):
        _, _, offset = struct.unpack_from(">HHI", data, start + 4 + index * 8)
        at = start + offset
        (form,) = struct.unpack_from(">H", data, at)
        if form == 12:
            (groups,) = struct.unpack_from(">I", data, at + 12)
            for group in range(groups):
                low, high, _ = struct.unpack_from(">III", data, at + 16 + group * 12)
                points.update(range(low, high + 1))
    return points


def missing(text: str) -> frozenset[str]:
    """Characters of the text that the font cannot draw (spaces and joiners aside)."""
    known = drawable()
    return frozenset(c for c in text if not c.isspace() and c.isprintable() and ord(c) not in known)


def drawable_text(text: str) -> str:
    """The text without what would be tofu."""
    gone = missing(text)
    return "".join(c for c in text if c not in gone and (c.isprintable() or c == " "))
