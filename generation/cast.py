"""What a series keeps between its episodes: screenplay versions, characters with their voices, the look, consents."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from catalog.models import Episode, Series
from common.errors import Conflict, Invalid, NotFound
from generation import screenplay as fountain
from generation import voices
from generation.breakdown import Shot, breakdown, introductions
from generation.models import Character, Consent, Look, Screenplay

MAX_SHOTS = 300  # of one episode: ten minutes, several times what the genre knows
MAX_ELEMENTS = 4 * MAX_SHOTS  # more cannot fit those shots: refused before the breakdown takes its time
SEED_BITS = 31
MAX_ALIASES = 10


@dataclass(frozen=True, slots=True)
class Story:
    """A text that has been read: what it says, what will be seen, how long it may take."""

    source: str
    screenplay: fountain.Screenplay
    shots: tuple[Shot, ...]

    @property
    def estimated_ms(self) -> int:
        return sum(shot.estimated_ms for shot in self.shots)


def story_read(*, source: str | bytes) -> Story:
    """Parse and break down untrusted text; touches no table. Raises `ScreenplayError`."""
    screenplay = fountain.parse_bounded(source)
    starts = [element.source_line for scene in screenplay.scenes for element in (scene, *scene.elements)]
    if len(starts) > MAX_ELEMENTS:
        raise _too_long(starts[MAX_ELEMENTS])
    shots = breakdown(screenplay)
    if len(shots) > MAX_SHOTS:
        raise _too_long(shots[MAX_SHOTS].first_line)
    return Story(fountain.decode(source), screenplay, shots)


def screenplay_save(
    *, episode: Episode, source: str | bytes, by: User | None, now: datetime, base_version: int | None = None
) -> Screenplay:
    """Store the text as the episode's next version, or answer the latest one if the text is the same.

    Speakers who are new to the series become characters. With `base_version` (0: nothing was there) the text is only
    stored if it is still the latest. Raises `ScreenplayError`, `Conflict` (newer_version); then nothing is stored.
    """
    story = story_read(source=source)  # a child process: before the transaction, never inside
    return story_save(episode=episode, story=story, by=by, now=now, base_version=base_version)


def story_save(
    *, episode: Episode, story: Story, by: User | None, now: datetime, base_version: int | None = None
) -> Screenplay:
    """`screenplay_save` for a text that has been read already. Raises `Conflict` (newer_version)."""
    digest = hashlib.sha256(story.source.encode()).hexdigest()
    with transaction.atomic():
        # the episode's row is the lock: two editors who save together get two versions
        Episode.objects.select_for_update(no_key=True).only("pk").get(pk=episode.pk)
        latest = screenplay_latest(episode=episode)
        if latest and latest.sha256 == digest:
            return latest
        known = latest.version if latest else 0
        if base_version is not None and base_version != known:
            raise _newer(known)
        saved = Screenplay.objects.create(
            episode=episode, version=known + 1, source=story.source, sha256=digest,
            title=story.screenplay.title, language=story.screenplay.language, shot_count=len(story.shots),
            estimated_ms=story.estimated_ms, created_by=by,
        )
        Screenplay.objects.filter(pk=saved.pk).update(created_at=now, updated_at=now)
        saved.created_at = saved.updated_at = now
        _cast_missing(episode.series, story.screenplay)
    return saved


def screenplay_latest(*, episode: Episode) -> Screenplay | None:
    """The newest version, or None while nothing is written."""
    return Screenplay.objects.filter(episode=episode).order_by("-version").first()


def screenplay_version(*, episode: Episode, version: int | None = None) -> Screenplay:
    """That version, or the newest; raises `NotFound` if there is none."""
    found = (
        screenplay_latest(episode=episode)
        if version is None
        else Screenplay.objects.filter(episode=episode, version=version).first()
    )
    if found is None:
        raise NotFound("This episode has no such screenplay.", remedy="Save one with PUT, or ask without a version.")
    return found


def characters_of(*, series: Series) -> QuerySet[Character]:
    return Character.objects.filter(series=series)


def character_of(*, series: Series, uid: uuid.UUID) -> Character:
    """One character of a series; raises `NotFound`."""
    found = characters_of(series=series).filter(uid=uid).first()
    if found is None:
        raise NotFound()
    return found


def cast_of(series: Series) -> dict[str, Character]:
    """Every character of the series by name, and by each of its aliases. One query."""
    rows = list(characters_of(series=series))
    by_alias = {alias: row for row in rows for alias in row.aliases}
    return by_alias | {row.name: row for row in rows}


def character_update(
    *,
    character: Character,
    name: str | None = None,
    aliases: list[str] | None = None,
    look: str | None = None,
    voice: str | None = None,
    seed: int | None = None,
) -> Character:
    """Change what is given. A renamed character keeps its old name as an alias, so that no screenplay loses it.

    Raises `MissingVoice` for a voice that is not installed, `Conflict` for a name that another character has.
    """
    if voice:
        voices.require_voice(voice)
    with transaction.atomic():
        Series.objects.select_for_update(no_key=True).only("pk").get(pk=character.series_id)
        character.refresh_from_db()
        wanted = list(dict.fromkeys(character.aliases if aliases is None else aliases))
        if name and name != character.name:
            wanted = [alias for alias in [character.name, *wanted] if alias != name]
        character.name = name or character.name
        character.aliases = list(dict.fromkeys(wanted))
        character.look = character.look if look is None else look
        character.voice = voice or character.voice
        character.seed = character.seed if seed is None else seed
        _refuse_taken_names(character)
        character.save(update_fields=["name", "aliases", "look", "voice", "seed", "updated_at"])
    return character


def look_of(*, series: Series) -> Look:
    """The series' look; the default one (not stored) while none is set."""
    return Look.objects.filter(series=series).first() or Look(series=series)


def look_set(*, series: Series, style: str, prompt: str, negative_prompt: str) -> Look:
    """Set the whole look."""
    values = {"style": style, "prompt": prompt, "negative_prompt": negative_prompt}
    look, _ = Look.objects.update_or_create(series=series, defaults=values)
    return look


def consent_grant(
    *, character: Character, kind: str, subject_name: str, document: str, by: User | None, now: datetime
) -> Consent:
    """Record a real person's permission for a character's face or voice."""
    if kind not in Consent.Kind.values:
        raise Invalid("A consent is for a face or a voice.", code="bad_consent_kind")
    return Consent.objects.create(
        character=character, kind=kind, subject_name=subject_name, document=document, granted_by=by, granted_at=now
    )


def consent_revoke(*, consent: Consent, now: datetime) -> Consent:
    """Withdraw it; the record stays. Raises `Conflict` if it is withdrawn already."""
    if not Consent.objects.filter(pk=consent.pk, revoked_at=None).update(revoked_at=now, updated_at=now):
        raise Conflict("This consent has been withdrawn already.", code="consent_revoked")
    consent.revoked_at = now
    return consent


def appearance_seed(series_uid: uuid.UUID, name: str) -> int:
    """The same character of the same series always looks the same, whoever saves first."""
    return int(hashlib.sha256(f"{series_uid}:{name.casefold()}".encode()).hexdigest(), 16) % (1 << SEED_BITS)


def _too_long(line: int) -> fountain.ScreenplayError:
    return fountain.ScreenplayError(
        f"From line {line} on this makes more than the {MAX_SHOTS} shots that an episode may have.",
        code="screenplay_too_big", remedy="Split it into several episodes.", line=line,
    )


def _newer(version: int) -> Conflict:
    return Conflict(
        f"Somebody has saved version {version} in the meantime.", code="newer_version",
        remedy="Look at that version, then save yours on top of it or take theirs.", version=version,
    )


def newcomers(series: Series, screenplay: fountain.Screenplay, known: Mapping[str, Character]) -> list[Character]:
    """Speakers whom nobody of `known` (by name) is, in any case of letters: characters with all they need, not stored.
    """
    folded = {name.casefold() for name in known}
    looks = introductions(screenplay)
    fresh: list[Character] = []
    for name in screenplay.speakers:
        if name.casefold() not in folded:
            seed = appearance_seed(series.uid, name)
            look = looks.get(name, "")
            voice = voices.default_voice(screenplay.language, seed, name=name, look=look)
            fresh.append(Character(series=series, name=name, seed=seed, voice=voice, look=look))
    return fresh


def _cast_missing(series: Series, screenplay: fountain.Screenplay) -> None:
    known = cast_of(series)
    by_fold = {name.casefold(): row for name, row in known.items()}
    for name in screenplay.speakers:
        row = by_fold.get(name.casefold())
        if row is not None and name not in known:  # the same person, spelled in another case
            row.aliases = [*row.aliases, name]
            row.save(update_fields=["aliases", "updated_at"])
    # another episode may have brought them just now
    Character.objects.bulk_create(newcomers(series, screenplay, known), ignore_conflicts=True)


def _refuse_taken_names(character: Character) -> None:
    if len(character.aliases) > MAX_ALIASES:
        raise Invalid(f"A character has at most {MAX_ALIASES} aliases.", code="too_many_aliases")
    others = Character.objects.filter(series_id=character.series_id).exclude(pk=character.pk)
    taken = {name.casefold() for row in others for name in (row.name, *row.aliases)}
    for name in (character.name, *character.aliases):
        if name.casefold() in taken:
            raise Conflict(
                f"Another character of this series is called {name}.", code="name_taken", remedy="Take another name.",
            )
