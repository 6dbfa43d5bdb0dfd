"""Text from strangers: whatever it is, an answer comes within 6 s, with a line and a remedy."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from generation.screenplay import MAX_BYTES, ScreenplayError, bounded, parse, parse_bounded

SCENE = "INT. A - DAY\n\n"
CHINESE = "内景 客厅 夜\n李明：你来了。\n"


def test_the_child_reads_what_the_parser_reads():
    for text in (f"{SCENE}ANNA\nHi.\n", CHINESE):
        assert parse_bounded(text) == parse_bounded(text.encode()) == parse(text)


def test_a_byte_order_mark_is_no_part_of_the_text():
    assert parse_bounded(b"\xef\xbb\xbf" + CHINESE.encode()) == parse(CHINESE)


def test_a_refusal_crosses_the_process_whole():
    with pytest.raises(ScreenplayError) as refused:
        parse_bounded(f"{SCENE}ANNA\n\nx.")
    assert (refused.value.code, refused.value.status) == ("screenplay_no_words", 400)
    assert refused.value.details == {"line": 3}


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"", "screenplay_empty", 1),
        (" \n\u3000\n", "screenplay_empty", 1),
        (SCENE.encode() + b"\x00", "screenplay_binary", 3),
        (SCENE + "\x1b[31m", "screenplay_binary", 3),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "screenplay_binary", 1),
        (SCENE + "\ud800", "screenplay_binary", 3),
        (SCENE + "x" * MAX_BYTES, "screenplay_too_big", 3),
        (SCENE + "雨" * (MAX_BYTES // 3), "screenplay_too_big", 3),
    ],
)
def test_what_is_no_text_never_reaches_the_parser(data, code, line):
    with pytest.raises(ScreenplayError) as refused:
        parse_bounded(data)
    assert (refused.value.code, refused.value.details) == (code, {"line": line})


@pytest.mark.parametrize(("encoding", "name"), [("gb18030", "GB18030"), ("utf-16", "UTF-16")])
def test_other_encodings_are_named_with_the_way_to_convert(encoding, name):
    with pytest.raises(ScreenplayError) as refused:
        parse_bounded(CHINESE.encode(encoding))
    assert refused.value.code == "screenplay_binary"
    assert name in refused.value.message
    assert f"iconv -f {name} -t UTF-8" in refused.value.remedy


@pytest.mark.parametrize("opening", ["[[", "/*"])
def test_fifty_thousand_openings_are_refused_at_once(opening):
    started = time.monotonic()
    with pytest.raises(ScreenplayError) as refused:
        parse_bounded(SCENE + opening * 50_000)
    assert (refused.value.code, refused.value.details) == ("screenplay_invalid", {"line": 3})
    assert time.monotonic() - started < 9


@pytest.mark.parametrize(
    "text",
    [
        SCENE + "A" + " " * 100_000 + "b", SCENE + "*_" * 60_000, SCENE + "@" + "(" * 100_000,
        SCENE + "A" + "(" * 100_000 + "\nb", SCENE + "[[" * 50_000 + "]]", SCENE + "：" * 80_000,
        "内景 " + "客 " * 40_000, SCENE + "ANNA\n" + "(" * 100_000 + "x",
    ],
    ids=["spaces", "emphasis", "forced cue", "cue", "closed note", "colons", "heading", "brackets"],
)  # fmt: skip
def test_hostile_text_is_answered_in_time(text):
    started = time.monotonic()
    try:
        line = parse_bounded(text).scenes[0].source_line
    except ScreenplayError as error:
        line = error.details["line"]
    assert line >= 1
    assert time.monotonic() - started < 12


def test_a_parser_that_hangs_is_killed_and_the_line_named(monkeypatch):
    monkeypatch.setattr(bounded, "BOOT", "import time; time.sleep(60)")
    monkeypatch.setattr(bounded, "WALL_SECONDS", 0.5)
    started = time.monotonic()
    with pytest.raises(ScreenplayError) as refused:
        parse_bounded(f"{SCENE}short\n\n{'long ' * 50}\n")
    assert time.monotonic() - started < 9
    assert (refused.value.code, refused.value.details) == ("screenplay_too_slow", {"line": 5})


def test_a_parser_that_eats_memory_or_time_dies_by_its_own_limits(monkeypatch):
    limits = bounded.BOOT.partition("from generation")[0] + "import generation.screenplay.child as c; c.CPU_SECONDS=1;"
    for greed in ("exec('while True: pass')", "bytearray(10**10)"):
        boot = f"{limits} import generation.screenplay.reader as r; r.parse=lambda text: {greed}; c.main()"
        monkeypatch.setattr(bounded, "BOOT", boot)
        with pytest.raises(ScreenplayError) as refused:
            parse_bounded(SCENE + "x.")
        assert refused.value.code == "screenplay_too_slow"


def test_a_fault_of_ours_is_not_blamed_on_the_text(monkeypatch):
    monkeypatch.setattr(bounded, "BOOT", "raise ZeroDivisionError('ours')")
    with pytest.raises(RuntimeError, match="ours"):
        parse_bounded(SCENE + "x.")


def test_the_child_imports_no_django():
    code = "import generation.screenplay.child, generation.screenplay.reader, sys; print('django' in sys.modules)"
    command = [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}; {code}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
