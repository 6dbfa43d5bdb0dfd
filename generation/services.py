"""What a studio does with renders. Each action is checked before any row is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from catalog import services as catalog
from catalog.models import Episode, Series
from common.errors import Conflict, Invalid
from generation import scheduler
from generation import screenplay as fountain
from generation.approvals import require_sheets
from generation.breakdown import Shot, breakdown, shot_to_json
from generation.cast import appearance_seed, cast_of, look_of, screenplay_latest
from generation.engines.base import CastMember, LookSpec, Profile
from generation.engines.profiles import get_profile
from generation.evidence import build_evidence
from generation.models import Character, Render, Screenplay, Step
from generation.plan import Plan, make_plan
from generation.selectors import chosen_seeds
from generation.voices import require_voice
from safety.gate import require_licences


def render_request(
    *, episode: Episode, profile: str, by: User | None, now: datetime, screenplay: Screenplay | None = None
) -> Render:
    """Ask for an episode at a profile: the latest screenplay, or the one given. What exists is reused.

    Raises `UnknownProfile`, `MissingVoice`, `Invalid` (no_screenplay, missing_character), `SheetsUnapproved`; then
    nothing is stored.
    """
    chosen = get_profile(profile)
    text = screenplay or screenplay_latest(episode=episode)
    if text is None or text.episode_id != episode.pk:
        raise Invalid("There is no screenplay yet.", code="no_screenplay", remedy="Save a screenplay first.")
    columns, wish = episode_wish(episode, text, chosen)
    require_sheets(episode.series.creator_id, wish[0])
    columns |= {"episode": episode, "screenplay": text, "profile": chosen.name, "requested_by": by}
    return scheduler.add_render(
        creator_id=episode.series.creator_id, wish=scheduler.Wish(columns, *wish), now=now
    )


def render_cancel(*, render: Render, by: User, now: datetime) -> Render:
    """Stop a render; what another render needs goes on. Raises `Conflict` if it has ended otherwise."""
    return scheduler.cancel_render(render=render, now=now)


def episode_submit(
    *, episode: Episode, render: Render, by: User, now: datetime, release_at: datetime | None = None
) -> Episode:
    """Hand the master of a done render to review, with the evidence of how it was made frozen beside it.

    Raises `Conflict` if the render is not done or the episode cannot be submitted, `Invalid` for another's render,
    `LicenceForbids` if a model's licence forbids what the house does with episodes.
    """
    if render.episode_id != episode.pk:
        raise Invalid("That render is of another episode.", code="foreign_render")
    if render.kind != Render.Kind.EPISODE:
        raise Invalid("That is a take of one shot.", code="not_an_episode", remedy="Render the episode with it.")
    if render.status != Render.Status.DONE or render.master is None:
        raise Conflict(f"This render is {render.status}.", code="render_not_done", remedy="Submit it once it is done.")
    evidence = build_evidence(render) | {"submitted_by": str(by.subject)}
    require_licences(evidence)
    return catalog.episode_submit(
        episode=episode, master=render.master, evidence=evidence, now=now, release_at=release_at
    )


def render_plan(*, episode: Episode, screenplay: Screenplay, profile: Profile) -> Plan:
    """The plan that a render would be made of; raises what `render_request` raises. Stores nothing."""
    _, (plan, _) = episode_wish(episode, screenplay, profile)
    return plan


@dataclass(frozen=True, slots=True)
class Ground:
    """What the planner needs of a series besides the text: read once, for as many episodes as there are."""

    characters: Mapping[str, Character]  # by name and by alias
    look: LookSpec
    takes: Mapping[int, Mapping[str, int]]  # by episode: the seeds of chosen takes by the shot's ref


def ground_of(series: Series) -> Ground:
    """Three queries."""
    row = look_of(series=series)
    look = LookSpec(style=row.style, prompt=row.prompt, negative_prompt=row.negative_prompt)
    return Ground(cast_of(series), look, chosen_seeds(series))


def wish_of(
    *, episode: Episode, story: fountain.Screenplay, shots: Sequence[Shot], profile: Profile, ground: Ground,
    takes: Mapping[str, int] | None = None,
) -> tuple[dict[str, Any], tuple[Plan, Step.Lane]]:
    """A render's own columns, its plan and its lane. Raises what `render_request` raises; touches no table.

    `takes` are seeds by the shot's ref, the chosen ones if none are given.
    """
    seeds = ground.takes.get(episode.pk, {}) if takes is None else takes
    cast = _members(episode, shots, ground.characters)
    title = story.title or episode.title or episode.series.title
    plan = make_plan(
        shots=shots, cast=cast, look=ground.look, profile=profile, title=title, language=story.language, takes=seeds
    )
    brief = {
        "title": title, "language": story.language, "profile": asdict(profile), "look": asdict(ground.look),
        "shots": [shot_to_json(shot) for shot in shots], "cast": _cast_json(cast, ground.characters),
        "takes": dict(seeds),
    }
    lane = Step.Lane.PREVIEW if profile.preview else Step.Lane.FINAL
    return {"brief": brief}, (plan, lane)


def episode_wish(episode: Episode, text: Screenplay, profile: Profile) -> tuple[dict[str, Any], tuple[Plan, Step.Lane]]:
    """`wish_of` one episode's text."""
    story = fountain.parse(text.source)  # it went through the bounded parser when it was saved
    shots = breakdown(story)
    return wish_of(episode=episode, story=story, shots=shots, profile=profile, ground=ground_of(episode.series))


def _members(episode: Episode, shots: Sequence[Shot], characters: Mapping[str, Character]) -> dict[str, CastMember]:
    """Who is heard or seen, by the names that the text uses. Whoever speaks must be in the cast, with a voice that is
    installed; for somebody who is only seen the name decides the looks.
    """
    members = {}
    for name in {line.speaker for shot in shots for line in shot.lines}:
        members[name] = _speaker(name, characters)
    for name in {name for shot in shots for name in shot.cast} - set(members):
        row = characters.get(name)
        seed = row.seed if row else appearance_seed(episode.series.uid, name)
        members[name] = CastMember(name, row.look if row else "", row.voice if row else "", seed)
    return members


def _speaker(name: str, characters: Mapping[str, Character]) -> CastMember:
    row = characters.get(name)
    if row is None:
        raise Invalid(
            f"Nobody in the cast is called {name}.", code="missing_character",
            remedy="Save the screenplay again, which adds its speakers to the cast.", character=name,
        )
    require_voice(row.voice)
    return CastMember(name, row.look, row.voice, row.seed)


def _cast_json(cast: dict[str, CastMember], characters: Mapping[str, Character]) -> list[dict[str, Any]]:
    uids = {name: str(row.uid) for name, row in characters.items()}
    return [asdict(member) | {"uid": uids.get(name, "")} for name, member in sorted(cast.items())]
