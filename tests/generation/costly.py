"""A series on which money was spent in every way, and an independent sum of it, row by row."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from catalog.models import Episode, Master, Series
from common.ids import unguessable
from generation import scheduler
from generation.budget import attempt_cost, rates
from generation.models import Render, RenderStep, Screenplay, Step, StepAttempt
from generation.scheduler import Failure, Lease
from tests.builders import make_episode
from tests.generation.tiny import META, QUEUES, request_for, written

RETRY = Failure("oom", "Out of memory.", "Use a bigger machine.", retryable=True)


def spend(worker: str, seconds: float, *, ending: str = "done", queues: tuple[str, ...] = QUEUES) -> Lease | None:
    """One attempt at the next ready step, that lasts `seconds` to the microsecond."""
    now = (StepAttempt.objects.aggregate(last=Max("ended_at"))["last"] or timezone.now()) + timedelta(minutes=2)
    for queue in queues:
        lease = scheduler.claim(queue=queue, worker=worker, now=now, lease_seconds=30)
        if lease is not None:
            _end(lease, now + timedelta(seconds=seconds), ending)
            return lease
    return None


def _end(lease: Lease, end: datetime, ending: str) -> None:
    if ending == "done":
        files = [{"name": "made.json", "size": 2, "sha256": "0" * 64}]
        meta = META["package"](_Nowhere()) if lease.kind == "package" else {}  # type: ignore[arg-type]
        prefix = f"artifacts/aa/{lease.creator_id}-{lease.key[:24]}{lease.attempt:08d}"
        assert scheduler.complete(lease=lease, prefix=prefix, meta=meta, files=files, now=end)
    elif ending == "failed":
        assert scheduler.report_failure(lease=lease, failure=RETRY, now=end)
    else:
        Step.objects.filter(pk=lease.step_id).update(lease_expires_at=end - timedelta(seconds=1))
        assert scheduler.sweep(now=end).expired == 1


class _Nowhere:
    """A folder whose files nobody reads."""

    def __truediv__(self, name: str) -> _Nowhere:
        return self

    def write_bytes(self, data: bytes) -> None: ...


def finish(worker: str = "gpu-4090/a", seconds: float = 2.5) -> int:
    """Run whatever is ready to the end; returns how many attempts."""
    count = 0
    while spend(worker, seconds + 0.125 * count):
        count += 1
    return count


def story_of(number: int) -> str:
    return f"Title: Part {number}\n\nINT. ROOM {number} - DAY\n\nMARA waits.\n\nMARA\nThis is part {number}.\n"


def an_episode(series: Series, number: int, *, profile: str = "animatic") -> Episode:
    episode = written(story_of(number), make_episode(series, number))
    request_for(episode, profile)
    return episode


def film_of(episode: Episode) -> Master | None:
    row = Episode.objects.get(pk=episode.pk)
    return row.master or Master.objects.filter(episode=row).order_by("-version").first()


def counted(*episodes: Episode) -> dict[str, Any]:
    """The bill of these episodes, added up one attempt at a time by other means than the code's."""
    total: Counter[str] = Counter()
    for attempt in StepAttempt.objects.select_related("step"):
        links = list(RenderStep.objects.filter(step=attempt.step).order_by("pk").select_related("render__episode"))
        if links[0].render.episode not in episodes:
            continue
        made_film = any(_made_film(link.render) for link in links)
        class_ = attempt.worker.split("/")[0] if "/" in attempt.worker else attempt.step.queue
        lasted = (attempt.ended_at - attempt.started_at).total_seconds()
        total["attempts"] += 1
        total["seconds"] += lasted  # type: ignore[assignment]
        total["micros"] += attempt.cost_micros
        total[f"gpu:{rates().machines[class_].gpu}"] += lasted  # type: ignore[assignment]
        if attempt.outcome == "done":
            total["film_micros" if made_film else "aside_micros"] += attempt.cost_micros
        else:
            total[str(attempt.outcome)] += 1
            total["wasted_micros"] += attempt.cost_micros
            if rates().machines[class_].gpu:
                total["wasted_gpu_seconds"] += lasted  # type: ignore[assignment]
    names = ("attempts", "failed", "lost", "cancelled", "micros", "film_micros", "aside_micros", "wasted_micros")
    spans = {"seconds": total["seconds"], "gpu_seconds": total["gpu:True"],
             "wasted_gpu_seconds": total["wasted_gpu_seconds"]}
    return {name: total[name] for name in names} | {name: round(span, 3) for name, span in spans.items()}


def _made_film(render: Render) -> bool:
    film = film_of(render.episode)
    return film is not None and render.master_id == film.pk


# kind, queue, worker, how it ended, seconds
SPENT = (
    ("voice", "voice", "one", "done", 0.4), ("prompt", "gpu", "gpu-4090/one", "done", 2.5),
    ("latents", "gpu", "gpu-4090/one", "failed", 212.0), ("latents", "gpu", "gpu-l40s/two", "lost", 97.5),
    ("latents", "gpu", "gpu-4090/one", "done", 460.0), ("shot", "gpu", "gpu-4090/one", "done", 80.0),
)


def already_spent(episode: Episode) -> None:
    """Attempts of a render that was cancelled in the end: rows alone, so that no running platform's worker is asked."""
    now = timezone.now()
    text = Screenplay.objects.create(
        episode=episode, version=1, source="x", sha256="0" * 64, language="en", shot_count=1, estimated_ms=3000
    )
    render = Render.objects.create(
        creator_id=episode.series.creator_id, episode=episode, screenplay=text, profile="final", final_key="0" * 64,
        brief={}, status=Render.Status.CANCELLED, finished_at=now,
    )
    for place, (kind, queue, worker, ending, seconds) in enumerate(SPENT):
        step = Step.objects.create(
            creator_id=render.creator_id, key=unguessable() * 2, kind=kind, queue=queue, spec={},
            status=Step.Status.CANCELLED, estimated_seconds=seconds,
        )
        RenderStep.objects.create(render=render, step=step, position=place, label=f"{kind} 1", shot=1)
        began = now - timedelta(seconds=seconds)
        cost = attempt_cost(queue=queue, worker=worker, started_at=began, ended_at=now)
        StepAttempt.objects.create(
            step=step, attempt=1, worker=worker, outcome=ending, started_at=began, ended_at=now, cost_micros=cost
        )
