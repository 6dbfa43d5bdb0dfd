"""What the studio's page shows of an episode's renders: the list, and one render's shots with their pictures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from catalog.models import Episode
from generation.models import Artifact, Render, RenderStep, Screenplay
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
    """Every shot of a render as it was planned, in order, with its picture as soon as there is one. Two queries.

    `start_ms` counts from the start of the film over the shots before it: measured ones as they are, others as
    estimated. `preview` is signed for `subject` (scope "preview") and ends with its grant.
    """
    links = RenderStep.objects.filter(render=render, step__kind="shot", shot__isnull=False)
    keys = dict(links.values_list("shot", "step__key"))
    rows = Artifact.objects.filter(creator_id=render.creator_id, key__in=set(keys.values()))
    stored = {row.key: row for row in rows}
    shots: list[dict[str, Any]] = []
    clock = 0
    for number, shot in enumerate(render.brief["shots"], start=1):
        made = stored.get(keys.get(number, ""))
        length = int(made.meta.get("duration_ms", shot["estimated_ms"])) if made else int(shot["estimated_ms"])
        preview = _preview(made, subject, now) if made else None
        shots.append({
            "number": number, "shot": shot, "key": keys.get(number, ""), "done": made is not None,
            "start_ms": clock, "duration_ms": length, "preview": preview,
        })
        clock += length
    return shots


def _preview(made: Artifact, subject: str, now: datetime) -> str | None:
    if not any(file["name"] == PREVIEW for file in made.files):
        return None
    grant = grants.sign(subject=subject, prefix=made.prefix, scope="preview", now=now)
    return media_path(grant.token, PREVIEW)
