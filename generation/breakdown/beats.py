"""A scene becomes beats: what is shown or said at once, by whom, how strongly. No camera yet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from generation.breakdown import timing
from generation.breakdown.model import MIN_SHOT_MS
from generation.breakdown.people import LEAVES, People
from generation.screenplay import Action, Cut, Element, Line, Scene

ESTABLISH, ACTION, SPEECH, REACTION = "establish", "action", "speech", "reaction"
MAX_LINES = 3
SHOT_TARGET_MS = 5_000
QUICK_MS = 1_500  # lines this short may be traded within one two-shot
ESTABLISH_MS, ESTABLISH_MAX_MS = 1_600, 2_600
MOMENT_MS, FLASH_MS = 3_200, 250
REACTION_MS = 1_600
REACTION_EVERY = 3  # beats: a reaction after each strong line would be a habit

EXCLAIMS = re.compile(r"[!！]")
ASKS = re.compile(r"[?？]")
REVEALS = re.compile(
    r"\b(?:dead|died|alive|pregnant|murder(?:ed|er)?|killed|divorce|liar|lied|married|adopted|it was you|never loved|"
    r"i love you|you're fired|your (?:real )?(?:father|mother|wife|husband|brother|sister|son|daughter))\b|"
    r"死|还活着|怀孕|凶手|杀|离婚|骗|真相|亲生|秘密|是你|我爱你|不是你|早就|你爸|你妈|你父亲|你母亲",
    re.IGNORECASE,
)
OBJECT = re.compile(
    r"\b(?:letter|envelope|phone|screen|ring|knife|gun|photo(?:graph)?|picture|key|handle|watch|clock|glass|bottle|blood|note|"
    r"paper|document|signature|hand|hands|fingers?|message|card|candle|flame|coin|necklace|syringe|pills?)\b|"
    r"信|手机|屏幕|戒指|刀|枪|照片|钥匙|门把|手表|钟|杯|瓶|血|纸条|文件|合同|签名|手指|的手|短信|名片|蜡烛|项链",
    re.IGNORECASE,
)
MOTION = re.compile(
    r"\b(?:runs?|walks?|falls?|stumbles?|enters?|steps?|stands?|sits?|rushes|climbs?|turns?|"
    r"backs away|kneels?|bursts?)\b|跑|走|冲|摔|跌|推门|进来|站|坐|转身|后退|跪|退",
    re.IGNORECASE,
)
FEELING = re.compile(
    r"\b(?:eyes?|tears?|stares?|freezes?|face|lips?|cries|sobs|smiles?|pale|trembl\w+|flinch\w*|gasps?|breath\w*|swallows?|"
    r"hesitat\w+|realiz\w+)\b|眼|泪|愣|僵|脸|嘴角|颤|苍白|哭|微笑|冷笑|呼吸|怔|盯|瞪|咬",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Beat:
    """One moment. `focus` is whom it is about, `others` who else is in frame; `strength` 0 to 2."""

    kind: str
    scene: Scene
    first_line: int
    last_line: int
    action: str = ""
    focus: str = ""
    others: tuple[str, ...] = ()
    lines: list[Line] = field(default_factory=list)
    strength: int = 0
    ms: int = MIN_SHOT_MS
    transition: str = "cut"

    @property
    def speakers(self) -> set[str]:
        return {line.speaker for line in self.lines}


def strength_of(text: str) -> int:
    """2: an exclamation or a reveal, 1: a question, 0: talk."""
    if EXCLAIMS.search(text) or REVEALS.search(text):
        return 2
    return 1 if ASKS.search(text) else 0


def transition_of(text: str) -> str:
    """The transition that a written one asks for, of those we make."""
    if re.search(r"fade|淡|渐|黑", text, re.IGNORECASE):
        return "fade"
    return "dissolve" if re.search(r"dissolve|叠|溶|化", text, re.IGNORECASE) else "cut"


class SceneBeats:
    """Walks one scene. `recent` holds who is there, the last active first."""

    def __init__(self, scene: Scene, people: People, *, new_place: bool, transition: str = "cut") -> None:
        self.scene = scene
        self.people = people
        self.new_place = new_place
        self.transition = transition
        self.recent: list[str] = []
        self.beats: list[Beat] = []
        self.since_reaction = REACTION_EVERY

    def run(self) -> list[Beat]:
        elements = list(self.scene.elements)
        while elements and isinstance(elements[0], Cut):
            self.transition = transition_of(elements.pop(0).text)
        story = [element for element in elements if not isinstance(element, Cut)]
        if self.new_place or not story:
            self._establish(story)
        for i, element in enumerate(elements):
            if isinstance(element, Cut):
                self.transition = transition_of(element.text)
            elif isinstance(element, Action):
                self._action(element)
            else:
                self._line(element, elements[i + 1] if i + 1 < len(elements) else None)
        return self.beats

    def _add(self, beat: Beat) -> None:
        beat.transition, self.transition = self.transition, "cut"
        self.beats.append(beat)
        self.since_reaction = 0 if beat.kind == REACTION else self.since_reaction + 1

    def _active(self, names: list[str]) -> None:
        names = [name for name in names if self.people.visible(name)]
        self.recent = names + [name for name in self.recent if name not in names]

    def _establish(self, story: list[Line | Action]) -> None:
        """The place, with those who are about to act in it, if one can see them there."""
        there: list[str] = []
        if story and self.scene.interior is not False:
            first = story[0]
            there = self.people.mentioned(first.text) if isinstance(first, Action) else self._talkers(story)
        at = self.scene.source_line
        ms = ESTABLISH_MS
        self._add(Beat(ESTABLISH, self.scene, at, at, focus=there[0] if there else "", others=tuple(there[1:]), ms=ms))

    def _talkers(self, elements: list[Line | Action]) -> list[str]:
        talk = []
        for element in elements[:4]:
            if not isinstance(element, Line):
                break
            if not element.off_screen and self.people.visible(element.speaker):
                talk.append(element.speaker)
        return list(dict.fromkeys(talk))

    def _action(self, action: Action) -> None:
        for text, meant in self._moments(action.text):
            self._active(meant)
            opening = self.beats[0] if len(self.beats) == 1 and self.beats[0].kind == ESTABLISH else None
            if opening and not opening.action and not (OBJECT.search(text) and len(meant) < 2):
                opening.action, opening.last_line = text, action.source_line
                opening.ms = timing.clamp_ms(timing.action_ms(text), most=ESTABLISH_MAX_MS)
                opening.focus, opening.others = (meant[0] if meant else ""), tuple(meant[1:])
            else:
                self._add(self._action_beat(text, action.source_line, meant))
            if len(meant) == 1 and LEAVES.search(text):
                self.recent = [name for name in self.recent if name != meant[0]]

    def _moments(self, paragraph: str) -> list[tuple[str, list[str]]]:
        """A paragraph in what one shot can show: sentences about the same people together, up to MOMENT_MS."""
        moments: list[tuple[str, list[str]]] = []
        recent = self.recent
        for text in timing.sentences(paragraph):
            meant = self.people.meant(text, recent)
            recent = meant + [name for name in recent if name not in meant]
            if moments and self._same_moment(*moments[-1], text, meant):
                joint = "" if timing.CJK.search(text) else " "
                before, who = moments.pop()
                moments.append((before + joint + text, who or meant))
            else:
                moments.append((text, meant))
        return moments

    def _same_moment(self, before: str, who: list[str], text: str, meant: list[str]) -> bool:
        if timing.action_ms(before + text) > MOMENT_MS:
            return False
        is_flash = timing.look_ms(before) < FLASH_MS  # "Rain."
        return who == meant or (not who and is_flash) or (not meant and not OBJECT.search(text))

    def _action_beat(self, text: str, at: int, meant: list[str]) -> Beat:
        return Beat(
            ACTION, self.scene, at, at, action=text, focus=meant[0] if meant else "", others=tuple(meant[1:]),
            strength=1 if EXCLAIMS.search(text) else 0, ms=timing.action_ms(text),
        )

    def _line(self, line: Line, coming: Element | None) -> None:
        for text in timing.split_speech(line.text):
            piece = replace(line, text=text)
            if not self._join(piece):
                self._add(self._speech_beat(piece, coming))
        if not line.off_screen:
            self._active([line.speaker])
        self._react(coming)

    def _speech_beat(self, line: Line, coming: Element | None) -> Beat:
        listener = self._listener(line, coming)
        seen = self.people.visible(line.speaker) and not line.off_screen
        # a voice from elsewhere is seen in the face that hears it; a thought, in the face that thinks it
        inner = line.speaker if line.speaker in self.recent else ""
        focus = line.speaker if seen else listener or inner
        return Beat(
            SPEECH, self.scene, line.source_line, line.source_line, focus=focus, lines=[line],
            others=(listener,) if seen and listener else (), strength=strength_of(line.text),
            ms=timing.lines_ms([line.text]),
        )

    def _listener(self, line: Line, coming: Element | None) -> str:
        answer = coming.speaker if isinstance(coming, Line) and not coming.off_screen else line.speaker
        if answer != line.speaker and self.people.visible(answer):
            return answer
        return next((name for name in self.recent if name != line.speaker), "")

    def _join(self, line: Line) -> bool:
        """Adds the line to the shot before it: one speaker going on, or quick words traded between two."""
        beat = self.beats[-1] if self.beats else None
        if beat is None or beat.kind != SPEECH or len(beat.lines) >= MAX_LINES or self.transition != "cut":
            return False
        if beat.lines[-1].off_screen != line.off_screen:
            return False
        texts = [each.text for each in (*beat.lines, line)]
        if timing.lines_ms(texts) > SHOT_TARGET_MS or not self._belongs(beat, line, texts):
            return False
        beat.lines.append(line)
        beat.last_line, beat.ms = line.source_line, timing.lines_ms(texts)
        beat.strength = max(beat.strength, strength_of(line.text))
        return True

    def _belongs(self, beat: Beat, line: Line, texts: list[str]) -> bool:
        if beat.speakers == {line.speaker}:
            return beat.strength < 2 and strength_of(line.text) < 2
        quick = all(timing.speech_ms(text) <= QUICK_MS and strength_of(text) < 2 for text in texts)
        return quick and not line.off_screen and {line.speaker, *beat.speakers} <= {beat.focus, *beat.others}

    def _react(self, coming: Element | None) -> None:
        """After a blow, the face that takes it, unless the screenplay shows it next anyway."""
        beat = self.beats[-1]
        if beat.kind != SPEECH or beat.strength < 2 or not beat.others or self.since_reaction < REACTION_EVERY:
            return
        listener = beat.others[0]
        if isinstance(coming, Line) and (coming.speaker == listener or coming.off_screen):
            return
        if isinstance(coming, Action) and listener in self.people.meant(coming.text, self.recent):
            return
        at = beat.last_line
        self._add(Beat(REACTION, self.scene, at, at, focus=listener, strength=1, ms=REACTION_MS))
