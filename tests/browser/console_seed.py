"""A moderator's morning, made by the services: submissions that wait, decisions, reports, an appeal, with real films.

Run inside a project: `manage.py shell -c "from tests.browser.console_seed import fill; fill()"`.
"""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import User
from catalog import services as catalog
from catalog.models import Episode, Master, Rendition, Series, Subtitle
from creators.models import Creator, Member
from generation.breakdown import breakdown, shot_to_json
from generation.screenplay import parse
from media.storage import new_prefix, put_tree
from moderation import services
from moderation.models import Reason, Review
from tests.browser.seed import HEIGHT, WIDTH, film

PASSWORD = "a-long-enough-password"
STORY = {
    "en": """Title: The Key

INT. HALLWAY - NIGHT

A wet envelope lies under the door. MARA picks it up and turns it over.

MARA
(whispering)
It has my name on it. {line}

INT. KITCHEN - NIGHT

JONAS stands in the dark, a key in his hand.

JONAS
Don't open it. Please.

MARA
Who are you to say what I may open in my own house?

EXT. STREET - DAY

Rain. A black car waits with its engine running.
""",
    "zh": """Title: 钥匙

内景 走廊 - 夜

门下有一个湿透的信封。林岚把它捡起来。

林岚
（低声）
上面写着我的名字。{line}

内景 厨房 - 夜

周野站在黑暗里，手里拿着一把钥匙。

周野
别打开。求你了。

林岚
这是我的家，你凭什么说？
""",
}
TITLES = {"en": ("The Letter", "Second Wife, First Heir", "Rain on Mercer Street", "The Night Nurse"),
          "zh": ("雨夜归人", "替嫁新娘", "长街灯火", "旧巷")}
BAD = {"en": "Or else: how to make a bomb, that is what he asked.", "zh": "加我微信看全集。"}


def moderator(email: str = "mod@example.org", name: str = "Mo Derator") -> User:
    user = User.objects.create_user(email, PASSWORD, is_staff=True, display_name=name)
    user.groups.add(Group.objects.get(name="moderators"))
    return user


def evidence(language: str, *, line: str = "", seconds: int = 9) -> dict[str, Any]:
    """What a submission of a real render freezes, its shots stretched over the film."""
    source = STORY[language].format(line=line)
    shots = [shot_to_json(shot) for shot in breakdown(parse(source))]
    for number, shot in enumerate(shots, start=1):
        shot |= {"number": number, "duration_ms": seconds * 1000 // len(shots), "seed": number}
        shots[number - 1] = shot
    return {
        "version": 1, "title": "The Key", "language": language, "duration_ms": seconds * 1000,
        "screenplay": {"version": 2, "sha256": "0" * 64, "text": source}, "shots": shots,
        "render": {"profile": "animatic", "created_at": "2026-11-23T09:00:00+00:00"},
        "look": {"style": "night noir", "prompt": "wet streets, sodium light", "negative_prompt": "text"},
        "cast": [{"name": "MARA", "look": "short dark hair, red coat", "consents": [
            {"kind": "voice", "subject_name": "M. Ara", "document": "consent-17.pdf",
             "granted_at": "2026-10-01T10:00:00+00:00", "revoked_at": None}]}],
        "models": [{"role": "engine", "name": "animatic", "version": "3", "licence": "Apache-2.0"}],
        "artifacts": {f"shot {n}": f"{n:02x}" * 32 for n in range(1, len(shots) + 1)},
    }


def submitted(series: Series, number: int, *, prefix: str, seconds: int = 9, **story: Any) -> Episode:
    """An episode that waits for its review."""
    titles = {"en": "Someone at the Door", "zh": "门外的人"}
    episode, _ = Episode.objects.get_or_create(
        series=series, number=number, defaults={"title": titles[series.language]}
    )
    master = Master.objects.create(
        episode=episode, version=episode.masters.count() + 1, profile="animatic", prefix=prefix, height=HEIGHT,
        duration_ms=seconds * 1000, width=WIDTH, fps=12, size_bytes=420_000, loudness_lufs=-14.2,
        captions_burned=False,
    )
    Rendition.objects.create(
        master=master, name="720p", path="720p.mp4", playlist_path="720p.m3u8", width=WIDTH, height=HEIGHT,
        bitrate=500_000, peak_bitrate=900_000, codecs="avc1.42c01f,mp4a.40.2", size_bytes=420_000,
    )
    Subtitle.objects.create(master=master, language=series.language, path="captions.vtt")
    frozen = evidence(series.language, seconds=seconds, **story)
    return catalog.episode_submit(episode=episode, master=master, evidence=frozen, now=timezone.now())


def films(seconds: int = 9) -> dict[str, str]:
    """One stored film a language, by its prefix; every master of the seed shows it."""
    prefixes = {}
    for hue, language in enumerate(("en", "zh")):
        with tempfile.TemporaryDirectory() as folder:
            film(Path(folder), seconds=seconds, hue=60 + 90 * hue, label=language, language=language)
            prefixes[language] = new_prefix("masters")
            put_tree(Path(folder), prefixes[language])
    return prefixes


def fill(*, episodes: int = 2, seconds: int = 9) -> None:
    """A moderator (mod@example.org), a superuser (root@example.org), and work for both."""
    mod, other = moderator(), moderator("nina@example.org", "Nina Night")
    User.objects.create_superuser("root@example.org", PASSWORD, display_name="Root")
    owner = User.objects.create_user("writer@example.org", PASSWORD, display_name="Willa Writer")
    stored = films(seconds)
    makers = []
    for name, handle in (("Lantern Street", "lantern-street"), ("南灯影社", "nandeng")):
        makers.append(Creator.objects.create(name=name, handle=handle))
        Member.objects.create(creator=makers[-1], user=owner, role=Member.Role.OWNER)
    for n in range(4):
        for language in ("en", "zh"):
            series = Series.objects.create(
                creator=makers[n % 2], title=TITLES[language][n], language=language, free_episodes=1, price_coins=60,
                maturity=(0, 13, 16, 18)[n],
            )
            for number in range(1, episodes + 1):
                line = BAD[language] if (n + number) % 3 == 0 else ""
                submitted(series, number, prefix=stored[language], seconds=seconds, line=line)
    services.reviews_open_pending(now=timezone.now())
    _decide(mod, other, owner, stored, seconds)


def _decide(mod: User, other: User, owner: User, stored: dict[str, str], seconds: int) -> None:
    now = timezone.now()
    first = list(Review.objects.order_by("pk").select_related("episode__series", "master")[:7])
    for n, review in enumerate(first[:4]):
        services.review_approve(review=review, by=(mod, other)[n % 2], now=now - timedelta(days=n), note="Fine.")
    for n, review in enumerate(first[4:]):
        services.review_reject(
            review=review, by=other, now=now - timedelta(days=n * 3), reason_code=(Reason.QUALITY, Reason.SPAM)[n % 2],
            note="The captions run ahead of the voices from the second scene on.",
        )
    again = first[5].episode
    again.refresh_from_db()
    submitted(again.series, again.number, prefix=stored[again.series.language], seconds=seconds)
    services.reviews_open_pending(now=now)
    services.appeal_create(
        review=first[4], by=owner, now=now,
        text="The captions are in time here and on three phones. Could somebody watch it with sound once more?",
    )
    for n in range(7):
        viewer = User.objects.create_guest()
        services.report_create(
            episode=first[n % 2].episode, by=viewer, now=now, note=("", "My name is on that letter!", "")[n % 3],
            reason_code=(Reason.VIOLENCE, Reason.CONSENT, Reason.SPAM)[n % 3],
        )
