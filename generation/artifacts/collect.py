"""Takes away what nothing refers to: rows first, under the locks of whoever might ask for them, then bytes.

In stages, each a walk in ascending order, so that it can stop anywhere and go on from the place where it stopped:
`rows`, the orphans below `artifacts` and `masters` (bytes without a row: an attempt that died), and `unfinished` puts.
Any number may run at once: a row is deleted by one of them, and bytes that are gone may be deleted again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import NamedTuple, TypeVar

import structlog
from django.db import transaction

from catalog.models import Master
from generation.artifacts.references import unreferenced
from generation.artifacts.store import discard
from generation.models import Artifact, Step
from generation.scheduler.work import lock_creator, lock_steps
from media import storage

log = structlog.get_logger(__name__)
T = TypeVar("T")
SLICE_SECONDS = 15.0  # of the queue of short tasks
PAGE = 200  # rows looked at, and at most locked, at once
ORPHAN_AGE = timedelta(days=1)  # no attempt takes so long between its first byte and its row
STAGES = ("rows", "artifacts", "masters", "unfinished")


class Place(NamedTuple):
    """Where a walk stands: everything up to `after` in this stage, and every earlier stage, has been looked at."""

    stage: str = STAGES[0]
    after: str = ""


@dataclass(frozen=True, slots=True)
class Hunt:
    """What to look for, and whether only to say what is found."""

    now: datetime
    older_than: timedelta
    dry_run: bool = False


@dataclass(slots=True)
class Report:
    """What was freed (in a dry run: would be). `counts` and `sizes` (bytes) are by kind of artifact, orphans by
    "orphan"; `failed` trees could not be deleted and are orphans of a later run. `next` is None at the end.
    """

    counts: Counter[str] = field(default_factory=Counter)
    sizes: Counter[str] = field(default_factory=Counter)
    unfinished: int = 0
    failed: int = 0
    next: Place | None = None

    def note(self, kind: str, size: int, *, freed: bool) -> None:
        self.failed += not freed
        self.counts[kind] += freed
        self.sizes[kind] += size * freed


def collect(hunt: Hunt, *, place: Place = Place(), seconds: float = float("inf")) -> Report:  # noqa: B008 - frozen
    """Walk from `place` to the end, or until `seconds` are over (then `next` of the report is where to go on)."""
    end = time.monotonic() + seconds
    report = Report()
    for reached in _walk(hunt, place, report):
        if time.monotonic() >= end:
            report.next = reached
            break
    if report.counts or report.failed or report.unfinished:
        log.info("artifacts_collected", dry_run=hunt.dry_run, count=report.counts.total(),
                 size_bytes=report.sizes.total(), failed=report.failed, unfinished=report.unfinished)
    return report


def _walk(hunt: Hunt, place: Place, report: Report) -> Iterator[Place]:
    """Does the work, and stops for breath after every page."""
    for stage in STAGES[STAGES.index(place.stage):]:
        after = place.after if stage == place.stage else ""
        if stage == "rows":
            yield from _rows(hunt, int(after or 0), report)
        elif stage == "unfinished":
            report.unfinished += 0 if hunt.dry_run else storage.drop_unfinished(before=hunt.now - ORPHAN_AGE)
        else:
            yield from _orphans(hunt, stage, after, report)


def _rows(hunt: Hunt, after: int, report: Report) -> Iterator[Place]:
    cutoff = hunt.now - hunt.older_than
    while True:
        # so many rows looked at, loose or not: a page costs the same in a table in which everything is needed
        seen = list(Artifact.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:PAGE])
        if not seen:
            return
        found = unreferenced(Artifact.objects.filter(pk__in=seen), cutoff=cutoff)
        page = found.only("pk", "creator_id", "key", "kind", "prefix", "size_bytes")
        by_creator = sorted(page, key=lambda row: row.creator_id)
        for creator_id, rows in groupby(by_creator, key=lambda row: row.creator_id):
            _take(hunt, creator_id, list(rows), cutoff, report)
        after = seen[-1]
        yield Place("rows", str(after))


def _take(hunt: Hunt, creator_id: int, rows: Sequence[Artifact], cutoff: datetime, report: Report) -> None:
    loose = rows if hunt.dry_run else _forget(creator_id, rows, cutoff)
    for row in loose:  # the rows are gone for good by now: whoever asks for such a key makes it anew, elsewhere
        report.note(row.kind, row.size_bytes, freed=hunt.dry_run or discard(row.prefix))


def _forget(creator_id: int, rows: Sequence[Artifact], cutoff: datetime) -> Sequence[Artifact]:
    """Delete the rows that are still loose under the locks that a new render takes: either it comes first and they
    stay, or it finds them gone and makes them again.
    """
    with transaction.atomic():
        lock_creator(creator_id)
        lock_steps(Step.objects.filter(creator_id=creator_id, key__in=[row.key for row in rows]))
        mine = Artifact.objects.filter(pk__in=[row.pk for row in rows])
        loose = set(unreferenced(mine, cutoff=cutoff).values_list("pk", flat=True))
        Artifact.objects.filter(pk__in=loose).delete()
    return [row for row in rows if row.pk in loose]


def _orphans(hunt: Hunt, kind: str, after: str, report: Report) -> Iterator[Place]:
    if not Artifact.objects.exists():  # another database's store, or an empty one: nothing here can judge it
        return
    for page in _pages(storage.folders(kind, after=after)):
        old = [folder for folder in page if folder.modified < hunt.now - ORPHAN_AGE]
        known = _known([folder.prefix for folder in old])
        for folder in old:
            if folder.prefix not in known:
                report.note("orphan", folder.size, freed=hunt.dry_run or discard(folder.prefix))
        yield Place(kind, page[-1].prefix)


def _known(prefixes: Sequence[str]) -> set[str]:
    rows = Artifact.objects.filter(prefix__in=prefixes).values_list("prefix", flat=True)
    masters = Master.objects.filter(prefix__in=prefixes).values_list("prefix", flat=True)
    return {*rows, *masters} if prefixes else set()


def _pages(found: Iterable[T]) -> Iterator[list[T]]:
    source = iter(found)
    while page := list(islice(source, PAGE)):
        yield page


def collect_slice(*, now: datetime, stage: str, after: str, keep_days: float) -> Place | None:
    """A slice of the nightly walk; returns where the next one goes on, None at the end."""
    hunt = Hunt(now, timedelta(days=keep_days))
    return collect(hunt, place=Place(stage, after), seconds=SLICE_SECONDS).next
