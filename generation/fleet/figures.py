"""The figures of a simulated day, from the TOML beside this: what each step takes where, and how that is known."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

OURS = Path(__file__).with_name("figures.toml")
KINDS_OF_TRUTH = ("published", "derived", "assumed", "estimated")
SOURCED = ("published", "derived")


@dataclass(frozen=True, slots=True)
class Source:
    """Where something is said."""

    title: str
    url: str
    read_on: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and how it is known; `source` is a key of `Figures.sources`, empty for what nobody says."""

    value: float
    known: str
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """Seconds by machine class, then by step kind; `load` is the time to take the model into memory."""

    title: str
    machine: str
    keyframes: bool
    on: Mapping[str, Mapping[str, Figure]]

    def gpu_kinds(self) -> tuple[str, ...]:
        """The kinds of step of one shot that run on a GPU, in their order."""
        return ("prompt", *(("keyframe",) if self.keyframes else ()), "latents", "shot")


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that a simulated day is made of."""

    sources: Mapping[str, Source]
    day: Mapping[str, Figure]
    trouble: Mapping[str, Figure]
    rest: Mapping[str, Figure]
    models: Mapping[str, ModelFigures]

    def seconds(self, model: str, machine: str, kind: str) -> float:
        return self.models[model].on[machine][kind].value

    def all(self) -> Iterator[tuple[str, Figure]]:
        """Every figure with its place, for tables and tests."""
        for part, some in (("day", self.day), ("trouble", self.trouble), ("rest", self.rest)):
            yield from ((f"{part}.{name}", figure) for name, figure in some.items())
        for name, model in self.models.items():
            for machine, kinds in model.on.items():
                yield from ((f"{name} on {machine}: {kind}", figure) for kind, figure in kinds.items())


@lru_cache(maxsize=4)
def figures(path: Path = OURS) -> Figures:
    """Read once. Raises `ImproperlyConfigured`, which names what cannot be right."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        sources = {name: Source(**line) for name, line in said["sources"].items()}
        read = {part: _figures(part, said[part], sources) for part in ("day", "trouble", "rest")}
        models = {name: _model(name, line, sources) for name, line in said["models"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as broken:
        raise ImproperlyConfigured(f"The figures of {path.name} cannot be read: {broken!r}") from broken
    return Figures(sources, read["day"], read["trouble"], read["rest"], models)


def _model(name: str, line: Mapping[str, Any], sources: Mapping[str, Source]) -> ModelFigures:
    on = {machine: _figures(f"{name} on {machine}", kinds, sources) for machine, kinds in line["on"].items()}
    model = ModelFigures(str(line["title"]), str(line["machine"]), line["keyframes"] is True, on)
    for machine, kinds in on.items():
        missing = {"load", *model.gpu_kinds()} - set(kinds)
        if missing:
            raise ValueError(f"{name} on {machine} has no {', '.join(sorted(missing))}")
    return model


def _figures(place: str, lines: Mapping[str, Any], sources: Mapping[str, Source]) -> dict[str, Figure]:
    return {name: _figure(f"{place}.{name}", line, sources) for name, line in lines.items()}


def _figure(place: str, line: Mapping[str, Any], sources: Mapping[str, Source]) -> Figure:
    figure = Figure(float(line["value"]), str(line["is"]), str(line.get("source", "")), str(line.get("note", "")))
    if figure.value < 0 or figure.known not in KINDS_OF_TRUTH:
        raise ValueError(f"{place}: a value of at least 0, and one of {', '.join(KINDS_OF_TRUTH)}")
    if (figure.known in SOURCED) != (figure.source in sources):
        raise ValueError(f"{place}: what is {figure.known} {'names' if figure.known in SOURCED else 'has no'} source")
    return figure
