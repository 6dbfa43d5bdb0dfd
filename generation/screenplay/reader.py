"""Text to screenplay."""

from generation.screenplay.model import Screenplay


def parse(source: str) -> Screenplay:
    raise NotImplementedError("the reader lands in the next commit")
