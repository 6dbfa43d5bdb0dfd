"""What the studio's page shows of an episode's renders: the list, and one render's shots with their pictures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from catalog.models import Episode
from generation.models import Artifact, Render, Screenplay, StepEdge
from media import grants
from media.urls_for import media_path

MAX_RENDERS = 20
MAX_VERSIONS = 50
PREVIEW = "preview.jpg"


def renders_of(*, episode: Episode, limit: int = MAX_RENDERS) -> list[Render]:
    """The newest renders of an episode, without their briefs, and without takes of single shots. One query."""
    rows = Render.objects.filter(episode=episode, kind=Render.Kind.EPISODE)
    return list(rows.select_related("screenplay", "master").defer("brief").order_by("-pk")[:limit])


def versions_of(*, episode: Episode, limit: int = MAX_VERSIONS) -> list[Screenplay]:
    """The newest versions of an episode's screenplay, without their texts. One query."""
    rows = Screenplay.objects.filter(episode=episode).select_related("created_by").defer("source")
    return list(rows.order_by("-version")[:limit])


def render_shots(*, render: Render, subject: str, now: datetime) -> list[dict[str, Any]]:
    """Every shot of a render as it was planned, in order, with its picture as soon as there is one; of a take its own.
    Two queries.

    `start_ms` counts from the start of the film over the shots before it: measured ones as they are, others as
    estimated. `preview` is signed for `subject` (scope "preview") and ends with its grant.
    """
    keys = _clips(render)
    rows = Artifact.objects.filter(creator_id=render.creator_id, key__in=set(keys.values()))
    stored = {row.key: row for row in rows}
    shots: list[dict[str, Any]] = []
    clock = 0
    for number, shot in enumerate(render.brief["shots"], start=1):
        if render.kind == Render.Kind.SHOT and number not in keys:
            continue
        made = stored.get(keys.get(number, ""))
        length = int(made.meta.get("duration_ms", shot["estimated_ms"])) if made else int(shot["estimated_ms"])
        preview = _preview(made, subject, now) if made else None
        shots.append({
            "number": number, "shot": shot, "key": keys.get(number, ""), "done": made is not None,
            "start_ms": clock, "duration_ms": length, "preview": preview,
        })
        clock += length
    return shots


def _clips(render: Render) -> dict[int, str]:
    """Keys of clips by number. Two shots that are alike to the last word share one: the package knows them all."""
    if render.kind == Render.Kind.SHOT:
        return {render.brief["take"]["shot"]: render.final_key}
    package = StepEdge.objects.filter(step__creator_id=render.creator_id, step__key=render.final_key)
    named = package.filter(name__startswith="shot:").values_list("name", "needs__key")
    return {int(name.removeprefix("shot:")): key for name, key in named}


def _preview(made: Artifact, subject: str, now: datetime) -> str | None:
    if not any(file["name"] == PREVIEW for file in made.files):
        return None
    grant = grants.sign(subject=subject, prefix=made.prefix, scope="preview", now=now)
    return media_path(grant.token, PREVIEW)
