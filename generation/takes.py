"""Takes of a shot: roll again, keep all, pick one, go back. The chosen take's seed is what the next plan draws with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from catalog.models import Episode
from common.errors import Conflict, Invalid, NotFound
from generation import scheduler
from generation import screenplay as fountain
from generation.approvals import require_sheets
from generation.breakdown import Shot, breakdown
from generation.cast import screenplay_latest
from generation.engines.base import Profile
from generation.engines.profiles import get_profile
from generation.models import Artifact, Render, Screenplay, ShotTake, Step
from generation.plan import Plan, shot_refs, shot_seed, take_seed
from generation.scheduler.graph import lock_creator
from generation.services import Ground, ground_of, wish_of
from media import grants
from media.urls_for import media_path

MAX_TAKES = 20
TRIES = 5  # somebody else may roll the same shot at the same time
PREVIEW, CLIP = "preview.jpg", "clip.mp4"


def take_request(*, episode: Episode, shot_ref: str, profile: str, by: User | None, now: datetime) -> ShotTake:
    """Roll a shot of the latest screenplay again: a render of kind SHOT, of that shot's voices and clip and no more.

    Raises what `render_request` raises, `NotFound` if the text has no such shot, `Conflict` (too_many_takes), and
    `BudgetExceeded`; then nothing is stored.
    """
    board, chosen = _Board.of(episode), get_profile(profile)
    for _ in range(TRIES):
        number = _next_number(episode, shot_ref)
        columns, plan, lane = board.rolled(shot_ref, number, chosen)
        require_sheets(episode.series.creator_id, plan)
        columns |= {"screenplay": board.text, "requested_by": by}
        with transaction.atomic():
            lock_creator(episode.series.creator_id)
            if _next_number(episode, shot_ref) == number:
                wish = scheduler.Wish(columns, plan, lane)
                render = scheduler.add_render(creator_id=episode.series.creator_id, wish=wish, now=now)
                return ShotTake.objects.create(
                    episode=episode, shot_ref=shot_ref, number=number, seed=take_seed(shot_ref, number), render=render,
                    created_by=by,
                )
    raise Conflict("Others roll this shot just now.", code="take_race", remedy="Try again.")


def take_choose(*, episode: Episode, shot_ref: str, number: int, by: User | None, now: datetime) -> None:
    """The next render of the episode uses this take; 1 is the shot as it was planned. Choosing twice is no error.

    Raises `NotFound` if there is no such take, `Conflict` (take_not_done) while nobody can have seen it.
    """
    with transaction.atomic():
        mine = ShotTake.objects.select_for_update(no_key=True).filter(episode=episode, shot_ref=shot_ref)
        takes = {take.number: take for take in mine.order_by("pk")}
        if number != 1 and number not in takes:
            raise NotFound("This shot has no such take.", remedy="Roll it first.")
        if number != 1 and _status(takes[number]) != Render.Status.DONE:
            raise Conflict(f"Take {number} is not done.", code="take_not_done", remedy="Wait until it can be seen.")
        ShotTake.objects.filter(episode=episode, shot_ref=shot_ref, chosen=True).exclude(number=number).update(
            chosen=False, updated_at=now
        )
        ShotTake.objects.filter(episode=episode, shot_ref=shot_ref, number=number, chosen=False).update(
            chosen=True, updated_at=now
        )


def takes_of(*, episode: Episode, profile: str, subject: str, now: datetime) -> list[dict[str, Any]]:
    """Every shot of the latest screenplay with its takes, as JSON; seven queries, however many there are.

    `preview` and `clip` are signed for `subject`; of another profile's takes only the seed is known here, until an
    episode was rendered with them.
    """
    board, chosen = _Board.of(episode), get_profile(profile)
    rows: dict[str, list[ShotTake]] = {}
    for take in ShotTake.objects.filter(episode=episode).select_related("render").defer("render__brief").order_by("pk"):
        rows.setdefault(take.shot_ref, []).append(take)
    first, planned = board.plan(chosen, {}), board.plan(chosen, None)
    cards = [_shot_cards(n, ref, rows.get(ref, []), first, planned) for n, ref in enumerate(board.refs, start=1)]
    look = _Look.of(episode.series.creator_id, [card for cards_of in cards for card in cards_of], subject, now)
    return [
        {
            "shot": number,
            "shot_ref": ref,
            "chosen": next((take.number for take in rows.get(ref, []) if take.chosen), 1),
            "takes": [look.told(card, chosen.name, shot_seed(shot)) for card in mine],
        }
        for number, (ref, shot, mine) in enumerate(zip(board.refs, board.shots, cards, strict=True), start=1)
    ]


@dataclass(frozen=True)
class _Board:
    """The shots of the latest screenplay, and what planning needs."""

    episode: Episode
    text: Screenplay
    story: fountain.Screenplay
    shots: Sequence[Shot]
    refs: Sequence[str]
    ground: Ground

    @classmethod
    def of(cls, episode: Episode) -> _Board:
        text = screenplay_latest(episode=episode)
        if text is None:
            raise Invalid("There is no screenplay yet.", code="no_screenplay", remedy="Save a screenplay first.")
        story = fountain.parse(text.source)
        shots = breakdown(story)
        return cls(episode, text, story, shots, shot_refs(shots), ground_of(episode.series))

    def plan(self, profile: Profile, takes: Mapping[str, int] | None) -> Plan:
        """With these seeds, or with the chosen ones."""
        return self._wish(profile, takes)[1][0]

    def rolled(self, ref: str, number: int, profile: Profile) -> tuple[dict[str, Any], Plan, Step.Lane]:
        """Columns, plan and lane of a render of one shot with the seed of that take."""
        if ref not in self.refs:
            raise NotFound("The text has no such shot.", remedy="Ask for the takes again: the shot was rewritten.")
        shot, seed = self.refs.index(ref) + 1, take_seed(ref, number)
        columns, (plan, lane) = self._wish(profile, {**self.ground.takes.get(self.episode.pk, {}), ref: seed})
        columns["brief"]["take"] = {"shot": shot, "shot_ref": ref, "number": number, "seed": seed}
        columns |= {"episode": self.episode, "profile": profile.name, "kind": Render.Kind.SHOT}
        return columns, plan.upto(plan.clip(shot)), lane

    def _wish(
        self, profile: Profile, takes: Mapping[str, int] | None
    ) -> tuple[dict[str, Any], tuple[Plan, Step.Lane]]:
        return wish_of(
            episode=self.episode, story=self.story, shots=self.shots, profile=profile, ground=self.ground, takes=takes
        )


@dataclass(frozen=True, slots=True)
class _Card:
    """A take (None: take 1), and the keys under which its clip may lie, the best first."""

    take: ShotTake | None
    keys: tuple[str, ...]


def _shot_cards(number: int, ref: str, rows: Sequence[ShotTake], first: Plan, planned: Plan) -> list[_Card]:
    cards = [_Card(None, (first.clip(number),))]
    for take in rows:
        as_planned = (planned.clip(number),) if take.chosen else ()
        cards.append(_Card(take, (*as_planned, take.render.final_key)))
    return cards


@dataclass(frozen=True)
class _Look:
    """What is there of many takes."""

    stored: Mapping[str, Artifact]
    steps: Mapping[str, tuple[str, float]]
    subject: str
    now: datetime

    @classmethod
    def of(cls, creator_id: int, cards: Sequence[_Card], subject: str, now: datetime) -> _Look:
        keys = {key for card in cards for key in card.keys}
        stored = {row.key: row for row in Artifact.objects.filter(creator_id=creator_id, key__in=keys)}
        steps = Step.objects.filter(creator_id=creator_id, key__in=keys - set(stored))
        rows = {key: (status, fraction) for key, status, fraction in steps.values_list("key", "status", "fraction")}
        return cls(stored, rows, subject, now)

    def told(self, card: _Card, profile: str, seed: int) -> dict[str, Any]:
        """The take as JSON."""
        take = card.take
        if take is not None and take.render.profile != profile:
            card = _Card(take, card.keys[:-1])  # its own clip is of another size
        made = next((self.stored[key] for key in card.keys if key in self.stored), None)
        status, percent = self._standing(card, made, profile)
        return {
            "number": take.number if take else 1,
            "status": status,
            "percent": percent,
            "seed": take.seed if take else seed,
            "render": str(take.render.uid) if take else None,
            "duration_ms": made.meta.get("duration_ms") if made else None,
            "made_at": made.created_at.isoformat() if made else None,
        } | self._signed(made)

    def _standing(self, card: _Card, made: Artifact | None, profile: str) -> tuple[str, float]:
        """Of a take its own render says it; of take 1 the step, if anybody ever asked for it at this profile."""
        if made is not None:
            return Render.Status.DONE, 100.0
        if card.take is not None and card.take.render.profile == profile:
            return card.take.render.status, round(card.take.render.percent, 1)
        status, fraction = self.steps.get(card.keys[0], ("", 0.0)) if card.keys else ("", 0.0)
        return STANDING.get(status, "none"), round(100 * fraction, 1)

    def _signed(self, made: Artifact | None) -> dict[str, str | None]:
        if made is None:
            return {"preview": None, "clip": None}
        grant = grants.sign(subject=self.subject, prefix=made.prefix, scope="preview", now=self.now)
        here = {file["name"] for file in made.files}
        names = {"preview": PREVIEW, "clip": CLIP}
        return {what: media_path(grant.token, name) if name in here else None for what, name in names.items()}


STANDING: dict[str, str] = {
    Step.Status.BLOCKED: Render.Status.QUEUED, Step.Status.READY: Render.Status.QUEUED,
    Step.Status.LEASED: Render.Status.RUNNING, Step.Status.PAUSED: Render.Status.PAUSED,
    Step.Status.FAILED: Render.Status.FAILED,
}


def take_view(*, take: ShotTake, subject: str, now: datetime) -> dict[str, Any]:
    """One take as JSON, as in `takes_of`."""
    card = _Card(take, (take.render.final_key,))
    look = _Look.of(take.render.creator_id, [card], subject, now)
    return {"shot_ref": take.shot_ref} | look.told(card, take.render.profile, take.seed)


def _next_number(episode: Episode, shot_ref: str) -> int:
    """Take 1 is the plan and has no row."""
    found = ShotTake.objects.filter(episode=episode, shot_ref=shot_ref).aggregate(last=Max("number"))["last"]
    number = (found or 1) + 1
    if number > MAX_TAKES:
        raise Conflict(
            f"This shot has {MAX_TAKES} takes.", code="too_many_takes", remedy="Choose one, or rewrite what is seen."
        )
    return number


def _status(take: ShotTake) -> str:
    return str(Render.objects.values_list("status", flat=True).get(pk=take.render_id))
