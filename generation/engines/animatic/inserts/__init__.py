"""Details seen large: the thing the story turns on, with the hand that holds it."""

from __future__ import annotations

from collections.abc import Callable

from generation.engines.animatic.inserts import papers, things
from generation.engines.animatic.paint import Canvas, Colour, rgb

Painter = Callable[[Canvas, Colour, Colour], None]

SKIN, SLEEVE = rgb("#eec4a4"), rgb("#2c3344")
PAINTERS: dict[str, Painter] = {
    "phone": papers.phone,
    "ring": things.ring,
    "letter": papers.letter,
    "paper": papers.paper,
    "photo": papers.photo,
    "key": things.key,
    "cup": things.cup,
    "bottle": things.bottle,
    "knife": things.knife,
    "flower": things.flower,
    "necklace": things.necklace,
    "money": papers.money,
    "watch": things.watch,
    "door": things.door,
    "hand": things.hand,
}
