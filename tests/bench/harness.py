"""Benchmarks: ours against a floor, in interleaved rounds of one run, medians and spread. Timings never fail a test."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

BUILD = Path(__file__).resolve().parents[2] / "build"


@dataclass(frozen=True, slots=True)
class Result:
    """One line of `build/bench.json`; `value` and `floor` in `unit`, `budget` as a bound on `ratio` or on `value`."""

    name: str
    value: float
    unit: str
    floor: float | None
    ratio: float | None
    budget: str
    rounds: int
    spread: str = ""
    machine: dict[str, str | int] = field(default_factory=lambda: MACHINE)


def _machine() -> dict[str, str | int]:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if "model name" in line), platform.processor())
    return {
        "cpu": model, "cores": os.cpu_count() or 0, "system": platform.system(), "python": platform.python_version()
    }


MACHINE = _machine()


def compare(
    name: str, ours: Callable[[], float], floor: Callable[[], float] | None, *, unit: str, budget: str, rounds: int = 5
) -> Result:
    """Runs `floor` and `ours` in turn; each returns its own figure, so it decides what is timed. One round warms up."""
    mine: list[float] = []
    theirs: list[float] = []
    for turn in range(rounds + 1):
        base = floor() if floor else None
        value = ours()
        if turn == 0 and rounds > 1:
            continue
        mine.append(value)
        if base is not None:
            theirs.append(base)
    ratios = [a / b for a, b in zip(mine, theirs, strict=False)]
    return Result(
        name=name, value=round(statistics.median(mine), 4), unit=unit,
        floor=round(statistics.median(theirs), 4) if theirs else None,
        ratio=round(statistics.median(ratios), 4) if ratios else None,
        budget=budget, rounds=len(mine), spread=f"{min(mine):.4g}..{max(mine):.4g}",
    )


def write(results: list[Result]) -> Path:
    """Writes `build/bench.json`, replacing the results of the same names and keeping the others."""
    BUILD.mkdir(exist_ok=True)
    path = BUILD / "bench.json"
    fresh = {result.name for result in results}
    kept = [old for old in json.loads(path.read_text()) if old["name"] not in fresh] if path.exists() else []
    path.write_text(json.dumps(kept + [asdict(result) for result in results], indent=1) + "\n")
    return path
