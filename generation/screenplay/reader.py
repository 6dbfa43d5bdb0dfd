"""Text to screenplay: our own rewriting, the Fountain parser, and a fold of its elements into typed scenes."""

from __future__ import annotations

import re

from fountain.elements import ElementType, FountainElement
from fountain.parser import FountainParser

from generation.screenplay import speech
from generation.screenplay.headings import CJK, DAY, SAME, SCENE_NUMBER, Heading
from generation.screenplay.model import Action, Cut, Element, Line, Scene, Screenplay, ScreenplayError
from generation.screenplay.normalise import Normal, Normaliser, no_words
from generation.screenplay.remarks import without_remarks

NO_SCENES = "Give each scene a heading of its own, such as INT. KITCHEN - NIGHT or 内景 客厅 夜."
CHINESE_SHARE = 0.2
MAX_TITLE = 200
WORD = re.compile(r"\w")
SENTENCE_END = re.compile(r"[.!?。！？…]")
FRONT_MATTER = 60  # a caption above the first heading ("EPISODE 1") may be this long


def parse(source: str) -> Screenplay:
    """The screenplay in `source` (Fountain, English or Chinese). Pure; raises `ScreenplayError` with `line`.

    It takes no time limit and no size limit: for text from outside use `parse_bounded`.
    """
    text = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ScreenplayError(
            "There is no text.", code="screenplay_empty", remedy=f"Write a screenplay. {NO_SCENES}", line=1
        )
    language = language_of(text)
    normal = Normaliser(without_remarks(text)).run()
    document = FountainParser().parse("\n".join(line.text for line in normal.lines))
    scenes = _Fold(normal, language).run(document.elements)
    if not scenes:
        raise ScreenplayError("There is no scene in it.", code="screenplay_no_scenes", remedy=NO_SCENES, line=1)
    spoken = (element.speaker for scene in scenes for element in scene.elements if isinstance(element, Line))
    title = re.sub(r"[*_]+", "", document.metadata.get("title", "").replace("\n", " ")).strip()
    return Screenplay(title[:MAX_TITLE], language, scenes, tuple(dict.fromkeys(spoken)))


def language_of(text: str) -> str:
    """ "zh" if at least a fifth of the letters are Chinese characters, else "en"."""
    chinese = len(CJK.findall(text))
    return "zh" if chinese and chinese / sum(map(str.isalpha, text)) >= CHINESE_SHARE else "en"


class _Fold:
    """Walks the parser's elements and gathers scenes; one method for each kind of element."""

    def __init__(self, normal: Normal, language: str) -> None:
        self.normal = normal
        self.language = language
        self.scenes: list[Scene] = []
        self.heading: tuple[Heading, int] | None = None
        self.elements: list[Element] = []
        self.names: dict[str, str] = {}
        self.cue: FountainElement | None = None
        self.cue_off_screen = False
        self.speaker = self.manner = ""
        self.spoken = False
        self.words: list[str] = []
        self.words_at = 0
        self.kinds = {
            ElementType.SCENE_HEADING: self._scene_heading,
            ElementType.ACTION: self._action,
            ElementType.CENTERED: self._action,
            ElementType.TRANSITION: self._transition,
            ElementType.CHARACTER: self._character,
            ElementType.PARENTHETICAL: self._parenthetical,
            ElementType.DIALOGUE: self._dialogue,
            ElementType.LYRICS: self._lyrics,
            ElementType.DUAL_DIALOGUE: self._dual,
        }

    def run(self, elements: list[FountainElement]) -> tuple[Scene, ...]:
        self._take(elements)
        self._end_speech()
        self._end_scene()
        return tuple(self.scenes)

    def _take(self, elements: list[FountainElement]) -> None:
        for element in elements:
            if element.type in self.kinds:  # sections, synopses and page breaks are not seen or heard
                self.kinds[element.type](element)

    def _number(self, element: FountainElement) -> int:
        return self.normal.lines[element.line_number - 1].number

    def _scene_heading(self, element: FountainElement) -> None:
        self._end_speech()
        self._end_scene()
        self.heading = self.normal.headings[int(element.text[1:])], self._number(element)

    def _end_scene(self) -> None:
        if self.heading is None:
            return
        heading, number = self.heading
        before = self.scenes[-1].time_of_day if self.scenes else DAY
        time = before if heading.time in ("", SAME) and self._same_light(heading) else heading.time or DAY
        text = SCENE_NUMBER.sub("", heading.text)
        self.scenes.append(
            Scene(len(self.scenes) + 1, text, heading.interior, heading.place, time, tuple(self.elements), number)
        )
        self.elements = []

    def _same_light(self, heading: Heading) -> bool:
        """An unnamed time goes on from the scene before; a new place in the open without one is in daylight."""
        return heading.time == SAME or heading.interior is not False

    def _action(self, element: FountainElement) -> None:
        self._end_speech()
        number = self._number(element)
        pieces = [(i, piece.strip()) for i, piece in enumerate(element.text.split("\n")) if piece.strip()]
        text = " ".join(piece for _, piece in pieces)
        if self.heading is None:
            self._front_matter(text, number)
        elif self.language == "zh":  # a line is a paragraph; in English it may be a wrapped one
            lines = self.normal.lines
            self.elements += [Action(piece, lines[element.line_number - 1 + i].number) for i, piece in pieces]
        elif text:
            self.elements.append(Action(text, number))

    def _front_matter(self, text: str, number: int) -> None:
        if len(text) > FRONT_MATTER or SENTENCE_END.search(text):
            raise ScreenplayError(
                f"The text on line {number} stands before the first scene.",
                code="screenplay_no_scenes", remedy=NO_SCENES, line=number,
            )

    def _transition(self, element: FountainElement) -> None:
        self._end_speech()
        if element.text.strip():
            self.elements.append(Cut(element.text.strip(), self._number(element)))

    def _character(self, element: FountainElement) -> None:
        self._end_speech()
        name, number = element.text.strip(), self._number(element)
        if self.heading is None:
            raise ScreenplayError(
                f"{name} speaks on line {number}, before the first scene.",
                code="screenplay_no_scenes", remedy=NO_SCENES, line=number,
            )
        if len(name) > speech.MAX_NAME:
            raise ScreenplayError(
                f"The speaker on line {number} has a name of {len(name)} characters.",
                remedy=f"Use at most {speech.MAX_NAME}, or begin the line with ! to make it action.",
                line=number,
            )
        bracket = speech.plain_brackets(str(element.metadata.get("extension", "")))
        self.cue, self.spoken = element, False
        self.speaker = self.names.setdefault(name.casefold(), name)
        self.cue_off_screen = speech.is_off_screen(name, bracket)
        self.manner = speech.manner_of(bracket)

    def _parenthetical(self, element: FountainElement) -> None:
        self._end_words()
        self.manner = element.text.strip("() ")

    def _dialogue(self, element: FountainElement) -> None:
        text = element.text.replace("\u200b", "").strip()
        if not text:
            return
        self.words_at = self.words_at or self._number(element)
        self.words.append(text)

    def _lyrics(self, element: FountainElement) -> None:
        if self.cue is None:
            self._action(element)
            return
        self._end_words()
        self.manner = self.manner or ("唱" if self.language == "zh" else "singing")
        self._dialogue(element)

    def _dual(self, element: FountainElement) -> None:
        left, right = element.dual_dialogue_columns()
        self._take([*left, *right])

    def _end_words(self) -> None:
        if not self.words:
            return
        text = ("" if self.language == "zh" else " ").join(self.words)
        if WORD.search(text):
            self.elements.append(Line(self.speaker, text, self.manner, self.cue_off_screen, self.words_at))
        else:  # "..." is a silence that is seen, not words that are heard
            self.elements.append(Action(f"{self.speaker}{text}", self.words_at))
        self.words, self.words_at, self.spoken, self.manner = [], 0, True, ""

    def _end_speech(self) -> None:
        self._end_words()
        if self.cue is not None and not self.spoken:
            raise no_words(self.speaker, self._number(self.cue))
        self.cue = None
