"""Reads what the pre-flight needs, in as many queries for two episodes as for two hundred, and stores nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from catalog.models import Episode, Series
from common.errors import DomainError, Invalid
from generation import budget, cast
from generation import screenplay as fountain
from generation.approvals import SheetsUnapproved, sheets_in, unapproved
from generation.breakdown import Shot, breakdown
from generation.engines.base import LookSpec, Profile
from generation.engines.profiles import get_profile
from generation.models import Character, Look, Screenplay, Step
from generation.plan import Plan, PlannedStep
from generation.preflight.model import Chapter, Finding, Person, Severity, Story, Work
from generation.preflight.report import write_report
from generation.preflight.rules import chapter_findings
from generation.services import Ground, ground_of, wish_of
from generation.speeds import finish_estimate

MAX_EPISODES = 200
# one array, not ten thousand parameters
PRESENT = "SELECT key FROM generation_artifact WHERE creator_id = %s AND key = ANY(%s)"
IN_WORK = "SELECT key FROM generation_step WHERE creator_id = %s AND key = ANY(%s) AND status = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Draft:
    """An episode with its text as somebody has read it; nothing of it need be stored."""

    episode: Episode
    version: int = 0
    sha256: str = ""
    screenplay: fountain.Screenplay | None = None
    shots: tuple[Shot, ...] = ()
    error: DomainError | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """The report, and what it was made from: the texts and the work by the uid of the episode."""

    report: dict[str, Any]
    texts: Mapping[str, Screenplay] = field(default_factory=dict)
    works: Mapping[str, Work] = field(default_factory=dict)


def series_preflight(
    *, series: Series, profile: str, now: datetime, episodes: Sequence[Episode] | None = None,
    pilot: Episode | None = None,
) -> Survey:  # fmt: skip
    """Survey the latest texts of a series, or of these episodes of it. `pilot` pays first for what it shares.

    Raises `UnknownProfile`, `Invalid` (no_episodes, too_many_episodes). Everything else is a finding.
    """
    chosen = get_profile(profile)
    rows = all_episodes(series) if episodes is None else sorted(episodes, key=lambda row: row.number)
    refuse_count(len(rows))
    texts = _latest_texts(rows)
    drafts = [_read(row, texts.get(row.pk), series) for row in rows]
    earlier = Episode.objects.filter(series=series, number__lt=rows[-1].number).count()
    report, works = _survey(
        drafts, creator_id=series.creator_id, ground=ground_of(series), profile=chosen, now=now,
        from_first=earlier == len(rows) - 1, first=pilot,
    )
    about = {"series": str(series.uid), "title": series.title, "profile": chosen.name}
    return Survey(about | report, {str(row.uid): texts[row.pk] for row in rows if row.pk in texts}, works)


def draft_preflight(
    *, series: Series, drafts: Sequence[Draft], profile: str, now: datetime, stored: bool
) -> Survey:
    """Survey texts that are not stored, as they would be stored in `series` (`stored`: it has a row already).

    Speakers whom its cast does not know come as saving would make them. Raises what `series_preflight` raises.
    """
    chosen = get_profile(profile)
    refuse_count(len(drafts))
    ground = _with_newcomers(ground_of(series) if stored else Ground({}, _plain_look(), {}), drafts, series)
    report, works = _survey(
        drafts, creator_id=series.creator_id, ground=ground, profile=chosen, now=now, from_first=True, first=None
    )
    about = {"series": str(series.uid) if stored else None, "title": series.title, "profile": chosen.name}
    return Survey(about | report, {}, works)


def all_episodes(series: Series) -> list[Episode]:
    """By number, and one more than there may be: whoever counts them learns that there are too many."""
    return list(Episode.objects.filter(series=series).order_by("number")[: MAX_EPISODES + 1])


def refuse_count(count: int) -> None:
    if not count:
        raise Invalid("There is no episode.", code="no_episodes", remedy="Choose at least one, or create one first.")
    if count > MAX_EPISODES:
        raise Invalid(
            f"At most {MAX_EPISODES} episodes go into one batch.", code="too_many_episodes",
            remedy="Choose fewer with `episodes`, and the rest in a second one.", most=MAX_EPISODES,
        )


def _latest_texts(rows: Iterable[Episode]) -> dict[int, Screenplay]:
    found = Screenplay.objects.filter(episode__in=[row.pk for row in rows]).order_by("episode", "-version")
    return {text.episode_id: text for text in found.distinct("episode")}


def _read(episode: Episode, text: Screenplay | None, series: Series) -> Draft:
    episode.series = series
    if text is None:
        return Draft(episode)
    try:
        story = fountain.parse(text.source)  # it went through the bounded parser when it was saved
        return Draft(episode, text.version, text.sha256, story, breakdown(story))
    except fountain.ScreenplayError as error:  # by a parser that was more patient
        return Draft(episode, text.version, text.sha256, error=error)


def _survey(
    drafts: Sequence[Draft], *, creator_id: int, ground: Ground, profile: Profile, now: datetime, from_first: bool,
    first: Episode | None,
) -> tuple[dict[str, Any], dict[str, Work]]:  # fmt: skip
    people = {name: _person(row) for name, row in ground.characters.items()}
    story = Story(tuple(_chapter(draft) for draft in drafts), people, from_first)
    found = chapter_findings(story)
    plans, refusals = _plans([draft for draft in drafts if not _blocked(found, draft)], ground, profile)
    for uid, refusal in _unapproved(plans, creator_id):
        refusals.setdefault(uid, []).append(refusal)
    order = sorted(plans, key=lambda uid: first is None or uid != str(first.uid))
    works, steps = _work(order, plans, creator_id)
    report = write_report(
        story=story, found={uid: [*each, *refusals.get(uid, ())] for uid, each in found.items()}, works=works,
        machines=_machines(steps, now, creator_id), account=budget.account_view(creator_id),
    )
    return report, works


def _blocked(found: Mapping[str, Sequence[Finding]], draft: Draft) -> bool:
    return any(each.severity == Severity.BLOCK for each in found[str(draft.episode.uid)])


def _plans(
    drafts: Sequence[Draft], ground: Ground, profile: Profile
) -> tuple[dict[str, Plan], dict[str, list[Finding]]]:
    """The plan of each episode; what the planner refuses is a finding that blocks."""
    plans: dict[str, Plan] = {}
    refusals: dict[str, list[Finding]] = {}
    for draft in drafts:
        uid = str(draft.episode.uid)
        assert draft.screenplay is not None
        try:
            _, (plans[uid], _) = wish_of(
                episode=draft.episode, story=draft.screenplay, shots=draft.shots, profile=profile, ground=ground
            )
        except DomainError as refused:
            refusals[uid] = [Finding(refused.code, Severity.BLOCK, refused.message, refused.remedy)]
    return plans, refusals


def _unapproved(plans: Mapping[str, Plan], creator_id: int) -> Iterator[tuple[str, Finding]]:
    """Sheets of the cast that nobody has approved: one query for all episodes."""
    missing = unapproved(creator_id, list(plans.values()))
    for uid, plan in plans.items():
        if names := tuple(sorted(missing[step.key] for step in sheets_in(plan) if step.key in missing)):
            refused = SheetsUnapproved(f"Nobody has approved how they look: {', '.join(names)}.")
            yield uid, Finding(refused.code, Severity.BLOCK, refused.message, refused.remedy, about=names)


def _work(
    order: Sequence[str], plans: Mapping[str, Plan], creator_id: int
) -> tuple[dict[str, Work], list[PlannedStep]]:
    """The work of each episode, and every step that has to run, once. What is being made for another render already is
    paid for there.
    """
    keys = sorted(set[str]().union(*(plan.keys() for plan in plans.values())))
    present = _keys(PRESENT, [creator_id, keys])
    paid = _keys(IN_WORK, [creator_id, keys, [str(status) for status in Step.OPEN]]) - present
    works: dict[str, Work] = {}
    steps: dict[str, PlannedStep] = {}
    for uid in order:
        missing = plans[uid].missing(present)
        own = [step for step in missing if step.key not in steps and step.key not in paid]
        steps |= {step.key: step for step in missing}
        works[uid] = Work(
            len(plans[uid].steps), len(own), len(missing) - len(own), sum(step.estimated_seconds for step in own),
            budget.price(own), not missing,
        )
    return works, list(steps.values())


def _keys(statement: str, values: list[Any]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {key for (key,) in cursor.fetchall()}


def _machines(steps: Sequence[PlannedStep], now: datetime, creator_id: int) -> dict[str, Any]:
    """What the steps take of the machines: until they are done, and of graphics cards."""
    gpu = sum(step.estimated_seconds for step in steps if budget.on_gpu(step.queue))
    finish = finish_estimate(steps, now, creator_id=creator_id)
    return {"finish_seconds": round(finish, 1), "gpu_minutes": round(gpu / 60, 2), "currency": budget.rates().currency}


def _chapter(draft: Draft) -> Chapter:
    return Chapter(
        str(draft.episode.uid), draft.episode.number, draft.episode.title, draft.version, draft.sha256,
        draft.screenplay, draft.shots, draft.error,
    )


def _person(row: Character) -> Person:
    return Person(row.name, tuple(row.aliases), row.look, row.voice)


def _with_newcomers(ground: Ground, drafts: Sequence[Draft], series: Series) -> Ground:
    known = dict(ground.characters)
    for draft in drafts:
        if draft.screenplay is None:
            continue
        folded = {name.casefold(): row for name, row in known.items()}
        known |= {name: folded[name.casefold()] for name in draft.screenplay.speakers if name.casefold() in folded}
        known |= {row.name: row for row in cast.newcomers(series, draft.screenplay, known)}
    return Ground(known, ground.look, ground.takes)


def _plain_look() -> LookSpec:
    row = Look()
    return LookSpec(style=row.style, prompt=row.prompt, negative_prompt=row.negative_prompt)
