"""The audit trail names ids; people read names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from catalog.models import Episode
from moderation.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Names:
    """Who did it and what it was about; empty where the row is gone (the trail outlives what it speaks of)."""

    who: str
    about: str
    episode: Episode | None


def with_names(entries: Iterable[AuditEntry]) -> list[Any]:
    """The entries, each with its `names`: two queries, whatever their number."""
    found: list[Any] = list(entries)
    subjects = {one for entry in found for one in (entry.actor, entry.person) if one}
    people = {user.subject: str(user) for user in User.objects.filter(subject__in=subjects)}
    uids = {entry.episode_uid for entry in found if entry.episode_uid}
    episodes = {one.uid: one for one in Episode.objects.select_related("series").filter(uid__in=uids)}
    for entry in found:
        episode = episodes.get(entry.episode_uid)
        about = f"{episode.series.title} · {episode.number}" if episode else people.get(entry.person, "")
        entry.names = Names(people.get(entry.actor, ""), about, episode)
    return found
