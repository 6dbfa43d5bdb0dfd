"""`manage.py breakdown`: the shots of a file, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from generation.breakdown import (
    breakdown,
    shot_from_json,
)
from generation.screenplay import parse

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"



def test_the_command_prints_the_shots_as_json_only(capsys):
    call_command("breakdown", str(EXAMPLES / "yuye.fountain"), "--json")
    document = json.loads(capsys.readouterr().out)
    shots = breakdown(parse((EXAMPLES / "yuye.fountain").read_text(encoding="utf-8")))
    assert [shot_from_json(shot) for shot in document["shots"]] == list(shots)
    assert (document["title"], document["language"]) == ("雨夜", "zh")
    assert document["estimated_ms"] == sum(shot.estimated_ms for shot in shots)


def test_the_command_prints_a_table_in_which_brackets_are_text(capsys, tmp_path):
    file = tmp_path / "a.fountain"
    file.write_text("INT. A - DAY\n\nANNA\nThis is [bold]mine[/bold].\n", encoding="utf-8")
    call_command("breakdown", str(file))
    assert "ANNA: This is [bold]mine[/bold]." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "says"),
    [("INT. A - DAY\n\nANNA\n\nx.", ":3: ANNA on line 3 has a cue and no words."), (None, "No such file")],
)
def test_the_command_says_where_and_why_it_refuses(content, says, tmp_path):
    file = tmp_path / "a.fountain"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=re.escape(says)):
        call_command("breakdown", str(file))
