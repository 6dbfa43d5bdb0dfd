"""What is frozen beside a master when it is submitted: enough to judge it by, and to tell later how it was made."""

from __future__ import annotations

from typing import Any

from generation.engines.profiles import get_profile
from generation.models import Artifact, Consent, Render, RenderStep

VERSION = 1


def build_evidence(render: Render) -> dict[str, Any]:
    """JSON about a done render: text, shots with prompts, models and licences, consents, artifact keys. Four queries.

    `moderation.evidence` reads it and says which fields it looks for.
    """
    brief = render.brief
    keys = dict(RenderStep.objects.filter(render=render).order_by("position").values_list("label", "step__key"))
    metas = dict(
        Artifact.objects.filter(creator_id=render.creator_id, key__in=keys.values()).values_list("key", "meta")
    )
    package = metas.get(render.final_key, {})
    screenplay = render.screenplay
    return {
        "version": VERSION,
        "title": brief["title"],
        "language": brief["language"],
        "duration_ms": package.get("duration_ms"),
        "loudness_lufs": package.get("loudness_lufs"),
        "screenplay": {"version": screenplay.version, "sha256": screenplay.sha256, "text": screenplay.source},
        "render": {"uid": str(render.uid), "profile": brief["profile"], "created_at": render.created_at.isoformat()},
        "look": brief["look"],
        "cast": _cast(render),
        "shots": [_shot(number, shot, keys, metas) for number, shot in enumerate(brief["shots"], start=1)],
        "models": _models(render, metas),
        "artifacts": keys,
    }


def _shot(number: int, shot: dict[str, Any], keys: dict[str, str], metas: dict[str, Any]) -> dict[str, Any]:
    meta = metas.get(keys.get(f"shot {number}", ""), {})
    made = {"duration_ms": meta.get("duration_ms"), "seed": meta.get("seed"), "provenance": meta.get("provenance")}
    return shot | {"number": number} | made


def _cast(render: Render) -> list[dict[str, Any]]:
    """The characters as they were, each with the consents that were on record when it was submitted."""
    consents: dict[str, list[dict[str, Any]]] = {}
    for row in Consent.objects.filter(character__series=render.episode.series_id).select_related("character"):
        consents.setdefault(str(row.character.uid), []).append(
            {
                "uid": str(row.uid), "kind": row.kind, "subject_name": row.subject_name, "document": row.document,
                "granted_at": row.granted_at.isoformat(),
                "revoked_at": row.revoked_at.isoformat() if row.revoked_at else None,
            }
        )
    return [member | {"consents": consents.get(member["uid"], [])} for member in render.brief["cast"]]


def _models(render: Render, metas: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything that made pictures or voices, once each, by what the steps said of themselves."""
    engine = get_profile(render.profile).engine
    found = {("engine", engine): {"role": "engine", "name": engine, "licence": "Apache-2.0"}}
    for meta in metas.values():
        made = meta.get("provenance") or {}
        for model in made.get("models", []):
            found[("model", str(model.get("name")))] = {"role": "model", **model}
        if made.get("engine") == engine:
            found[("engine", engine)] |= {key: made[key] for key in ("version", "licence") if key in made}
    return [found[name] for name in sorted(found)]
