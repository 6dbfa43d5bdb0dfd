"""One small episode of twelve shots, and people who have it made: the same words, faces and voices for everybody."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.attack import insist
from tests.live import Person, Platform, register

SHOTS = 12
STORY = """Title: The Lamp

INT. STAIRS - NIGHT

MARA
I know this door.

JONAS
Then open it.

MARA
Not without you.

JONAS
I was never here.

MARA
The lamp says you were.

INT. ATTIC - NIGHT

JONAS
Lamps lie.

MARA
Not this one.

JONAS
Give me the key.

MARA
It is cold now.

JONAS
Then we are late.

MARA
For whom?

JONAS
You hear them too.
"""
FACES = {"MARA": 11, "JONAS": 23}  # a face and a voice come from the series' uid, unless they are chosen


@dataclass
class Studio:
    """A creator with the story written down; every render of theirs is all work again."""

    person: Person
    creator: str
    episode: str
    renders: list[str] = field(default_factory=list)

    def ask(self) -> str:
        """Ask for a render; returns its uid."""
        made: dict[str, Any] = self.person.post(f"studio/episodes/{self.episode}/renders", 201, profile="animatic")
        self.renders.append(made["uid"])
        return str(made["uid"])

    def ask_until_answered(self) -> str:
        """The same while the platform may be down. One that was stored although no answer came shares every step."""
        return insist(self.ask)


def open_studio(platform: Platform, name: str) -> Studio:
    """A new creator whose series has the same cast as every other's."""
    person = register(platform, name)
    handle = f"{name}-{uuid.uuid4().hex[:6]}"
    creator = person.post("studio/creators", 201, name=name, handle=handle)["uid"]
    series = person.post("studio/series", 201, creator=creator, title="The Lamp", language="en")["uid"]
    episode = person.post(f"studio/series/{series}/episodes", 201, title="One")["uid"]
    saved = person.put(f"studio/episodes/{episode}/screenplay", source=STORY)
    assert saved["shot_count"] == SHOTS, saved
    voices = [voice["name"] for voice in person.get("studio/voices?language=en")["results"]]
    for member in person.get(f"studio/series/{series}/characters")["results"]:
        face = FACES[member["name"]]
        person.call(
            "PATCH", f"studio/series/{series}/characters/{member['uid']}", seed=face, voice=voices[face % len(voices)]
        )
    return Studio(person, creator, episode)
