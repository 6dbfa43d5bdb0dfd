"""Who is meant: names and pronouns in action, in both languages."""

from __future__ import annotations

import re
from collections import Counter

from generation.breakdown.timing import CJK
from generation.screenplay.speech import NARRATORS
from generation.voices.persons import FEMALE, MALE, sex_of

MAX_TRACKED = 40  # a drama of a minute has no more; keeps the search linear on hostile text
PRONOUNS = (
    (FEMALE, re.compile(r"\b(?:she|hers?)\b|她(?!们)", re.IGNORECASE)),
    (MALE, re.compile(r"\b(?:he|his|him)\b|他(?!们)", re.IGNORECASE)),
)
PLURAL = re.compile(r"\b(?:they|both|each other|the two)\b|[他她]们|两人|二人|彼此|对视", re.IGNORECASE)
POSSESSIVE = ("'s", "’s", "的")
LEAVES = re.compile(
    r"\b(?:leaves|exits|walks out|storms out|runs out|is gone|hangs up|drives off|disappears)\b|"
    r"离开|离去|走出|跑出|冲出|消失|挂断",
    re.IGNORECASE,
)
PLAIN_WORDS = frozenset(
    ("the", "a", "old", "young", "man", "woman", "boy", "girl", "guard", "voice", "doctor", "officer", "nurse", "mr",
     "mrs", "ms", "dr", "miss", "sir", "lady", "little", "big", "first", "second", "and", "of", "detective", "father",
     "mother")
)  # fmt: skip


class People:
    """The speakers of a screenplay who can be seen, in the order of their first words."""

    def __init__(self, speakers: tuple[str, ...]) -> None:
        self.names = [name for name in speakers if name.upper() not in NARRATORS][:MAX_TRACKED]
        self.rank = {name: i for i, name in enumerate(self.names)}
        self.sex = {name: sex_of(name=name) for name in self.names}
        self.aliases = self._aliases()
        spelled = sorted(self.aliases, key=lambda alias: (-len(alias), alias))
        parts = [re.escape(alias) if CJK.search(alias) else rf"\b{re.escape(alias)}\b" for alias in spelled]
        self.pattern = re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)

    def visible(self, name: str) -> bool:
        return name in self.rank

    def ordered(self, names: list[str] | tuple[str, ...]) -> tuple[str, ...]:
        """The names once each, in the stable order of the screenplay."""
        return tuple(sorted({name for name in names if name in self.rank}, key=self.rank.__getitem__))

    def mentioned(self, text: str) -> list[str]:
        """Names in `text` in its order: in English with a capital or an article ("the driver").

        A possessive counts only in front, where nobody else is named: "Mara's eyes widen" is about Mara, "a woman with
        Mara's eyes" is not.
        """
        hits = [hit for hit in self.pattern.finditer(text) if self._is_name(hit, text)]
        own = [hit for hit in hits if not text.startswith(POSSESSIVE, hit.end())]
        leading = [hit for hit in hits[:1] if hit.start() == 0]
        return list(dict.fromkeys(self.aliases[hit.group().casefold()] for hit in own or leading))

    def _is_name(self, hit: re.Match[str], text: str) -> bool:
        name = hit.group()
        before = text[max(0, hit.start() - 4) : hit.start()].lower()
        return bool(CJK.search(name)) or name[0].isupper() or before == "the "

    def meant(self, text: str, recent: list[str]) -> list[str]:
        """`mentioned`, and where nobody is named the one (or the two) whom a pronoun stands for."""
        named = self.mentioned(text)
        if PLURAL.search(text):
            return named + [name for name in recent[:2] if name not in named]
        return named or [  # "he looks at her" is about both
            name for sex, pronoun in PRONOUNS if pronoun.search(text) for name in self._nearest(sex, recent)
        ]

    def _nearest(self, sex: str, recent: list[str]) -> list[str]:
        """The last active one whose name fits the pronoun; a name that tells nothing before one that contradicts."""
        fitting = [name for name in recent if self.sex[name] == sex] or [name for name in recent if not self.sex[name]]
        return (fitting or recent)[:1]

    def _aliases(self) -> dict[str, str]:
        full = {name.casefold(): name for name in self.names}
        short = [(part, name) for name in self.names for part in _parts(name)]
        times = Counter(part for part, _ in short)
        return {**{part: name for part, name in short if times[part] == 1 and part not in full}, **full}


def _parts(name: str) -> set[str]:
    """What else a name is called: one word of several, the given name of three Chinese characters."""
    if CJK.search(name):
        return {name[1:]} if len(name) == 3 else set()
    words = [word.strip(".'#").casefold() for word in name.split()]
    if len(words) < 2:
        return set()
    return {word for word in words if len(word) > 2 and word not in PLAIN_WORDS and not word.isdigit()}
