"""Masters: a finished package enters the catalogue."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from catalog.models import Episode, Master, Rendition, Subtitle
from catalog.services.drafts import MasterDraft
from common.errors import Invalid


@transaction.atomic
def master_register(*, episode: Episode, draft: MasterDraft, now: datetime) -> Master:
    """The master of `draft`, with its renditions and subtitles. Asked again for the same render, it answers the same.

    Raises `Invalid` for a draft without a rendition or without length.
    """
    if not draft.renditions or draft.duration_ms <= 0:
        raise Invalid("A master needs a rendition and a length.", code="empty_master")
    Episode.objects.select_for_update(no_key=True).get(pk=episode.pk)
    known = draft.render_uid and Master.objects.filter(episode=episode, render_uid=draft.render_uid).first()
    if known:
        return known
    last = Master.objects.filter(episode=episode).aggregate(last=Max("version"))["last"] or 0
    master = Master.objects.create(
        episode=episode, version=last + 1, profile=draft.profile, prefix=draft.prefix, duration_ms=draft.duration_ms,
        width=draft.width, height=draft.height, fps=draft.fps, size_bytes=draft.size_bytes,
        loudness_lufs=draft.loudness_lufs, captions_burned=draft.captions_burned, render_uid=draft.render_uid,
    )
    Rendition.objects.bulk_create([
        Rendition(
            master=master, name=rung.name, path=rung.path, playlist_path=rung.playlist_path, width=rung.width,
            height=rung.height, bitrate=rung.bitrate, peak_bitrate=rung.peak_bitrate, codecs=rung.codecs,
            size_bytes=rung.size_bytes,
        )
        for rung in draft.renditions
    ])
    Subtitle.objects.bulk_create([Subtitle(master=master, language=s.language, path=s.path) for s in draft.subtitles])
    return master
