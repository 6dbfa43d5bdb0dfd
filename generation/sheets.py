"""Sheets of the cast: made once for a look and a style, approved by a person, then shown to the model with every shot.

A sheet is a step like any other, named by its key: whoever has the same look in the same style and model has the same
sheet, in every episode; another look, style, seed or model is another sheet, to be approved anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from catalog.models import Episode
from common.errors import Conflict, Invalid, NotFound
from generation import scheduler
from generation.approvals import approved_among, name_of, sheets_in
from generation.cast import screenplay_latest
from generation.engines.profiles import get_profile
from generation.models import Artifact, Render, Screenplay, SheetApproval, Step
from generation.plan import Plan
from generation.services import episode_wish
from media import grants
from media.urls_for import media_path

PICTURE = "keyframe.png"


def sheets_of(*, episode: Episode, profile: str, subject: str, now: datetime) -> list[dict[str, Any]]:
    """Every sheet that the episode's latest screenplay needs at a profile, as JSON; empty where the profile's model is
    shown none. `picture` is signed for `subject`. As many queries for twenty people as for one.
    """
    plan = _wish(episode, profile)[1]
    steps = sheets_in(plan)
    creator_id = episode.series.creator_id
    keys = [step.key for step in steps]
    stored = {row.key: row for row in Artifact.objects.filter(creator_id=creator_id, key__in=keys)}
    rows = Step.objects.filter(creator_id=creator_id, key__in=keys).values_list("key", "status", "fraction")
    standing = {key: (status, fraction) for key, status, fraction in rows}
    approved = approved_among(creator_id, keys)
    look = _Look(stored, standing, approved, _renders(creator_id, keys), subject, now)
    return [look.told(step.key, name_of(step)) for step in steps]


def sheet_request(*, episode: Episode, key: str, profile: str, by: User | None, now: datetime) -> Render:
    """Have one sheet made, before anything else of the episode. Raises what `render_request` raises, and `NotFound` for
    a sheet that the episode does not need.
    """
    columns, plan, text = _wish(episode, profile)
    step = _needed(plan, key)
    columns["brief"]["sheet"] = {"key": key, "name": name_of(step)}
    columns |= {
        "episode": episode, "screenplay": text, "profile": profile, "requested_by": by, "kind": Render.Kind.SHOT,
    }  # fmt: skip
    wish = scheduler.Wish(columns, plan.upto(key), Step.Lane.PREVIEW)
    return scheduler.add_render(creator_id=episode.series.creator_id, wish=wish, now=now)


def sheet_approve(*, episode: Episode, key: str, profile: str, by: User, now: datetime) -> None:
    """This is how they look: shots may be made with it. Approving twice is no error.

    Raises `NotFound`, and `Conflict` (sheet_not_made) while nobody can have seen it.
    """
    _needed(_wish(episode, profile)[1], key)
    creator_id = episode.series.creator_id
    with transaction.atomic():
        if not Artifact.objects.filter(creator_id=creator_id, key=key).exists():
            raise Conflict("This sheet is not made yet.", code="sheet_not_made", remedy="Have it made, and look at it.")
        SheetApproval.objects.get_or_create(
            creator_id=creator_id, key=key, defaults={"approved_by": by, "approved_at": now}
        )


def sheet_withdraw(*, episode: Episode, key: str, profile: str) -> None:
    """Approved no more; what was made with it stays as it is. Withdrawing twice is no error. Raises `NotFound`."""
    _needed(_wish(episode, profile)[1], key)
    SheetApproval.objects.filter(creator_id=episode.series.creator_id, key=key).delete()


def sheets_accept(*, episode: Episode, profile: str, by: User | None, now: datetime) -> None:
    """Approve all sheets of the episode unseen, made or not: for a command, which can show nobody a picture."""
    rows = [
        SheetApproval(creator_id=episode.series.creator_id, key=step.key, approved_by=by, approved_at=now)
        for step in sheets_in(_wish(episode, profile)[1])
    ]
    SheetApproval.objects.bulk_create(rows, ignore_conflicts=True)


@dataclass(frozen=True, slots=True)
class _Look:
    """What is known of many sheets."""

    stored: Mapping[str, Artifact]
    standing: Mapping[str, tuple[str, float]]
    approved: Collection[str]
    renders: Mapping[str, Render]
    subject: str
    now: datetime

    def told(self, key: str, name: str) -> dict[str, Any]:
        made, render = self.stored.get(key), self.renders.get(key)
        status, fraction = self.standing.get(key, ("", 0.0))
        return {
            "key": key, "name": name, "approved": key in self.approved,
            "status": Render.Status.DONE if made else STANDING.get(status, "none"),
            "percent": 100.0 if made else round(100 * fraction, 1),
            "render": str(render.uid) if render else None, "picture": self._signed(made),
        }  # fmt: skip

    def _signed(self, made: Artifact | None) -> str | None:
        if made is None:
            return None
        grant = grants.sign(subject=self.subject, prefix=made.prefix, scope="preview", now=self.now)
        return media_path(grant.token, PICTURE)


STANDING: dict[str, str] = {
    Step.Status.BLOCKED: Render.Status.QUEUED, Step.Status.READY: Render.Status.QUEUED,
    Step.Status.LEASED: Render.Status.RUNNING, Step.Status.PAUSED: Render.Status.PAUSED,
    Step.Status.FAILED: Render.Status.FAILED,
}  # fmt: skip


def _wish(episode: Episode, profile: str) -> tuple[dict[str, Any], Plan, Screenplay]:
    text = screenplay_latest(episode=episode)
    if text is None:
        raise Invalid("There is no screenplay yet.", code="no_screenplay", remedy="Save a screenplay first.")
    columns, (plan, _) = episode_wish(episode, text, get_profile(profile))
    return columns, plan, text


def _needed(plan: Plan, key: str) -> Any:
    for step in sheets_in(plan):
        if step.key == key:
            return step
    raise NotFound("The episode needs no such sheet.", remedy="Ask for the sheets again: a look may have changed.")


def _renders(creator_id: int, keys: Sequence[str]) -> dict[str, Render]:
    """The open renders that make these sheets and nothing else."""
    rows = Render.objects.filter(
        creator_id=creator_id, status__in=Render.OPEN, kind=Render.Kind.SHOT, final_key__in=keys
    ).only("uid", "final_key")
    return {row.final_key: row for row in rows}
