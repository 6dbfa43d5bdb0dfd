"""A plan: steps with their keys, before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Needs: TypeAlias = list[tuple[str, str]]
Add: TypeAlias = Callable[..., str]


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step as it will be stored. `needs` are (name, key) of steps that stand before it in the plan."""

    key: str
    kind: str
    queue: str
    spec: Mapping[str, Any]
    needs: tuple[tuple[str, str], ...]
    label: str
    shot: int | None
    estimated_seconds: float
    affinity: str = ""


@dataclass(frozen=True, slots=True)
class Filmed:
    """What a shot's own step gets of the stages before it: its needs, what its spec says of the take, what its price
    may know.
    """

    needs: Needs
    spec: dict[str, Any] = field(default_factory=dict)
    estimate: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in an order in which they could run, each key once; `final_key` is the package's.

    `clips` are the keys of the shots by their number, from 1: two shots that are alike to the last word share one.
    """

    steps: tuple[PlannedStep, ...]
    final_key: str
    clips: tuple[str, ...] = ()

    def keys(self) -> frozenset[str]:
        return frozenset(step.key for step in self.steps)

    def clip(self, number: int) -> str:
        """The key of a shot's clip."""
        return self.clips[number - 1]

    def missing(self, keys_present: Collection[str]) -> tuple[PlannedStep, ...]:
        """What must run, in plan order: from the end back, stopping at whatever is present."""
        found = self._behind([self.final_key], keys_present)
        return tuple(step for step in self.steps if step.key in found)

    def upto(self, key: str) -> Plan:
        """The part of the plan that makes `key` and nothing else."""
        found = self._behind([key], ())
        return Plan(tuple(step for step in self.steps if step.key in found), key, self.clips)

    def _behind(self, ends: Iterable[str], stop: Collection[str]) -> set[str]:
        by_key = {step.key: step for step in self.steps}
        wanted, found = list(ends), set[str]()
        while wanted:
            key = wanted.pop()
            if key in found or key in stop:
                continue
            found.add(key)
            wanted += [need for _, need in by_key[key].needs]
        return found
