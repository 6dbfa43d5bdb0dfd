"""Burned captions: heavy letters with a dark outline, the spoken word in the speaker's colour, inside the safe area."""

from __future__ import annotations

import colorsys
import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from generation.captions.chunks import Chunk, joined
from generation.captions.fonts import drawable_text, font

Rgba = NDArray[np.uint8]

# of a 720 x 1280 frame: app controls cover the lower 18 % and the right 12 %
SAFE_LEFT, SAFE_RIGHT, SAFE_BOTTOM = 40, 633, 1049
CENTRE, BOTTOM = 340, 1030
SIZE = {"en": 60, "zh": 62}
SMALLEST = 34
OUTLINE = 7


@dataclass(frozen=True, slots=True)
class Plate:
    """Premultiplied RGBA to be stamped with its top-left corner at (x, y), from `start_ms` to `end_ms` of the shot."""

    pixels: Rgba
    x: int
    y: int
    start_ms: int
    end_ms: int


def speaker_colour(name: str) -> tuple[int, int, int]:
    """A bright colour that stays with a name."""
    golden = int.from_bytes(hashlib.sha256(f"caption:{name}".encode()).digest()[:2], "big") / 65536
    hues = (0.125, 0.47, 0.93, 0.56, 0.30, 0.06, 0.76)
    red, green, blue = colorsys.hsv_to_rgb(hues[int(golden * len(hues))], 0.62, 1.0)
    return round(red * 255), round(green * 255), round(blue * 255)


def plates_of(chunk: Chunk, *, offset_ms: int, speaker: str, language: str, tag: str = "") -> list[Plate]:
    """One plate a word, in which that word has the speaker's colour; `tag` names an unseen speaker above it."""
    words = [drawable_text(word) for word, _, _ in chunk.words]
    layout = _layout(words, language)
    plates = []
    for index, (_, start, _) in enumerate(chunk.words):
        until = chunk.words[index + 1][1] if index + 1 < len(chunk.words) else chunk.end_ms
        if until > start:
            picture, x, y = _draw(layout, index, speaker_colour(speaker), drawable_text(tag))
            plates.append(Plate(picture, x, y, offset_ms + start, offset_ms + until))
    return plates


@dataclass(frozen=True, slots=True)
class _Layout:
    """Lines of (word index, text, x), the font, and the line height."""

    lines: tuple[tuple[tuple[int, str, float], ...], ...]
    face: Any
    height: int
    size: int


def _layout(words: list[str], language: str) -> _Layout:
    size = SIZE.get(language, SIZE["en"])
    wide = SAFE_RIGHT - SAFE_LEFT - 2 * OUTLINE
    half = (min(CENTRE - SAFE_LEFT, SAFE_RIGHT - CENTRE) - OUTLINE) * 2
    while True:
        face = font(size, 900, language)
        lines = _wrapped(words, face, min(wide, half))
        longest = max(sum(face.getlength(text) for text in _pieces(words, line)) for line in lines)
        if (longest <= half and len(lines) <= 2) or size <= SMALLEST:
            break
        size -= 4
    placed = tuple(_placed(words, line, face) for line in lines)
    return _Layout(placed, face, round(size * 1.22), size)


def _pieces(words: list[str], line: list[int]) -> list[str]:
    """Each word of a line with the space that stands before it."""
    pieces, so_far = [], ""
    for index in line:
        longer = joined([so_far, words[index]]) if so_far else words[index]
        pieces.append(longer[len(so_far) :])
        so_far = longer
    return pieces


def _wrapped(words: list[str], face: Any, limit: float) -> list[list[int]]:
    everything = list(range(len(words)))
    if face.getlength(joined(words)) <= limit or len(words) < 2:
        return [everything]
    lengths = [(_wrap_cost(words[:cut], words[cut:], face), cut) for cut in everything[1:]]
    cut = min(lengths)[1]
    return [everything[:cut], everything[cut:]]


def _wrap_cost(first: list[str], second: list[str], face: Any) -> float:
    """The longer line, and more if a Chinese clause is torn: rows should break where breath is taken."""
    upper, lower = face.getlength(joined(first)), face.getlength(joined(second))
    torn = len(first[-1]) == 1 and not first[-1].isascii()
    return float(max(upper, lower) + (0.3 * (upper + lower) if torn else 0))


def _placed(words: list[str], line: list[int], face: Any) -> tuple[tuple[int, str, float], ...]:
    pieces = _pieces(words, line)
    x = -sum(face.getlength(piece) for piece in pieces) / 2
    placed = []
    for index, piece in zip(line, pieces, strict=True):
        placed.append((index, piece, x))
        x += face.getlength(piece)
    return tuple(placed)


def _draw(layout: _Layout, active: int, colour: tuple[int, int, int], tag: str) -> tuple[Rgba, int, int]:
    tag_height = 52 if tag else 0
    tall = layout.height * len(layout.lines) + tag_height + 2 * OUTLINE + 24
    image = Image.new("RGBA", (720, tall))
    draw = ImageDraw.Draw(image)
    if tag:
        _name_tag(draw, tag, colour)
    glyphs = [(text, CENTRE + x, tag_height + OUTLINE + 4 + row * layout.height, index == active)
              for row, line in enumerate(layout.lines) for index, text, x in line]  # fmt: skip
    for text, x, y, _ in glyphs:
        draw.text(
            (x, y), text, font=layout.face, fill=(8, 8, 14, 255), stroke_width=OUTLINE, stroke_fill=(8, 8, 14, 255)
        )
    shadow = image.filter(ImageFilter.GaussianBlur(6))
    ink = ImageDraw.Draw(image)
    for text, x, y, is_active in glyphs:
        ink.text((x, y), text, font=layout.face, fill=(*colour, 255) if is_active else (255, 255, 255, 255))
    whole = Image.alpha_composite(shadow, image)
    left, top, right, bottom = whole.getbbox() or (0, 0, 1, 1)
    left, right = max(left, SAFE_LEFT), min(right, SAFE_RIGHT)
    pixels = premultiplied(whole.crop((left, top, right, bottom)))
    return pixels, left, BOTTOM - tall + top


def _name_tag(draw: ImageDraw.ImageDraw, tag: str, colour: tuple[int, int, int]) -> None:
    face = font(28, 700)
    wide = face.getlength(tag)
    draw.rounded_rectangle((CENTRE - wide / 2 - 18, 4, CENTRE + wide / 2 + 18, 46), 21, fill=(12, 12, 18, 214))
    draw.text((CENTRE, 25), tag, font=face, fill=(*colour, 255), anchor="mm")


def narration(text: str, language: str, *, start_ms: int, end_ms: int) -> list[Plate]:
    """What is seen, told in small light letters over a shot without words."""
    text = drawable_text(text)
    words = list(text) if language == "zh" else text.split()
    face = font(33, 500, language)
    lines = _narration_lines(words, face, language)
    image = Image.new("RGBA", (720, 46 * len(lines) + 30))
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        draw.text(
            (CENTRE, 34 + row * 46),
            line,
            font=face,
            fill=(10, 10, 16, 235),
            anchor="mm",
            stroke_width=4,
            stroke_fill=(10, 10, 16, 235),
        )
    image = Image.alpha_composite(image.filter(ImageFilter.GaussianBlur(5)), image)
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        draw.text((CENTRE, 34 + row * 46), line, font=face, fill=(250, 244, 230, 255), anchor="mm")
    left, top, right, bottom = image.getbbox() or (0, 0, 1, 1)
    left, right = max(left, SAFE_LEFT), min(right, SAFE_RIGHT)
    return [
        Plate(
            premultiplied(image.crop((left, top, right, bottom))), left, BOTTOM - image.height + top, start_ms, end_ms
        )
    ]


def _narration_lines(words: list[str], face: Any, language: str) -> list[str]:
    glue = "" if language == "zh" else " "
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]}{glue}{word}" if lines else word
        if (lines and face.getlength(longer) <= 520) or (lines and language == "zh" and word in "，。！？、；：”"):
            lines[-1] = longer
        else:
            lines.append(word)
    return lines[:4]


def premultiplied(image: Image.Image) -> Rgba:
    """RGBA bytes with colour times alpha."""
    pixels = np.asarray(image, np.uint16).copy()
    pixels[..., :3] = (pixels[..., :3] * pixels[..., 3:] + 127) // 255
    return pixels.astype(np.uint8)
