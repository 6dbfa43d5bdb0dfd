"""Who is brought in how: the look that a screenplay itself gives its people."""

from __future__ import annotations

from pathlib import Path

import pytest

from generation.breakdown import introductions
from generation.screenplay import parse

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


def looks(action: str, *, speaker: str = "MARA", heading: str = "INT. HALL - NIGHT") -> str:
    return introductions(parse(f"{heading}\n\n{action}\n\n{speaker}\nNo.\n"))[speaker]


@pytest.mark.parametrize(
    ("action", "look"),
    [
        ("Mara, a woman of 28, red coat, freezes.", "a woman of 28, red coat"),
        ("MARA (40s, grey suit, a woman) waits.", "40s, grey suit, a woman"),
        ("The door opens. Mara turns. She has a knife.", "woman"),
        ("Mara runs.", ""),
        ("Mara steps in. A tall woman in a black veil.", "A tall woman in a black veil"),
        ("Rain. A woman walks by.", ""),
    ],
)
def test_a_look_is_what_stands_at_the_first_mention(action: str, look: str) -> None:
    assert looks(action) == look


@pytest.mark.parametrize(
    ("action", "look"),
    [
        ("林木，二十八岁的女人，黑色长发，红毛衣，拆开信。", "二十八岁的女人，黑色长发，红毛衣"),
        ("林木（三十岁，黑色西装）推门进来。她笑了。", "三十岁，黑色西装，女"),
        ("林木推门进来。", ""),
    ],
)
def test_a_chinese_look_is_read_the_same_way(action: str, look: str) -> None:
    assert looks(action, speaker="林木", heading="内景 客厅 - 夜") == look


def test_a_pronoun_after_two_names_says_nothing_of_either() -> None:
    text = "INT. HALL - NIGHT\n\nMara looks at Ash. He smiles.\n\nMARA\nYou.\n\nASH\nMe.\n"
    assert introductions(parse(text)) == {"MARA": "", "ASH": ""}


def test_only_the_first_description_counts_and_everybody_has_an_entry() -> None:
    found = introductions(
        parse(
            "INT. HALL - NIGHT\n\nMara, a woman in red, waits.\n\nMARA\nYou.\n\nJONAS\nMe.\n\nMara, in blue, goes.\n"
        )
    )
    assert found == {"MARA": "a woman in red", "JONAS": ""}


@pytest.mark.parametrize("name", ["the-letter", "yuye"])
def test_everybody_in_the_examples_is_described(name: str) -> None:
    found = introductions(parse((EXAMPLES / f"{name}.fountain").read_text()))
    assert len(found) == 3
    assert all(found.values()), found
