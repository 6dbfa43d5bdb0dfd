"""The storyboard artist: scenes to beats, beats to set-ups, set-ups to numbered shots."""

from __future__ import annotations

from itertools import zip_longest

from generation.breakdown.beats import Beat, SceneBeats, transition_of
from generation.breakdown.camera import Camera, SetUp
from generation.breakdown.model import MAX_SHOT_MS, Shot
from generation.breakdown.people import People
from generation.breakdown.wording import action_of, prompt_of
from generation.screenplay import Cut, Scene, Screenplay

LAST_HOLD_MS = 1_000


def breakdown(screenplay: Screenplay) -> tuple[Shot, ...]:
    """The shots of a screenplay, numbered from 1. Pure and deterministic.

    Every spoken word is in exactly one shot, in the order of the text; a speech too long for a shot is cut at sentence
    ends. Every scene has at least one shot. `estimated_ms` lies between MIN_SHOT_MS and MAX_SHOT_MS; the voice that is
    made later decides the real length.
    """
    people = People(screenplay.speakers)
    camera = Camera(people)
    beats = _beats(screenplay.scenes, people)
    for beat, coming in zip_longest(beats, beats[1:]):
        camera.shoot(beat, coming)
    camera.hold_the_last(LAST_HOLD_MS, MAX_SHOT_MS)
    return tuple(_shot(i, setup, screenplay.language) for i, setup in enumerate(camera.done, start=1))


def _beats(scenes: tuple[Scene, ...], people: People) -> list[Beat]:
    beats: list[Beat] = []
    seen: set[tuple[str, str]] = set()
    carried = "cut"
    for scene in scenes:
        place = scene.place.casefold(), scene.time_of_day
        beats += SceneBeats(scene, people, new_place=place not in seen, transition=carried).run()
        seen.add(place)
        last = scene.elements[-1] if scene.elements else None
        carried = transition_of(last.text) if isinstance(last, Cut) else "cut"
    return beats


def _shot(number: int, setup: SetUp, language: str) -> Shot:
    beat = setup.beat
    return Shot(
        number=number,
        scene=beat.scene.number,
        place=beat.scene.place,
        interior=beat.scene.interior,
        time_of_day=beat.scene.time_of_day,
        framing=setup.framing,
        move=setup.move,
        action=action_of(beat, language),
        prompt=prompt_of(setup, language),
        cast=setup.cast,
        lines=tuple(beat.lines),
        estimated_ms=beat.ms,
        first_line=beat.first_line,
        last_line=max(beat.last_line, beat.first_line),
        transition=beat.transition,
    )
