"""The profiles a creator may choose. Their numbers are part of every key: a change renders anew."""

from typing import Any

from common.errors import DomainError
from generation.engines.base import Profile, Rung

FULL = (Rung("720p", 720, 1280, 22), Rung("540p", 540, 960, 23), Rung("360p", 360, 640, 24))
SMALL = (Rung("320p", 180, 320, 22), Rung("160p", 90, 160, 24))

PROFILES: dict[str, Profile] = {
    "animatic": Profile(
        name="animatic",
        engine="animatic",
        width=720,
        height=1280,
        fps=24,
        rungs=FULL,
        captions_burned=True,
        preview=True,
    ),
    "draft": Profile(
        "draft", "diffusion", 720, 1280, 24, FULL, captions_burned=True, model="wan22-ti2v-5b-fast", preview=True
    ),
    "final": Profile(
        "final", "diffusion", 720, 1280, 24, FULL, captions_burned=False, model="wan22-ti2v-5b", keyframes=True,
        rerolls=1,
    ),
    "final-linked": Profile(
        "final-linked", "diffusion", 720, 1280, 24, FULL, captions_burned=False, continuity="last_frame",
        model="wan22-ti2v-5b", rerolls=1,
    ),
    "final-cast": Profile(
        "final-cast", "diffusion", 720, 1280, 16, FULL, captions_burned=False, model="wan21-vace-1b", references=True,
        rerolls=1,
    ),
    "final-audio": Profile("final-audio", "diffusion", 720, 1280, 24, FULL, captions_burned=False, model="ltx2"),
    "remote": Profile("remote", "remote", 720, 1280, 24, FULL, captions_burned=False, service=True),
    "remote-linked": Profile(
        "remote-linked", "remote", 720, 1280, 24, FULL, captions_burned=False, continuity="last_frame", service=True
    ),
    # for tries and tests without a GPU: real pipelines, random weights
    "tiny-wan": Profile(
        "tiny-wan", "diffusion", 180, 320, 12, SMALL, captions_burned=True, model="tiny-wan", keyframes=True
    ),
    "tiny-cast": Profile(
        "tiny-cast", "diffusion", 180, 320, 12, SMALL, captions_burned=False, model="tiny-wan-vace", references=True
    ),
    "tiny-ltx2": Profile("tiny-ltx2", "diffusion", 180, 320, 12, SMALL, captions_burned=False, model="tiny-ltx2"),
}

GOP_SECONDS = 2
SOUND = {"sample_rate": 48_000, "target_lufs": -16.0}


class UnknownProfile(DomainError):
    """There is no profile of that name."""

    code = "unknown_profile"


def get_profile(name: str) -> Profile:
    """The profile, or `UnknownProfile`, which names those that exist."""
    profile = PROFILES.get(name)
    if profile is None:
        known = ", ".join(sorted(PROFILES))
        raise UnknownProfile(
            f"There is no profile {name!r}.", remedy=f"Choose one of: {known}.", profiles=sorted(PROFILES)
        )
    return profile


def encoder_settings(profile: Profile) -> dict[str, Any]:
    """The `encoder` part of the shot and ladder specs: everything that decides the encoded bytes but the pictures.

    One thread: x264 gives other bytes for another thread count, and workers already run one process a core.
    """
    return {
        "codec": "libx264",
        "preset": "veryfast",
        "tune": "animation" if profile.engine == "animatic" else "",
        "crf": profile.rungs[0].crf,
        "gop": profile.fps * GOP_SECONDS,
        "threads": 1,
    }
