"""The catalogue in the console: to look at. What changes it are the services, not forms."""

from datetime import timedelta

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.console import ConsoleAdmin, ConsoleInline, column
from catalog.models import Episode, Master, Series

STATUS_COLOURS = {
    "published": "success", "active": "success", "in_review": "info", "scheduled": "info", "rejected": "warning",
    "withdrawn": "danger",
}


class EpisodeInline(ConsoleInline):
    model = Episode
    fields = ("number", "title", "status", "price_coins", "published_at")
    readonly_fields = fields
    ordering = ("number",)
    show_change_link = True
    per_page = 20


class MasterInline(ConsoleInline):
    model = Master
    fields = ("version", "profile", "length", "size_bytes", "submitted_at", "evidence_sha256")
    readonly_fields = fields
    ordering = ("-version",)

    @column(description=_("Length"))
    def length(self, master: Master) -> str:
        return length(master.duration_ms)


@admin.register(Series)
class SeriesAdmin(ConsoleAdmin):
    list_display = ("name", "creator", "language", "status_label", "published_episodes", "free_episodes", "price_coins")
    list_filter = ("status", "language", "maturity")
    list_select_related = ("creator",)
    find_uids = ("uid",)
    find_texts = ("title__icontains",)  # through the trigram index
    search_help_text = _("Words of the title, or an id")
    fields = (
        "uid", "title", "creator", "synopsis", "language", "genres", "maturity", "status", "free_episodes",
        "price_coins", "published_episodes", "first_published_at", "created_at",
    )
    readonly_fields = fields
    inlines = (EpisodeInline,)

    @column(header=True, description=_("Series"))
    def name(self, series: Series) -> tuple[str, str]:
        return series.title, str(series.uid)

    @column(label=STATUS_COLOURS, description=_("Status"))
    def status_label(self, series: Series) -> tuple[str, str]:
        return series.status, series.get_status_display()


@admin.register(Episode)
class EpisodeAdmin(ConsoleAdmin):
    list_display = ("name", "creator", "status_label", "submitted_at", "release_at", "published_at", "withdrawn_by")
    list_filter = ("status", "withdrawn_by")
    list_select_related = ("series__creator",)
    find_uids = ("uid", "series__uid")
    search_help_text = _("An id, of the episode or its series")
    fields = (
        "uid", "series", "number", "title", "status", "price_coins", "release_at", "submitted_at", "published_at",
        "withdrawn_at", "withdrawn_by", "created_at",
    )
    readonly_fields = fields
    inlines = (MasterInline,)
    change_form_outer_before_template = "moderation/console/episode_acts.html"

    @column(header=True, description=_("Episode"))
    def name(self, episode: Episode) -> tuple[str, str]:
        return f"{episode.series.title} · {episode.number}", episode.title or str(episode.uid)

    @column(description=_("Creator"))
    def creator(self, episode: Episode) -> str:
        return episode.series.creator.name

    @column(label=STATUS_COLOURS, description=_("Status"))
    def status_label(self, episode: Episode) -> tuple[str, str]:
        return episode.status, episode.get_status_display()


@admin.register(Master)
class MasterAdmin(ConsoleAdmin):
    list_display = ("episode", "version", "profile", "length", "size_bytes", "submitted_at")
    list_select_related = ("episode",)
    find_uids = ("uid", "episode__uid")
    # `prefix` is left out: where the bytes lie is nobody's to read off a screen; the evidence is on the review's page
    fields = (
        "uid", "episode", "version", "profile", "length", "width", "height", "fps", "size_bytes", "loudness_lufs",
        "captions_burned", "render_uid", "evidence_sha256", "submitted_at", "created_at",
    )
    readonly_fields = fields

    @column(description=_("Length"))
    def length(self, master: Master) -> str:
        return length(master.duration_ms)


def length(duration_ms: int) -> str:
    """Minutes and seconds, such as `0:45`."""
    return str(timedelta(seconds=round(duration_ms / 1000)))[2:].removeprefix("0")
