"""Everything that changes the catalogue. One function per action; nothing else moves a status."""

from catalog.services.drafts import MasterDraft, RenditionDraft, SubtitleDraft
from catalog.services.episodes import episode_create, episode_update
from catalog.services.masters import master_register
from catalog.services.release import (
    episode_approve,
    episode_reconsider,
    episode_reject,
    episode_restore,
    episode_withdraw,
    release_due,
)
from catalog.services.series import series_create, series_update, series_withdraw
from catalog.services.submission import episode_submit

__all__ = [
    "MasterDraft", "RenditionDraft", "SubtitleDraft", "episode_approve", "episode_create", "episode_reconsider",
    "episode_reject", "episode_restore", "episode_submit", "episode_update", "episode_withdraw", "master_register",
    "release_due", "series_create", "series_update", "series_withdraw",
]
