"""Parsing text that strangers send: capped, decoded strictly, in a child with CPU, memory and time limits."""

from __future__ import annotations

import codecs
import json
import re
import subprocess
import sys
from typing import Any

from generation.screenplay.headings import read_heading
from generation.screenplay.model import MAX_BYTES, Screenplay, ScreenplayError, screenplay_from_json

WALL_SECONDS = 5.0
BOOT = "import json,sys; sys.path[:]=json.loads(sys.argv[1]); from generation.screenplay.child import main; main()"
SAVE_AS_UTF8 = "Save it as plain text in UTF-8 (in most editors: Save As, Encoding: UTF-8) and send it again."
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def parse_bounded(source: str | bytes) -> Screenplay:
    """`parse` for untrusted text, at most MAX_BYTES of UTF-8. Answers or raises `ScreenplayError` within 6 s."""
    text = decode(source)
    answer = _ask_child(text)
    if "error" in answer:
        error = answer["error"]
        raise ScreenplayError(error["message"], code=error["code"], remedy=error["remedy"], line=error["line"])
    return screenplay_from_json(answer["screenplay"])


def decode(source: str | bytes) -> str:
    """The text of an upload; raises `ScreenplayError` screenplay_too_big, _binary or _empty."""
    data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    if len(data) > MAX_BYTES:
        raise ScreenplayError(
            f"The screenplay has {len(data):,} bytes; at most {MAX_BYTES:,} are read.",
            code="screenplay_too_big", remedy="Split it: one file for one episode.",
            line=data[:MAX_BYTES].count(b"\n") + 1,
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        raise _not_text(data, data[: broken.start].count(b"\n") + 1) from broken
    found = FORBIDDEN.search(text)
    if found:
        raise _not_text(data, text.count("\n", 0, found.start()) + 1)
    if not text.strip():
        raise ScreenplayError(
            "The screenplay is empty.", code="screenplay_empty",
            remedy="Write a scene: a heading such as INT. KITCHEN - NIGHT, then action and dialogue.", line=1,
        )
    return text


def _not_text(data: bytes, line: int) -> ScreenplayError:
    kind = "UTF-16" if data.startswith(WIDE_MARKS) else "GB18030" if _is_gb18030(data) else ""
    message = f"This is {kind} text, not UTF-8." if kind else f"Line {line} holds bytes that are not text."
    remedy = SAVE_AS_UTF8
    if kind:
        remedy += f" Or convert it: iconv -f {kind} -t UTF-8 old.fountain > new.fountain"
    return ScreenplayError(message, code="screenplay_binary", remedy=remedy, line=line)


def _is_gb18030(data: bytes) -> bool:
    try:
        return not FORBIDDEN.search(data.decode("gb18030"))
    except UnicodeDecodeError:
        return False


def _ask_child(text: str) -> dict[str, Any]:
    paths = json.dumps([path for path in sys.path if path])
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", BOOT, paths],
            input=text.encode(), capture_output=True, timeout=WALL_SECONDS, check=False, env={"LC_ALL": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired as late:
        raise _too_slow(text) from late
    if done.returncode < 0 or _ran_out(done.stderr):
        raise _too_slow(text)
    if done.returncode:
        raise RuntimeError(f"the screenplay parser failed: {done.stderr.decode(errors='replace')[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _ran_out(stderr: bytes) -> bool:
    last = stderr.rstrip().rpartition(b"\n")[2]
    return last.startswith((b"MemoryError", b"RecursionError"))


def _too_slow(text: str) -> ScreenplayError:
    """Names the longest line that is no heading: what a parser chokes on is nearly always there."""
    lines = text.splitlines() or [""]
    worst = max(range(len(lines)), key=lambda i: (read_heading(lines[i], blank_before=True) is None, len(lines[i])))
    return ScreenplayError(
        "The screenplay takes too long to read.", code="screenplay_too_slow",
        remedy=f"Look at line {worst + 1} first: take out what is not story, or split the file.", line=worst + 1,
    )
