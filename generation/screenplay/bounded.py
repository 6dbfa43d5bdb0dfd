"""Parsing under limits."""

from generation.screenplay.model import Screenplay
from generation.screenplay.reader import parse


def parse_bounded(source: str | bytes) -> Screenplay:
    return parse(source if isinstance(source, str) else source.decode())
