"""`python -m tests.bench [name ...]`: runs the benchmarks, prints a table, writes `build/bench.json`."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.harness import Result, write

HERE = Path(__file__).parent
NAMES = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def main() -> int:
    wanted = sys.argv[1:] or NAMES
    if unknown := sorted(set(wanted) - set(NAMES)):
        sys.exit(f"No benchmark {', '.join(unknown)}. There are: {', '.join(NAMES)}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    results: list[Result] = []
    for name in wanted:
        Console().print(f"[dim]{name} …")
        results += importlib.import_module(f"tests.bench.bench_{name}").run()
    path = write(results)
    table = Table("what", "value", "floor", "ratio", "budget", "rounds", "spread")
    for r in results:
        floor = "-" if r.floor is None else f"{r.floor:g} {r.unit}"
        ratio = "-" if r.ratio is None else f"{r.ratio:.3g}"
        table.add_row(r.name, f"{r.value:g} {r.unit}", floor, ratio, r.budget, str(r.rounds), r.spread)
    Console().print(table)
    Console().print(f"written to {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
