"""Series of many episodes, stored without a parser's child process for each."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils import timezone

from accounts.models import User
from catalog.models import Episode, Series
from generation import batches
from generation.cast import newcomers
from generation.models import Batch, BatchItem, Character, ComputeAccount, Screenplay, Step
from generation.preflight import series_preflight
from generation.screenplay import parse
from tests.builders import make_creator, make_episode, make_series

SHAPE = """INT. HALLWAY - NIGHT

MARA
{line}

JONAS
Don't open it!
"""


def a_series(count: int, owner: User | None = None, shape: str = SHAPE) -> Series:
    """Episodes of the same people; each has a line of its own and shares the other ones."""
    series = make_series(make_creator(owner))
    for number in range(1, count + 1):
        store(series, number, shape.format(line=f"This is envelope number {number}."))
    return series


def store(series: Series, number: int, source: str) -> Episode:
    """An episode with this text, and its speakers in the cast."""
    episode = make_episode(series, number)
    known = {row.name: row for row in Character.objects.filter(series=series)}
    Character.objects.bulk_create(newcomers(series, parse(source), known))
    digest = hashlib.sha256(source.encode()).hexdigest()
    Screenplay.objects.create(
        episode=episode, version=1, source=source, sha256=digest, language="en", shot_count=1, estimated_ms=1
    )
    return episode


def episodes(series: Series) -> list[Episode]:
    """In order."""
    return list(Episode.objects.filter(series=series).order_by("number"))


def admitted(series: Series, **more: Any) -> Batch:
    """A batch of the series, as its creator asks for it."""
    return batches.batch_create(series=series, profile="animatic", by=None, now=timezone.now(), **more)


def attend() -> None:
    """Until nothing is left to do now."""
    while batches.attend(clock=timezone.now):
        pass


def view(batch: Batch) -> dict[str, Any]:
    return batches.batch_view(batch, now=timezone.now())


def tell(order: str, batch: Batch) -> Batch:
    told: Batch = getattr(batches, f"batch_{order}")(batch=batch, now=timezone.now())
    return told


def counts(batch: Batch) -> dict[str, int]:
    """Those that are not zero."""
    return {state: count for state, count in view(batch)["counts"].items() if count}


def status(batch: Batch) -> str:
    batch.refresh_from_db()
    return batch.status


def price_of(series: Series) -> int:
    survey = series_preflight(series=series, profile="animatic", now=timezone.now())
    return int(survey.report["totals"]["cost_micros"])


def account_is_right(series: Series) -> bool:
    """Nothing is held but for open steps and items."""
    held = ComputeAccount.objects.get(creator=series.creator).held_micros
    steps, items = (model.objects.values_list("held_micros", flat=True) for model in (Step, BatchItem))
    return bool(held == sum(steps) + sum(items))
