"""Scene headings in both languages: inside or outside, the place, the time of day."""

from __future__ import annotations

import re
from typing import NamedTuple

DAY, NIGHT, DAWN, DUSK = "day", "night", "dawn", "dusk"
SAME = "same"  # LATER, CONTINUOUS: the light of the scene before
TIMES: dict[str, str] = {
    **dict.fromkeys(("DAY", "NOON", "MIDDAY", "AFTERNOON", "DAYTIME", "LATE MORNING"), DAY),
    **dict.fromkeys(("NIGHT", "MIDNIGHT", "LATE NIGHT", "DEAD OF NIGHT"), NIGHT),
    **dict.fromkeys(("DAWN", "SUNRISE", "MORNING", "EARLY MORNING", "DAYBREAK", "FIRST LIGHT"), DAWN),
    **dict.fromkeys(("DUSK", "SUNSET", "EVENING", "TWILIGHT", "MAGIC HOUR", "GOLDEN HOUR"), DUSK),
    **dict.fromkeys(("LATER", "CONTINUOUS", "SAME", "SAME TIME", "MOMENTS LATER"), SAME),
    **dict.fromkeys(("日", "白天", "白日", "日景", "中午", "正午", "下午", "上午", "午后", "午间"), DAY),
    **dict.fromkeys(("夜", "夜晚", "晚上", "深夜", "午夜", "半夜", "夜景", "夜里", "雨夜", "凌晨", "晚"), NIGHT),
    **dict.fromkeys(("晨", "清晨", "早晨", "早上", "黎明", "拂晓", "日出", "天亮", "晨景"), DAWN),
    **dict.fromkeys(("黄昏", "傍晚", "日落", "夕阳", "暮", "暮色", "昏"), DUSK),
    **dict.fromkeys(("稍后", "连续", "同时", "接上场", "接上", "片刻后", "同上"), SAME),
}
INSIDE, OUTSIDE = ("内景", "内", "室内", "屋内"), ("外景", "外", "室外", "户外")
BOTH = ("内外景", "内外", "内外兼")

CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
SCENE_NUMBER = re.compile(r"[ \t]*#[A-Za-z0-9.\-]+#$")
LATIN_PREFIX = re.compile(r"(INT\.?/EXT|EXT\.?/INT|I/E|INT|EXT|EST)(?:[ \t]?\.[ \t]*|[ \t]+)", re.IGNORECASE)
LABEL = re.compile(
    r"(?:第[零一二三四五六七八九十百\d]{1,5}[场幕]|场景?[零一二三四五六七八九十百\d]{1,5}|场景(?=[：:\s])|场次[\d\-]{1,7}|"
    r"\d{1,3}(?:-\d{1,3})?(?=[.、．\s]))(?:[\s：:.、．，,\-—]+|$)"
)
CHINESE_PREFIX = re.compile(r"(?:内外景|内/外景|内景|外景)[\s.．。、：:，,·\-—–－/]*")
LATIN_LABEL = re.compile(r"SCENE[ \t]+[0-9A-Z]{1,5}[.:]?", re.IGNORECASE)
SEPARATOR = re.compile(r"[\s.．。、：:，,·|/\-—–－()（）]+")
DASH = re.compile(r"[ \t]+-{1,2}[ \t]+|[ \t]*[—–－]+[ \t]*|[ \t]+-|-[ \t]+|，|,[ \t]*|。|\.[ \t]+")
SENTENCE = re.compile(r"[。！？!?；;“”\"]")
MAX_HEADING = 120


def is_bare_label(line: str) -> bool:
    """`第二场`, `SCENE 2` alone: the real heading follows, and nobody is to see this one."""
    label = LABEL.match(line)
    return bool(label and label.end() == len(line) and CJK.match(line)) or bool(LATIN_LABEL.fullmatch(line))


class Heading(NamedTuple):
    """What a heading says. `time` is a word of TIMES' values or "" where none is written."""

    text: str
    interior: bool | None
    place: str
    time: str


def read_heading(line: str, *, blank_before: bool) -> Heading | None:
    """The heading that `line` is, or None. Without a blank line before it, a Latin one must be in capitals."""
    text = SCENE_NUMBER.sub("", line.strip())
    if len(text) > MAX_HEADING or not text:
        return None
    if text.startswith(".") and not text.startswith("..") and len(text) > 1 and not text[1].isspace():
        return _forced(text[1:].strip())
    latin = LATIN_PREFIX.match(text)
    if latin and (blank_before or text.isupper()):
        return _latin(text, latin)
    return _chinese(text)


def _forced(text: str) -> Heading:
    latin = LATIN_PREFIX.match(text)
    if latin:
        return _latin(text, latin)
    if CJK.search(text):
        return _chinese(text) or _from_tokens(text, text)
    return _with_time(text, None, text)


def _latin(text: str, prefix: re.Match[str]) -> Heading:
    word = prefix.group(1).upper().replace(".", "")
    interior = {"INT": True, "EXT": False, "EST": False}.get(word)
    return _with_time(text, interior, text[prefix.end() :].strip())


def _with_time(text: str, interior: bool | None, rest: str) -> Heading:
    """Splits "PLACE - PART - NIGHT" at its dashes (at spaces in Chinese); the last word of time is the time."""
    parts = [part.strip() for part in (SEPARATOR if CJK.search(rest) else DASH).split(rest) if part.strip()]
    times = [part for part in parts if part.upper().strip(".() ") in TIMES]
    places = [part for part in parts if part not in times]
    time = TIMES[times[-1].upper().strip(".() ")] if times and places else ""
    return Heading(text, interior, " - ".join(places) or rest or text, time)


def _chinese(text: str) -> Heading | None:
    if not CJK.search(text) or SENTENCE.search(text):
        return None
    label = LABEL.match(text)
    rest = text[label.end() :] if label else text
    if label and CJK.match(text) and rest.strip():
        return _from_tokens(text, rest)
    if CHINESE_PREFIX.match(rest):
        return _from_tokens(text, rest)
    tokens = [token for token in SEPARATOR.split(rest) if token]
    told = any(token in TIMES for token in tokens) and any(token in INSIDE + OUTSIDE + BOTH for token in tokens)
    return _from_tokens(text, rest) if told and 3 <= len(tokens) <= 6 else None


def _from_tokens(text: str, rest: str) -> Heading:
    interior: bool | None = None
    time, places = "", []
    prefix = CHINESE_PREFIX.match(rest)
    if prefix:
        interior = {"内景": True, "外景": False}.get(prefix.group()[:2])
        rest = rest[prefix.end() :]
    for token in (token for token in SEPARATOR.split(rest) if token):
        if token in INSIDE + OUTSIDE and interior is None and not prefix:
            interior = token in INSIDE
        elif token in BOTH:
            continue
        elif token.upper() in TIMES:
            time = TIMES[token.upper()]
        else:
            places.append(token)
    return Heading(text, interior, " ".join(places) or rest.strip() or text, time)
