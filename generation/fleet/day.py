"""A day's work for a virtual fleet: real series, episodes, texts, renders and steps, added as any render is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.models import Episode, Series
from common.canonical import digest
from common.ids import unguessable
from creators.models import Creator
from generation import scheduler
from generation.fleet.figures import Figures
from generation.models import Render, Screenplay, Step
from generation.plan import Plan, PlannedStep
from generation.scheduler import bells

GPU, CPU = "gpu", "encode"
EPISODE_MS = 45_000


@dataclass(frozen=True, slots=True)
class Day:
    """A day's wish and the machines for it. `models` are given to the creators in turn.

    `gpus` machines of class `machine`; `spot`: they cost less and are taken away.
    """

    models: tuple[str, ...]
    machine: str
    gpus: int
    episodes: int = 100
    failure_rate: float = 0.0
    spot: bool = False
    seed: int = 1

    def model_of(self, creator: int) -> str:
        """The model of the creator at this place, from 0."""
        return self.models[creator % len(self.models)]


@dataclass(frozen=True, slots=True)
class Laid:
    """What was asked for: series, and renders by id with their model."""

    series: tuple[Series, ...]
    renders: dict[int, str]


def lay_day(day: Day, figures: Figures, *, now: datetime) -> Laid:
    """Everything is asked for at `now`: episode by episode, creator by creator."""
    run = unguessable()[:12]
    creators = Creator.objects.bulk_create(
        Creator(name=f"Fleet {n}", handle=f"day-{run}-{n}") for n in range(creators_of(day, figures))
    )
    series = Series.objects.bulk_create(
        Series(creator=creator, title=f"Day {n}", language="en") for n, creator in enumerate(creators)
    )
    renders: dict[int, str] = {}
    with bells.silence():
        for number in range(day.episodes):
            place = number % len(series)
            model = day.model_of(place)
            render = _ask(series[place], 1 + number // len(series), model, day, figures, now)
            renders[render.pk] = model
    return Laid(tuple(series), renders)


def _ask(series: Series, number: int, model: str, day: Day, figures: Figures, now: datetime) -> Render:
    episode = Episode.objects.create(series=series, number=number)
    text = Screenplay.objects.create(
        episode=episode, version=1, source="A day.", sha256="0" * 64, language="en", estimated_ms=EPISODE_MS,
        shot_count=_count(figures, "shots_per_episode"),
    )
    brief = {"title": "", "language": "en", "profile": {"captions_burned": True}, "shots": [], "cast": [], "takes": {}}
    columns: dict[str, Any] = {
        "episode": episode, "screenplay": text, "profile": "final", "requested_by": None, "brief": brief,
    }
    plan = episode_plan(model, day.machine, figures, salt=str(episode.uid))
    return scheduler.add_render(
        creator_id=series.creator_id, wish=scheduler.Wish(columns, plan, Step.Lane.FINAL), now=now
    )


def episode_plan(model: str, machine: str, figures: Figures, *, salt: str) -> Plan:
    """The steps of one episode as the planner makes them, what needs no GPU drawn together, and takes rolled besides:
    here the package waits for those too.
    """
    shots = _count(figures, "shots_per_episode")
    takes = round(shots * figures.day["takes_per_shot"].value)
    voice = _step(salt, "voice", "voices", CPU, figures.rest["voice"].value, ())
    steps, clips = [voice], []
    for take in range(takes):
        steps += _shot(salt, take, model, machine, figures, voice)
        clips.append(steps[-1])
    package = _step(salt, "package", "package", CPU, figures.rest["package"].value, tuple(clips))
    return Plan((*steps, package), package.key)


def _shot(
    salt: str, take: int, model: str, machine: str, figures: Figures, voice: PlannedStep
) -> Iterator[PlannedStep]:
    """The steps of one take on a GPU: each needs the one before, and the clip its words."""
    before: tuple[PlannedStep, ...] = ()
    for kind in figures.models[model].gpu_kinds():
        needs = (*before, voice) if kind == "shot" else before
        seconds = figures.seconds(model, machine, kind)
        step = _step(salt, kind, f"{kind} {take}", GPU, seconds, needs, affinity=model)
        before = (step,)
        yield step


def _step(
    salt: str, kind: str, label: str, queue: str, seconds: float, needs: tuple[PlannedStep, ...], affinity: str = ""
) -> PlannedStep:
    key = digest({"day": salt, "label": label})
    return PlannedStep(
        key, kind, queue, {}, tuple((need.label, need.key) for need in needs), label, None, seconds, affinity
    )


def creators_of(day: Day, figures: Figures) -> int:
    """How many creators ask; each for its share of the episodes, in turn."""
    return min(_count(figures, "creators"), day.episodes)


def _count(figures: Figures, name: str) -> int:
    return max(1, round(figures.day[name].value))
