"""The prompt of a shot, in stable wording: the same shot gives the same words, so the same artifact."""

from __future__ import annotations

from generation.breakdown.beats import REACTION, Beat
from generation.breakdown.camera import SetUp
from generation.breakdown.timing import CJK

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "wide": "wide shot", "medium": "medium shot", "close": "close-up", "extreme_close": "extreme close-up",
        "over_shoulder": "over-the-shoulder shot", "insert": "insert shot",
        "static": "camera still", "push_in": "camera slowly pushes in", "pull_out": "camera slowly pulls out",
        "pan_left": "camera pans left", "pan_right": "camera pans right", "tilt_up": "camera tilts up",
        "tilt_down": "camera tilts down",
        "day": "daylight", "night": "night", "dawn": "dawn light", "dusk": "dusk light",
        "inside": "interior", "outside": "exterior", "vertical": "vertical 9:16 frame",
    },
    "zh": {
        "wide": "全景", "medium": "中景", "close": "特写", "extreme_close": "大特写",
        "over_shoulder": "过肩镜头", "insert": "物件特写",
        "static": "镜头静止", "push_in": "镜头缓缓推近", "pull_out": "镜头缓缓拉远",
        "pan_left": "镜头向左摇", "pan_right": "镜头向右摇",
        "tilt_up": "镜头上摇", "tilt_down": "镜头下摇",
        "day": "白天", "night": "夜晚", "dawn": "清晨", "dusk": "黄昏",
        "inside": "内景", "outside": "外景", "vertical": "竖屏9:16",
    },
}  # fmt: skip


def shown_name(name: str) -> str:
    """A cue's capitals as a name is written: ANNA HALE becomes Anna Hale."""
    return name.title() if name.isupper() and not CJK.search(name) else name


def action_of(beat: Beat, language: str) -> str:
    """What is seen: the screenplay's own words, else what speaking or listening looks like."""
    if beat.action or not beat.focus:
        return beat.action
    who, chinese = shown_name(beat.focus), language == "zh"
    if beat.kind == REACTION or (beat.lines and beat.focus not in beat.speakers):
        return f"{who}听着，神情变化" if chinese else f"{who} listens, the face changing"
    if not beat.lines:
        return ""
    to = shown_name(beat.others[0]) if beat.others else ""
    manner = beat.lines[0].manner
    if chinese:
        return f"{who}{f'对{to}' if to else ''}说话{f'，{manner}' if manner else ''}"
    return f"{who} speaks{f' to {to}' if to else ''}{f', {manner}' if manner else ''}"


def prompt_of(setup: SetUp, language: str) -> str:
    """Framing and people, what happens, where, light, camera: always in that order."""
    words, scene = WORDS[language], setup.beat.scene
    names = [shown_name(name) for name in setup.cast]
    who = ("、" if language == "zh" else " and ").join(names)
    framing = words[setup.framing]
    side = "" if scene.interior is None else words["inside" if scene.interior else "outside"]
    parts = [
        (f"{framing}，{who}" if language == "zh" else f"{framing} of {who}") if who else framing,
        action_of(setup.beat, language).rstrip(".。"),
        f"{side} {shown_name(scene.place)}".strip(),
        words[scene.time_of_day],
        words[setup.move],
        words["vertical"],
    ]
    return ("，" if language == "zh" else ", ").join(part for part in parts if part)
