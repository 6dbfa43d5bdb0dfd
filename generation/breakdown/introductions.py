"""What a screenplay says of how its people look, where it brings them in. Pure; only what is written, no invention.

    MARA, 28, red coat and wet black hair, freezes at the door.   ->  "28, red coat and wet black hair"
    The driver turns. An old woman with Mara's eyes.              ->  "An old woman with Mara's eyes"
    李明（三十岁，黑色西装）推门进来。                                  ->  "三十岁，黑色西装"
"""

from __future__ import annotations

import re
from collections import Counter

from generation.breakdown.people import PRONOUNS, People
from generation.screenplay import Action, Screenplay
from generation.voices.persons import FEMALE, sex_of

MAX_LOOK = 160
SENTENCE = re.compile(r"[^.!?。！？]+[.!?。！？]*")
# behind a name: what stands in brackets, or between the first comma and the last one before the verb
BRACKETS = re.compile(r"\s*[(（]([^)）]{2,160})[)）]")
COMMAS = re.compile(r"\s*[,，]\s*(.{2,160})[,，]")
BARE = re.compile(
    r"\s*(?:(?:an?|the)\s+(?:\w+\s+){0,4}?(?:man|woman|girl|boy|lady)\b|一[个位名].{0,12}(?:男|女|老人|孩))",
    re.IGNORECASE,
)
WORDS = {"en": ("woman", "man"), "zh": ("女", "男")}
JOINT = {"en": ", ", "zh": "，"}


def introductions(screenplay: Screenplay) -> dict[str, str]:
    """The look of each speaker who can be seen, as written; "" where nothing is said.

    Where only pronouns tell whether it is a woman or a man, that word is added.
    """
    people = People(screenplay.speakers)
    looks = dict.fromkeys(people.names, "")
    pronouns: dict[str, Counter[str]] = {name: Counter() for name in people.names}
    for scene in screenplay.scenes:
        for element in scene.elements:
            if isinstance(element, Action):
                _read(element.text, people, looks, pronouns)
    return {name: _with_sex(name, look, pronouns[name], screenplay.language) for name, look in looks.items()}


def _read(text: str, people: People, looks: dict[str, str], pronouns: dict[str, Counter[str]]) -> None:
    """One paragraph: who a sentence is about carries over to the next one that names nobody."""
    about: str | None = None
    for sentence in SENTENCE.findall(text):
        named = people.mentioned(sentence)
        about = named[0] if len(named) == 1 else None if named else about
        if about is None:
            continue
        looks[about] = looks[about] or _described(sentence, people, named)
        for sex, pronoun in PRONOUNS:
            pronouns[about][sex] += bool(pronoun.search(sentence))


def _described(sentence: str, people: People, named: list[str]) -> str:
    if not named:
        return sentence.strip(" .。!！")[:MAX_LOOK] if BARE.match(sentence) else ""
    hit = next(hit for hit in people.pattern.finditer(sentence) if people.aliases[hit.group().casefold()] == named[0])
    found = BRACKETS.match(sentence, hit.end()) or COMMAS.match(sentence, hit.end())
    return found.group(1).strip()[:MAX_LOOK] if found else ""


def _with_sex(name: str, look: str, pronouns: Counter[str], language: str) -> str:
    if sex_of(look=look, name=name) or not pronouns:
        return look
    (sex, most), *others = pronouns.most_common()
    if not most or (others and others[0][1] == most):
        return look
    female, male = WORDS[language]
    return JOINT[language].join(part for part in (look, female if sex == FEMALE else male) if part)
