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
SLASH = "/"  # between a worker's machine class and its own name: gpu-24gb/celery@host
MOST = 1_000_000  # micros a second: a price above one unit of currency a second is a slip of the keyboard


@dataclass(frozen=True, slots=True)
class Machine:
    """What a second of a worker of this class costs, on spot as well where that is had; `source` says who says so."""

    micros_per_second: float
    gpu: bool = False
    spot_micros_per_second: float | None = None
    source: str = ""
    read_on: str = ""
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Rates:
    """The machine classes by queue, and the currency that the micros are millionths of."""

    currency: str
    machines: Mapping[str, Machine]

    def machine(self, queue: str) -> Machine:
        return self.machines.get(queue) or self.machines[OTHER]

    def class_of(self, *, worker: str, queue: str) -> str:
        """The machine class of a worker: the one that its name begins with, else the one that its queue names."""
        said, slash, _ = worker.partition(SLASH)
        return said if slash and said in self.machines else queue


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


def worker_name(own: str) -> str:
    """What a worker signs with: its machine class (RW_MACHINE), where it has one, and its own name.

    Raises `ImproperlyConfigured` for a class that has no price.
    """
    said = settings.MACHINE
    if said and said not in rates().machines:
        raise ImproperlyConfigured(f"RW_MACHINE is {said}, and the price list has no [machines.{said}].")
    return f"{said}{SLASH}{own}" if said else own


@lru_cache(maxsize=8)
def _read(path: Path) -> Rates:
    return read_rates(path)


def _machine(file: str, name: str, line: Any) -> Machine:
    if not isinstance(line, dict):
        line = {}
    price, spot = line.get("micros_per_second"), line.get("spot_micros_per_second")
    if not _is_price(price) or not (spot is None or _is_price(spot)):
        raise ImproperlyConfigured(f"{file}: [machines.{name}] needs micros_per_second, 0 to {MOST}.")
    return Machine(
        float(price), line.get("gpu") is True, None if spot is None else float(spot), str(line.get("source", "")),
        str(line.get("read_on", "")), line.get("assumed") is True,
    )


def _is_price(said: Any) -> bool:
    return not isinstance(said, bool) and isinstance(said, int | float) and 0 <= said <= MOST
