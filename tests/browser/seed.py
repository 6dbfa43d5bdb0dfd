"""Published series with small real films behind them, made by PyAV: for looking at the pages, and for their tests.

Run inside a project: `manage.py shell -c "from tests.browser.seed import fill; fill()"`.
"""

from __future__ import annotations

import math
import tempfile
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from catalog.models import Episode, Master, Rendition, Series, Subtitle
from creators.models import Creator
from media.storage import new_prefix, put_tree

FPS, RATE, WIDTH, HEIGHT = 12, 44_100, 720, 1280
TITLES = {
    "en": ("The Letter", "Second Wife, First Heir", "Rain on Mercer Street", "He Came Back Rich", "The Night Nurse",
           "Contract With a Stranger", "My Sister's Wedding", "The Last Ferry", "Glass Crown", "Room 1408 Is Mine",
           "Borrowed Name", "The Understudy"),
    "zh": ("雨夜归人", "离婚后我继承了千亿", "替嫁新娘", "她从火里来", "长街灯火", "重生之复仇千金", "医妃难求",
           "最后一班渡轮", "隐婚总裁", "旧巷", "琉璃冠", "替身"),
}
WORDS = {
    "en": ("Nobody knew where the letter came from.", "She read it twice, then burned it.", "And the door opened."),
    "zh": ("没有人知道那封信从哪里来。", "她读了两遍，把它烧了。", "门开了。"),
}


def film(folder: Path, *, seconds: int, hue: int, label: str, language: str) -> None:
    """A package of one rung: `720p.mp4` (fragmented, H.264 and AAC), `poster.jpg`, `captions.vtt`."""
    folder.mkdir(parents=True, exist_ok=True)
    backdrop = _backdrop(hue, label)
    backdrop.save(folder / Master.POSTER, quality=82)
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    with av.open(str(folder / "720p.mp4"), "w", format="mp4", options=options) as out:
        picture = out.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "34", "g": str(FPS * 2)})
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        sound = out.add_stream("aac", rate=RATE, layout="mono")
        for n in range(seconds * FPS):
            frame = av.VideoFrame.from_ndarray(_frame(backdrop, n / (seconds * FPS)), format="rgb24")
            frame.pts, frame.time_base = n, Fraction(1, FPS)
            out.mux(picture.encode(frame))
        out.mux(picture.encode())
        _tone(out, sound, seconds, 180 + hue)
    spoken = WORDS[language]
    third = seconds / len(spoken)
    cues = [f"{_stamp(i * third)} --> {_stamp((i + 1) * third)}\n{text}\n" for i, text in enumerate(spoken)]
    (folder / "captions.vtt").write_text("WEBVTT\n\n" + "\n".join(cues))


def fill(*, series: int = 24, episodes: int = 4, seconds: int = 9, free: int = 2) -> list[Series]:
    """So many published series, in both languages, the newest first in the feed. Films are shared between series."""
    films = _films(seconds)
    makers = [Creator.objects.get_or_create(handle=f"lantern-{n}", defaults={"name": name})[0]
              for n, name in enumerate(("Lantern Street", "南灯影社", "Harbour Nine"))]
    now = timezone.now()
    made = []
    for n in range(series):
        language = ("en", "zh")[n % 2]
        titles = TITLES[language]
        made.append(Series.objects.create(
            creator=makers[n % len(makers)], language=language, free_episodes=free, price_coins=60,
            title=titles[n // 2 % len(titles)] + (f" {n // 24 + 1}" if n >= 24 else ""),
            synopsis=" ".join(WORDS[language]), genres=[("romance", "revenge", "mystery", "family")[n % 4], "city"],
            maturity=(0, 13, 16)[n % 3], published_episodes=episodes,
            first_published_at=now - timedelta(minutes=n),
        ))
        for number in range(1, episodes + 1):
            _publish(made[-1], number, films[language][(n + number) % len(films[language])], seconds, now)
    return made


def _films(seconds: int) -> dict[str, list[str]]:
    prefixes: dict[str, list[str]] = {}
    for language in WORDS:
        prefixes[language] = []
        for n in range(3):
            with tempfile.TemporaryDirectory() as folder:
                film(Path(folder), seconds=seconds, hue=n * 60 + (30 if language == "zh" else 0), label=str(n + 1),
                     language=language)
                prefixes[language].append(new_prefix("masters"))
                put_tree(Path(folder), prefixes[language][-1])
    return prefixes


def _publish(series: Series, number: int, prefix: str, seconds: int, now: Any) -> None:
    titles = {"en": ("The Envelope", "What She Burned", "Someone at the Door", "His Real Name"),
              "zh": ("信封", "烧掉的秘密", "门外的人", "他的真名")}[series.language]
    episode = Episode.objects.create(series=series, number=number, title=titles[(number - 1) % 4])
    master = Master.objects.create(
        episode=episode, version=1, profile="animatic", prefix=prefix, duration_ms=seconds * 1000, width=WIDTH,
        height=HEIGHT, fps=FPS, size_bytes=1, captions_burned=False,
    )
    Rendition.objects.create(
        master=master, name="720p", path="720p.mp4", playlist_path="720p.m3u8", width=WIDTH, height=HEIGHT,
        bitrate=500_000, peak_bitrate=900_000, codecs="avc1.42c01f,mp4a.40.2", size_bytes=1,
    )
    Subtitle.objects.create(master=master, language=series.language, path="captions.vtt")
    Episode.objects.filter(pk=episode.pk).update(
        status=Episode.Status.PUBLISHED, master=master, published_at=now, submitted_at=now
    )


def _backdrop(hue: int, label: str) -> Image.Image:
    """A night street in one colour: enough to see what the page's own marks look like on a picture."""
    image = Image.new("HSV", (WIDTH, HEIGHT), (hue % 256, 120, 70)).convert("RGB")
    draw = ImageDraw.Draw(image)
    for n in range(14):
        left, top = n * 60 - 30, 500 + 120 * math.sin(n * 2.1)
        draw.rectangle((left, top, left + 55, HEIGHT), fill=tuple(int(c * 0.6) for c in image.getpixel((5, 5))))
        draw.rectangle((left + 18, top + 40, left + 36, top + 70), fill=(240, 210, 140))
    draw.ellipse((250, 520, 470, 740), fill=(214, 170, 140))
    draw.rounded_rectangle((190, 730, 530, 1290), 90, fill=(52, 44, 70))
    draw.text((40, 60), label, fill=(255, 255, 255), font=ImageFont.load_default(90))
    return image


def _frame(backdrop: Image.Image, share: float) -> np.ndarray[Any, Any]:
    """The backdrop with a moon that crosses the sky, so that two moments never look alike."""
    frame = backdrop.copy()
    x, y = 80 + share * 520, 260 - 120 * math.sin(share * math.pi)
    ImageDraw.Draw(frame).ellipse((x, y, x + 70, y + 70), fill=(250, 240, 210))
    return np.asarray(frame)


def _tone(out: Any, stream: Any, seconds: int, pitch: int) -> None:
    times = np.arange(seconds * RATE) / RATE
    wave = (np.sin(2 * np.pi * pitch * times) * 0.15).astype(np.float32)
    for start in range(0, wave.size, 1024):
        frame = av.AudioFrame.from_ndarray(wave[None, start : start + 1024], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        out.mux(stream.encode(frame))
    out.mux(stream.encode())


def _stamp(seconds: float) -> str:
    return f"00:{int(seconds // 60):02d}:{seconds % 60:06.3f}"
