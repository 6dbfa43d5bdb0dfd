"""Rewrites both languages' habits into the plain Fountain that the parser behind us knows, and finds lonely speakers.

Every line of the result knows its line in the original. Headings become `.H<index>` into a table, so that what a
heading means is decided here and not by the parser, whose forced headings take Latin letters only.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from generation.screenplay import speech
from generation.screenplay.headings import CJK, Heading, is_bare_label, read_heading
from generation.screenplay.model import ScreenplayError
from generation.screenplay.remarks import TextLine
from generation.screenplay.speech import Cue

SPACES = re.compile(r"[ \t\u00a0\u3000]{2,}")
TITLE_KEYS = {"标题": "Title", "片名": "Title", "剧名": "Title", "作者": "Author", "编剧": "Author", "导演": "Director",
              "集数": "Episode", "日期": "Date", "版本": "Version", "联系方式": "Contact"}
ANY_ZH_KEY = re.compile(r"[\u4e00-\u9fff]{1,6}[ \t]*[：:][ \t]*(.*)$")
ZH_TITLE_KEY = re.compile(rf"({'|'.join(TITLE_KEYS)})[ \t]*[：:][ \t]*(.*)$")
TITLE_KEY = re.compile(r"[A-Za-z][A-Za-z ]{0,30}:")
CONTINUATION = "    "  # what a title page's value needs in front to run on
FREE = "!~=#>"  # an author's own mark says what the line is


@dataclass
class Normal:
    """Plain Fountain: `lines` with the original number of each, and the headings that `.H<index>` names."""

    lines: list[TextLine] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)

    def put(self, text: str, number: int) -> None:
        self.lines.append(TextLine(text, number))

    def block(self, number: int, *texts: str) -> None:
        """Lines that stand by themselves, between blank ones."""
        for text in ("", *texts, ""):
            self.put(text, number)


class Normaliser:
    """One pass over the lines. `in_speech`: the line stands in a block that a cue opened."""

    def __init__(self, lines: list[TextLine]) -> None:
        self.lines = lines
        self.out = Normal()
        self.at = 0
        self.blank_before = True
        self.in_speech = False
        self.alone = False  # what precedes was a whole block of ours; there need not be a blank line in the original
        self.known: set[str] = set()
        self.repeated = Counter(cue.name for line in lines if (cue := speech.chinese_cue(line.text.strip())))

    def run(self) -> Normal:
        self._title_page()
        while self.at < len(self.lines):
            self._line(self.lines[self.at])
            self.at += 1
        return self.out

    def _title_page(self) -> None:
        """Chinese keys become Fountain's; the indentation that carries on a value is kept."""
        while self.at < len(self.lines) and not self.lines[self.at].text.strip():
            self.at += 1
        if self.at < len(self.lines) and not self._opens_title_page(self.lines[self.at].text.strip()):
            return
        while self.at < len(self.lines) and (text := self.lines[self.at].text).strip():
            if read_heading(text, blank_before=False):
                return
            self.out.put(self._title_line(text), self.lines[self.at].number)
            self.at += 1

    def _title_line(self, text: str) -> str:
        plain = SPACES.sub(" ", text.strip())
        known, other = ZH_TITLE_KEY.match(plain), ANY_ZH_KEY.match(plain)
        if known:
            return f"{TITLE_KEYS[known.group(1)]}: {known.group(2)}"
        if other:
            return f"Notes: {other.group(1)}"
        return CONTINUATION + plain if text.startswith(("\t", "   ")) else plain

    def _opens_title_page(self, text: str) -> bool:
        return bool(ZH_TITLE_KEY.match(text) or (TITLE_KEY.match(text) and not read_heading(text, blank_before=True)))

    def _line(self, line: TextLine) -> None:
        text = SPACES.sub(" ", line.text.strip())
        if not text or is_bare_label(text):
            self._blank(TextLine("" if text else line.text, line.number))
            return
        done = text[0] in FREE or self._heading(text, line.number) or self._transition(text, line.number)
        if text[0] in FREE:
            self._plain(text, line.number)
        elif not done:
            self._speech_or_text(text, line.number)

    def _blank(self, line: TextLine) -> None:
        kept_open = self.in_speech and len(line.text) >= 2
        self.out.put("  " if kept_open else "", line.number)
        if not kept_open:
            self.blank_before, self.in_speech, self.alone = True, False, False

    def _plain(self, text: str, number: int) -> None:
        if self.alone and not self.in_speech:
            self.out.put("", number)
        self.out.put(text, number)
        self.blank_before = self.alone = False

    def _heading(self, text: str, number: int) -> bool:
        if self.in_speech and not text.upper().startswith(("INT", "EXT", "内景", "外景", "场景", "第")):
            return False
        heading = read_heading(text, blank_before=self.blank_before)
        if heading is None:
            return False
        self.out.block(number, f".H{len(self.out.headings)}")
        self.out.headings.append(heading)
        self._stand_alone()
        return True

    def _transition(self, text: str, number: int) -> bool:
        found = speech.ZH_TRANSITION.match(text) or speech.LATIN_TRANSITION.match(text)
        if self.in_speech or not found:
            return False
        self.out.block(number, f"> {text}")
        self._stand_alone()
        return True

    def _stand_alone(self) -> None:
        self.blank_before, self.in_speech, self.alone = True, False, True

    def _speech_or_text(self, text: str, number: int) -> None:
        spoken = speech.chinese_speech(text)
        if spoken and (not self.in_speech or spoken.name in self.known):
            self._chinese_speech(spoken, number)
            return
        if self.in_speech:
            self._spoken(text, number)
            return
        cue = self._cue(text)
        if cue is None:
            self._plain(text, number)
            return
        if not self._words_follow():
            self._lonely(cue, text, number)
            return
        self._open(cue, number)

    def _open(self, cue: Cue, number: int) -> None:
        self.known.add(cue.name)
        bracket = f" ({cue.bracket})" if cue.bracket else ""
        self.out.put("", number)
        self.out.put(f"@{cue.name}{bracket}{'^' if cue.dual else ''}", number)
        self.in_speech, self.blank_before, self.alone = True, False, False

    def _chinese_speech(self, cue: Cue, number: int) -> None:
        if not cue.words and not self._words_follow():
            raise no_words(cue.name, number)
        self._open(cue, number)
        if cue.words:
            self._spoken(cue.words, number)
            self.out.put("", number)
            self._stand_alone()

    def _spoken(self, text: str, number: int) -> None:
        """Words under a cue. A bracket in front of them is a manner, on a line of its own for Fountain."""
        found = speech.LEADING_MANNER.match(text)
        if found:
            self.out.put(f"({found.group(1)})", number)
            text = found.group(2)
        if text:
            # inside a speech nothing but words: a mark of Fountain's at their front would end it
            self.out.put(text if text[0] not in ".@" else f"\u200b{text}", number)

    def _cue(self, text: str) -> Cue | None:
        text = speech.plain_brackets(text)
        forced = speech.forced_cue(text)
        if forced or not self.blank_before:
            return forced
        capital = speech.capital_cue(text)
        return capital or (None if self.alone else self._chinese_cue(text))

    def _chinese_cue(self, text: str) -> Cue | None:
        """A name alone is a cue only if it looks like a person's, or comes back, or has spoken before."""
        cue = speech.chinese_cue(text)
        sure = cue and (cue.name in self.known or speech.is_chinese_person(cue.name) or self.repeated[cue.name] > 1)
        return cue if sure else None

    def _words_follow(self) -> bool:
        following = self.lines[self.at + 1 : self.at + 2]
        text = following[0].text.strip() if following else ""
        if not text or text[0] in FREE.replace("~", ""):
            return False
        if read_heading(text, blank_before=False) or speech.ZH_TRANSITION.match(text):
            return False
        return not text.startswith("@") and not (CJK.search(text) and speech.chinese_speech(text))

    def _lonely(self, cue: Cue, text: str, number: int) -> None:
        """A cue without words: a mistake if it must be one, else what a storyteller put in capitals."""
        capital = text.isupper() and not CJK.search(text)
        if not self.out.headings and not text.startswith("@"):  # above the first scene: "EPISODE 1"
            self._plain(f"!{text}", number)
            return
        if text.startswith("@") or (capital and speech.is_likely_person(cue) and not text.endswith((":", "."))):
            raise no_words(cue.name, number)
        if not capital and (cue.name in self.known or speech.is_off_screen(cue.name, cue.bracket)):
            raise no_words(cue.name, number)
        self._plain(f"!{text}" if capital and not text.endswith(":") else text, number)


def no_words(speaker: str, number: int) -> ScreenplayError:
    return ScreenplayError(
        f"{speaker} on line {number} has a cue and no words.",
        code="screenplay_no_words",
        remedy="Write the words on the next line, without a blank one between. Action in capitals begins with !",
        line=number,
    )
