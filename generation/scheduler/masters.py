"""The end of a render, in one transaction: an episode's package becomes a master; a take is done with its clip."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from catalog.models import Master
from catalog.services import MasterDraft, RenditionDraft, SubtitleDraft, master_register
from common.transitions import move
from generation.models import Artifact, Render, RenderStep
from generation.progress import Happening, record


def live_renders_of(step_id: int) -> QuerySet[Render]:
    """Renders that still want this step."""
    linked = RenderStep.objects.filter(step_id=step_id).values("render_id")
    return Render.objects.filter(pk__in=linked, status__in=Render.LIVE)


def finish_renders(creator_id: int, final_key: str, *, now: datetime) -> int:
    """Every open render whose last artifact is there is done, an episode's with its master; returns how many."""
    waiting = Render.objects.filter(creator_id=creator_id, final_key=final_key, status__in=Render.OPEN)
    renders = list(waiting.select_for_update(no_key=True, of=("self",)).select_related("episode").order_by("pk"))
    if not renders:
        return 0
    last = Artifact.objects.filter(creator_id=creator_id, key=final_key).first()
    if last is None:
        return 0
    done = []
    for render in renders:
        master = _master(render, last, now) if render.kind == Render.Kind.EPISODE else None
        also: dict[str, Any] = {"percent": 100.0, "master": master, "finished_at": now, "pause_reason": ""}
        if move(render, expect=Render.OPEN, to=Render.Status.DONE, **also):
            done.append(Happening(render, "done", {"master": str(master.uid)} if master else {}))
    record(done, now=now)
    return len(done)


def _master(render: Render, package: Artifact, now: datetime) -> Master:
    """An unchanged episode rendered again is the master that it was; once that was reviewed, a new version."""
    same = Master.objects.filter(episode_id=render.episode_id, prefix=package.prefix, evidence_sha256="").first()
    return same or master_register(episode=render.episode, draft=master_draft(render, package), now=now)


def master_draft(render: Render, package: Artifact) -> MasterDraft:
    """What the package step said of its files, in the catalogue's words."""
    meta: dict[str, Any] = package.meta
    return MasterDraft(
        profile=render.profile, prefix=package.prefix, duration_ms=meta["duration_ms"], width=meta["width"],
        height=meta["height"], fps=meta["fps"], size_bytes=meta["size_bytes"], loudness_lufs=meta["loudness_lufs"],
        captions_burned=bool(render.brief["profile"]["captions_burned"]), render_uid=render.uid,
        renditions=tuple(RenditionDraft(**rendition) for rendition in meta["renditions"]),
        subtitles=tuple(SubtitleDraft(**subtitle) for subtitle in meta["subtitles"]),
    )
