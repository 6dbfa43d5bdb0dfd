"""The price list of machine time: one file of data, read once a process."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

OURS = Path(__file__).with_name("rates.toml")
OTHER = "other"
MOST = 1_000_000  # micros a second: a price above one unit of currency a second is a slip of the keyboard


@dataclass(frozen=True, slots=True)
class Machine:
    """What a second of a worker of this class costs."""

    micros_per_second: float
    gpu: bool = False


@dataclass(frozen=True, slots=True)
class Rates:
    """The machine classes by queue, and the currency that the micros are millionths of."""

    currency: str
    machines: Mapping[str, Machine]

    def machine(self, queue: str) -> Machine:
        return self.machines.get(queue) or self.machines[OTHER]


def read_rates(path: Path) -> Rates:
    """A price list from its file. Raises `ImproperlyConfigured`, which names the line that cannot be right."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as broken:
        raise ImproperlyConfigured(f"The price list {path.name} cannot be read: {broken}") from broken
    machines = {name: _machine(path.name, name, line) for name, line in dict(said.get("machines", {})).items()}
    if OTHER not in machines:
        raise ImproperlyConfigured(f"{path.name} has to name [machines.{OTHER}], for queues without a line.")
    return Rates(str(said.get("currency", "USD")), machines)


def rates() -> Rates:
    """The price list that holds here."""
    return _read(Path(getattr(settings, "COMPUTE_RATES", "") or OURS))


def rate(queue: str) -> float:
    """Micros for one second of one worker of `queue`."""
    return rates().machine(queue).micros_per_second


def on_gpu(queue: str) -> bool:
    """Whether the workers of `queue` are paid for a GPU."""
    return rates().machine(queue).gpu


@lru_cache(maxsize=8)
def _read(path: Path) -> Rates:
    return read_rates(path)


def _machine(file: str, name: str, line: Any) -> Machine:
    price = line.get("micros_per_second") if isinstance(line, dict) else None
    if isinstance(price, bool) or not isinstance(price, int | float) or not 0 <= price <= MOST:
        raise ImproperlyConfigured(f"{file}: [machines.{name}] needs micros_per_second, 0 to {MOST}.")
    return Machine(float(price), line.get("gpu") is True)
