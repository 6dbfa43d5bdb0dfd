"""Fountain text, in English or Chinese, becomes a typed screenplay. Pure: no Django, no database."""

from generation.screenplay.bounded import decode, parse_bounded
from generation.screenplay.model import (
    MAX_BYTES,
    Action,
    Cut,
    Element,
    Line,
    Scene,
    Screenplay,
    ScreenplayError,
    line_from_json,
    line_to_json,
    screenplay_from_json,
    screenplay_to_json,
)
from generation.screenplay.reader import parse

__all__ = [
    "MAX_BYTES",
    "Action",
    "Cut",
    "Element",
    "Line",
    "Scene",
    "Screenplay",
    "ScreenplayError",
    "decode",
    "line_from_json",
    "line_to_json",
    "parse",
    "parse_bounded",
    "screenplay_from_json",
    "screenplay_to_json",
]
