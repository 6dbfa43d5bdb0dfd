"""How long words and pictures take, and where a long speech may be cut. All durations in milliseconds."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

from generation.breakdown.model import MAX_SHOT_MS, MIN_SHOT_MS

WORDS_PER_SECOND = 2.6
CHARACTERS_PER_SECOND = 4.5  # of Chinese
SENTENCE_PAUSE_MS, CLAUSE_PAUSE_MS = 300, 130
LEAD_MS, TAIL_MS, GAP_MS = 150, 350, 200
ACTION_BASE_MS = 1_000
SPEECH_MAX_MS = MAX_SHOT_MS - LEAD_MS - TAIL_MS - 500
SPEECH_TARGET_MS = 5_200  # a cut before the eye tires
LONG_WORD = 12  # letters: beyond it a word counts for more than one

CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
WORD = re.compile(r"[^\W\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff_]+(?:['’][^\W\u3400-\u4dbf\u4e00-\u9fff_]+)*")
ENDS = re.compile(r"[.!?。！？…；;]+")
CLAUSES = re.compile(r"[,:，、：—–]+")
SENTENCE_BREAK = re.compile(r"(?:[.!?]+[\"'”’)]*(?=\s|$)|[。！？…；]+[”’」』）]*)\s*")
CLAUSE_BREAK = re.compile(r"(?:[,;:](?=\s)|[，、：]|[—–])+\s*")
SPACE_BREAK = re.compile(r"\s+")
CHUNK = re.compile(r".{20}", re.DOTALL)
TITLE_BEFORE = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|Jr|Sr|No)\.\s*\Z")


def speech_ms(text: str) -> int:
    """How long it takes to say `text`, with its pauses; both languages may be mixed."""
    words = sum(1 + max(0, len(word) - LONG_WORD) / 6 for word in WORD.findall(text))
    spoken = words / WORDS_PER_SECOND + len(CJK.findall(text)) / CHARACTERS_PER_SECOND
    pauses = SENTENCE_PAUSE_MS * len(ENDS.findall(text)) + CLAUSE_PAUSE_MS * len(CLAUSES.findall(text))
    return max(400, round(spoken * 1000) + pauses)


def action_ms(text: str) -> int:
    """How long the eye needs for a beat of action."""
    return clamp_ms(ACTION_BASE_MS + look_ms(text), most=4_500)


def look_ms(text: str) -> int:
    """What the words of an action add to the time it takes to see that there is something to see."""
    return 130 * len(WORD.findall(text)) + 80 * len(CJK.findall(text))


def lines_ms(texts: list[str]) -> int:
    """A shot that holds these words: a breath before, gaps between, a breath after."""
    return clamp_ms(LEAD_MS + sum(speech_ms(text) for text in texts) + GAP_MS * (len(texts) - 1) + TAIL_MS)


def clamp_ms(value: int, *, most: int = MAX_SHOT_MS) -> int:
    return max(MIN_SHOT_MS, min(value, most))


def split_speech(text: str) -> list[str]:
    """`text` in pieces that fit a shot: cut at sentence ends, else at clauses, else between words. Loses nothing."""
    if speech_ms(text) <= SPEECH_MAX_MS:
        return [text]
    pieces = _pack(text, (SENTENCE_BREAK, CLAUSE_BREAK, SPACE_BREAK, CHUNK), speech_ms, SPEECH_TARGET_MS)
    return [piece.strip() for piece in pieces if piece.strip()]


def sentences(text: str) -> list[str]:
    """The sentences of `text`, each without the space around it."""
    return [piece.strip() for piece in _cut(text, SENTENCE_BREAK) if piece.strip()]


def _pack(text: str, levels: tuple[re.Pattern[str], ...], measure: Callable[[str], int], target: int) -> list[str]:
    if not levels or measure(text) <= target:
        return [text]
    parts = [piece for part in _cut(text, levels[0]) for piece in _pack(part, levels[1:], measure, target)]
    packed = [parts[0]]
    for part in parts[1:]:
        if measure(packed[-1] + part) <= target:
            packed[-1] += part
        else:
            packed.append(part)
    return packed


def _cut(text: str, boundary: re.Pattern[str]) -> list[str]:
    found_at = boundary.finditer(text)
    ends = [found.end() for found in found_at if not TITLE_BEFORE.search(text, max(0, found.end() - 8), found.end())]
    edges = [0, *(end for end in ends if end < len(text)), len(text)]
    return [text[a:b] for a, b in itertools.pairwise(edges)]
