"""Folds a text to what it looks like, and remembers where each character came from. Pure and linear."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# Latin letters written with what looks like them; only ever used beside the plain reading
LOOKALIKES = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"})


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` and, for each of its characters, the index in the original that it stands for."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """The original's [start, stop) behind this text's."""
        return self.origin[start], self.origin[stop - 1] + 1


def fold(original: str) -> Folded:
    """Compatibility forms united (full-width, ligatures), lower case, invisible characters gone, spaces made one."""
    letters: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(original):
        for letter in unicodedata.normalize("NFKC", character).casefold():
            shown = " " if letter.isspace() else letter
            if _invisible(letter) or (shown == " " and letters[-1:] == [" "]):
                continue
            letters.append(shown)
            origin.append(index)
    return Folded("".join(letters), tuple(origin))


def squeeze(folded: Folded) -> Folded:
    """Without anything but letters and digits: what Chinese reads through dots and spaces."""
    kept = [(letter, index) for letter, index in zip(folded.text, folded.origin, strict=True) if letter.isalnum()]
    return Folded("".join(letter for letter, _ in kept), tuple(index for _, index in kept))


def lookalikes(folded: Folded) -> Folded:
    """`sh1t` as `shit`: one character for one, so every place stays."""
    return Folded(folded.text.translate(LOOKALIKES), folded.origin)


def _invisible(letter: str) -> bool:
    """Format characters and marks that stand on others; a space or a line end is no such thing."""
    return unicodedata.category(letter) in ("Cf", "Mn", "Cc") and not letter.isspace()
