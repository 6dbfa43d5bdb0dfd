"""What codes are called on the pages, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Genre


def episode_status(code: str) -> str:
    return {
        "draft": _("Draft"), "in_review": _("In review"), "rejected": _("Rejected"), "scheduled": _("Scheduled"),
        "published": _("Published"), "withdrawn": _("Withdrawn"),
    }.get(code, code)


def step_kind(code: str) -> str:
    """A kind of step, as a stage of the work."""
    return {
        "voice": _("Voices"), "prompt": _("Reading the prompt"), "keyframe": _("Keyframes"), "latents": _("Denoising"),
        "footage": _("Filming by the service"),
        "sheet": _("Character sheets"),
        "shot": _("Shots"), "ladder": _("Smaller sizes"), "sound": _("Sound"), "join": _("Joining"),
        "poster": _("Poster"), "package": _("Packing"),
    }.get(code, code)


def outcome(code: str) -> str:
    """How an attempt ended."""
    return {
        "done": _("Done"), "failed": _("Failed"), "lost": _("Machine lost"), "cancelled": _("Cancelled"),
    }.get(code, code)


def genres() -> list[tuple[str, str]]:
    names = {
        "romance": _("Romance"), "revenge": _("Revenge"), "family": _("Family"), "thriller": _("Thriller"),
        "fantasy": _("Fantasy"), "comedy": _("Comedy"), "history": _("History"), "city": _("City life"),
        "mystery": _("Mystery"), "scifi": _("Science fiction"), "horror": _("Horror"), "youth": _("Youth"),
    }
    return [(code, names.get(code, code)) for code in Genre.values]


def reason(code: str) -> str:
    """Why a review said no."""
    return {
        "minors": _("Minors in a sexual or harmful setting"), "sexual": _("Sexual content beyond the rating"),
        "violence": _("Violence beyond the rating"), "hate": _("Hate or harassment"), "self_harm": _("Self-harm"),
        "dangerous": _("Instructions for harm"), "consent": _("A face or voice without consent"),
        "copyright": _("Copyright or licence"), "misleading": _("Misleading or fraudulent"),
        "rating": _("Wrong maturity rating"), "quality": _("Broken picture, sound or captions"),
        "spam": _("Advertising or contact bait"), "other": _("Something else: see the note"),
    }.get(code, code)


def named_voices(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Voices as people call them: `Woman 1`, `Old man`; the technical name is the value."""
    kinds = {
        ("female", "adult"): _("Woman"), ("male", "adult"): _("Man"), ("female", "old"): _("Old woman"),
        ("male", "old"): _("Old man"), ("female", "child"): _("Girl"), ("male", "child"): _("Boy"),
    }
    counts: dict[tuple[str, str], int] = {}
    named = []
    for card in cards:
        kind = (card["sex"], card["age"])
        counts[kind] = counts.get(kind, 0) + 1
        named.append(card | {"label": f"{kinds.get(kind, card['name'])} {counts[kind]}"})
    return named
