"""The mood of a spoken line, from its manner, its words and its punctuation, in English and Chinese. Pure."""

from __future__ import annotations

import re

MOODS = ("calm", "angry", "sad", "crying", "surprised", "happy", "afraid")

_WHISPER = "whisper|under (?:his|her|their) breath|hushed|murmur|softly|quietly|低声|小声|悄声|耳语|轻声|喃喃"
_MARKS: tuple[tuple[str, str], ...] = (
    (
        "angry",
        (
            "angr|angry|furious|shout|yell|cold(?:ly)?|bitter|snarl|sharp|harsh|rage|firm|through .*teeth|accus"
            "|hiss|snap|demand|icily|threat|sneer|愤怒|生气|怒|吼|冷冷|冷笑|冷漠|厉声|咬牙|质问|喝道|恨"
        ),
    ),
    (
        "crying",
        r"\bcr(?:y|ies|ying)\b|\btears?\b (?!the|it|up|a |open)|in tears|sob|weep|voice breaking|哭|哽咽|流泪|含泪|泪",
    ),
    (
        "sad",
        ("sad|broken|heartbroken|grief|mourn|pain|defeated|regret|hurt|choked|悲|伤心|难过|痛苦|绝望|心碎|叹"),
    ),
    (
        "afraid",
        (
            "afraid|fear|scared|terrified|trembl|nervous|panic|shak|anxious|desperate|plead|begging|beg|stammer"
            "|害怕|恐惧|颤抖|发抖|紧张|惊恐|慌|哀求|恳求|结巴"
        ),
    ),
    (
        "surprised",
        (
            "surpris|shock|stunned|gasp|disbelief|astonish|startled|realiz|amazed|confused|wide-eyed"
            "|惊|震惊|吃惊|愣|难以置信|不敢相信|疑惑|困惑"
        ),
    ),
    (
        "happy",
        (
            "happy|smil|laugh|grin|joy|cheer|warm|tender|gentle|gently|loving|amused|excited|playful|relieved|smirk|teas"
            "|高兴|开心|微笑|笑|喜|温柔|兴奋|得意"
        ),
    ),
)
_PATTERNS = tuple((mood, re.compile(pattern)) for mood, pattern in _MARKS)
_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "angry",
        re.compile(r"\b(?:liar|get out|how dare|shut up|hate you|damn|betray\w*)\b|滚|骗子|住口|闭嘴|背叛|凭什么|混蛋"),
    ),
    ("sad", re.compile(r"\b(?:i'm sorry|goodbye|'s gone|died|i miss|forgive me)\b|对不起|再见|原谅我|去世|死了")),
    ("afraid", re.compile(r"\b(?:please don't|help me|run)\b|救命|别过来|求你|快跑")),
    ("happy", re.compile(r"\b(?:i love you|thank you|congratulations)\b|我爱你|谢谢|太好了|恭喜")),
)


def is_whisper(manner: str) -> bool:
    """Whether the line is to be whispered."""
    return re.search(_WHISPER, manner.lower()) is not None


def _first(patterns: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> str:
    return next((mood for mood, pattern in patterns if pattern.search(text)), "")


def mood_of(manner: str, text: str = "") -> str:
    """One of `MOODS`: the manner decides, then telling words, then ?! and !, else calm."""
    found = _first(_PATTERNS, manner.lower()) or _first(_WORDS, text.lower())
    if found:
        return found
    if re.search(r"[?？][!！]|[!！][?？]|[?？]{2,}|什么[?？]|^(?:what|who|how)[?!]", text.lower()):
        return "surprised"
    return "angry" if text.rstrip('"”’」』').endswith(("!", "！")) else "calm"
