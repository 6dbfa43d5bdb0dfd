"""Timed words to the few that are on screen at once: 2-4 in English, 8-12 characters in Chinese. Pure."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

Word = tuple[str, int, int]

ENGLISH_WORDS, ENGLISH_LETTERS = 4, 20
CHINESE_CHARACTERS = 11
SUBTITLE_CHARACTERS = {"en": 42, "zh": 18}
HOLD_MS = 260  # a chunk stays this long after its last word if nothing follows
_ENDS = re.compile(r"[.!?…。！？；;]+[\"”’」』)]*$")
_CLAUSE = re.compile(r"[,，、:：—–][\"”’」』)]*$")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is shown together, in ms from the line's start."""

    words: tuple[Word, ...]
    start_ms: int
    end_ms: int

    @property
    def text(self) -> str:
        return joined([word for word, _, _ in self.words])


def joined(words: Sequence[str]) -> str:
    """Words as they are written: a space between Latin words, none round Chinese characters."""
    text = ""
    for word in words:
        space = text and not (_HAN.search(text[-1:]) or _HAN.match(word) or text[-1:] in "，。！？、；：“‘（《…—")
        text += f" {word}" if space else word
    return text


def chunks_of(words: Sequence[Word], language: str) -> tuple[Chunk, ...]:
    """Group a line's words, a few at a time; a chunk never runs on into the next sentence."""
    groups = _chinese(words) if language == "zh" else _english(words)
    chunks = []
    for index, group in enumerate(groups):
        after = groups[index + 1][0][1] if index + 1 < len(groups) else group[-1][2] + HOLD_MS
        chunks.append(Chunk(tuple(group), group[0][1], min(after, group[-1][2] + 700)))
    return tuple(chunks)


def phrases(words: Sequence[Word], language: str) -> list[tuple[int, int, str]]:
    """(start, end, text) of longer pieces, for subtitles read at leisure: chunks of a sentence put together."""
    limit = SUBTITLE_CHARACTERS["zh" if language == "zh" else "en"]
    grouped: list[list[Chunk]] = []
    for chunk in chunks_of(words, language):
        before = grouped[-1] if grouped else []
        size = sum(len(one.text) + 1 for one in before) + len(chunk.text)
        if before and size <= limit and not _ENDS.search(before[-1].text):
            before.append(chunk)
        else:
            grouped.append([chunk])
    return [(g[0].start_ms, g[-1].end_ms, joined([w for c in g for w, _, _ in c.words])) for g in grouped]


def _english(words: Sequence[Word]) -> list[list[Word]]:
    """Clauses, each cut into as few pieces as fit, of about the same length."""
    clauses: list[list[Word]] = [[]]
    for word in words:
        clauses[-1].append(word)
        if _ENDS.search(word[0]) or (_CLAUSE.search(word[0]) and len(clauses[-1]) > 1):
            clauses.append([])
    return [piece for clause in clauses if clause for piece in _evenly(clause)]


def _evenly(clause: list[Word]) -> list[list[Word]]:
    ends = list(accumulate(len(word) + 1 for word, _, _ in clause))
    pieces = max(-(-len(clause) // ENGLISH_WORDS), -(-(ends[-1] - 1) // ENGLISH_LETTERS))
    cuts = [0]
    for piece in range(1, pieces):
        wanted = ends[-1] * piece / pieces
        cuts.append(1 + min(range(len(ends) - 1), key=lambda at: abs(ends[at] - wanted), default=0))
    cuts = sorted(set(cuts))
    return [clause[a:b] for a, b in pairwise([*cuts, len(clause)])]


def _chinese(words: Sequence[Word]) -> list[list[Word]]:
    groups: list[list[Word]] = []
    for part in _segments(words):
        last = groups[-1] if groups else []
        size = sum(len(w) for w, _, _ in last)
        full = size + sum(len(w) for w, _, _ in part) > CHINESE_CHARACTERS
        stop = bool(last) and (
            _ENDS.search(last[-1][0]) is not None or (_CLAUSE.search(last[-1][0]) is not None and size >= 6)
        )
        if not last or full or stop:
            groups.append(list(part))
        else:
            last.extend(part)
    return groups


def _segments(words: Sequence[Word]) -> list[list[Word]]:
    """The timed characters, kept together where jieba sees a word."""
    import jieba

    jieba.setLogLevel(logging.ERROR)
    plain = "".join(word for word, _, _ in words)
    bounds, at = set(), 0
    for token in jieba.cut(plain):
        at += len(token)
        bounds.add(at)
    segments: list[list[Word]] = [[]]
    at = 0
    for word in words:
        segments[-1].append(word)
        at += len(word[0])
        if at in bounds or _ENDS.search(word[0]) or _CLAUSE.search(word[0]):
            segments.append([])
    return [segment for segment in segments if segment]
