"""The rule lists find what they name, where it stands, through the usual disguises."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.folding import fold
from safety.rules import RULES, VERSION
from safety.text import MAX_FLAGS, Severity, check


def found(text, language="en"):
    return [(flag.code, text[flag.start : flag.end]) for flag in check(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("He told me how to kill yourself.", "en", [("self_harm_method", "how to kill yourself")]),
        ("HOW  TO\nKILL yourself", "en", [("self_harm_method", "HOW  TO\nKILL yourself")]),
        ("you sh1t", "en", [("profanity", "sh1t")]),
        ("ＦＵＣＫ off", "en", [("profanity", "ＦＵＣＫ")]),
        ("f\u200bu\u200bck", "en", [("profanity", "f\u200bu\u200bck")]),
        ("see t.me/abc", "en", [("off_platform", "t.me/")]),
        ("他在网上找自杀方法", "zh", [("self_harm_method", "自杀方法")]),
        ("自 杀.方·法", "zh", [("self_harm_method", "自 杀.方·法")]),
        ("加ＱＱ聊", "zh", [("off_platform", "加ＱＱ")]),
        ("他说fuck你", "zh", [("profanity", "fuck")]),
    ],
)
def test_what_is_listed_is_found_where_it_stands(text, language, expected):
    assert found(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Scunthorpe shiitake assembly class cocktail", "en"), ("I will kill him, she said, and died.", "en"),
        ("The bomb under the table never went off.", "en"), ("她哭着离开了他，再也没有回来。", "zh"), ("", "en"),
        ("他杀了人，然后自首。", "zh"), ("1 5h1p 4 y0u", "en"),
    ],
)
def test_what_a_drama_needs_is_left_alone(text, language):
    assert check(text, language) == ()


def test_every_listed_term_finds_itself():
    for language, rules in RULES.items():
        for rule in rules:
            for term in rule.terms:
                assert term == fold(term).text, f"{term} is not folded, so it can never match"
                assert (rule.code, term) in found(term, language) or rule.code in dict(found(term, language))


def test_severities_and_the_version_are_named():
    assert {flag.severity for flag in check("kill yourself now, buy meth, shit", "en")} == set(Severity)
    assert VERSION


@given(st.text(max_size=300), st.sampled_from(["en", "zh", "xx", ""]))
def test_any_text_gives_places_inside_it(text, language):
    for flag in check(text, language):
        assert 0 <= flag.start < flag.end <= len(text)


@given(st.text(max_size=100))
def test_folding_keeps_every_characters_place(text):
    folded = fold(text)
    assert len(folded.text) == len(folded.origin)
    assert list(folded.origin) == sorted(folded.origin)


def test_a_hostile_text_takes_linear_time_and_gives_a_bounded_answer():
    text = "how to how to kill " * 14_000 + "fuck " * 1000  # 270 KB
    started = time.process_time()
    flags = check(text, "en")
    assert time.process_time() - started < 5
    assert len(flags) == MAX_FLAGS
