"""A cold animatic episode against its own length, and one edited line against the whole render.

Both go through the command that people use, with real servers and workers; each round has a state folder of its own, so
that nothing is reused but what the second render of the round is meant to reuse.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.harness import Result, compare

ROOT = Path(__file__).resolve().parents[2]
SCREENPLAY = ROOT / "docs" / "examples" / "the-letter.fountain"
EDIT = ("What did you put in it?", "What did you pour in it?")
ROUNDS = 1  # a round is two renders with servers of their own; more rounds: run it more than once


def run() -> list[Result]:
    edits: list[float] = []

    def cold() -> float:
        with tempfile.TemporaryDirectory() as folder:
            first = _render(Path(folder), SCREENPLAY.read_text())
            second = _render(Path(folder), SCREENPLAY.read_text().replace(*EDIT))
        edits.append(second["seconds"])
        lengths.append(first["duration_ms"] / 1000)
        return float(first["seconds"])

    lengths: list[float] = []
    whole = compare("animatic_episode_cold", cold, None, unit="s", budget="<= 0.6x its length", rounds=ROUNDS)
    ratio = round(whole.value / lengths[-1], 4)
    length = round(lengths[-1], 2)
    episode = Result(whole.name, whole.value, "s", length, ratio, whole.budget, len(lengths), whole.spread)
    edit = Result(
        "animatic_edit_one_line", round(edits[-1], 3), "s", whole.value, round(edits[-1] / whole.value, 4),
        "<= 0.1x the render", len(edits), "",
    )
    return [episode, edit]


def _render(folder: Path, text: str) -> dict[str, float]:
    """The `render.json` of one run of the command; its `seconds` run from the request to DONE."""
    story = folder / "story.fountain"
    story.write_text(text)
    clean = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "render", str(story), "--out", str(folder / "out"), "--json"],
        check=True, capture_output=True, env=clean | {"RW_STATE_DIR": str(folder / "state")}, cwd=ROOT,
    )
    found: dict[str, float] = json.loads((folder / "out" / "render.json").read_text())
    return found
