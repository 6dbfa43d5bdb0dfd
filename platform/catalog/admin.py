"""The catalogue in the console: to look at. What changes it are the services, not forms."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from catalog.models import Episode, Master, Series


class ReadOnly(ModelAdmin):  # type: ignore[misc]
    """Lists and shows; adds, changes and deletes nothing."""

    show_full_result_count = False
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Series)
class SeriesAdmin(ReadOnly):
    list_display = ("title", "creator", "language", "status", "published_episodes", "price_coins", "free_episodes")
    list_filter = ("status", "language", "maturity")
    list_select_related = ("creator",)
    search_fields = ("title",)


@admin.register(Episode)
class EpisodeAdmin(ReadOnly):
    list_display = ("series", "number", "title", "status", "submitted_at", "release_at", "published_at", "withdrawn_by")
    list_filter = ("status",)
    list_select_related = ("series",)
    search_fields = ("title", "series__title")


@admin.register(Master)
class MasterAdmin(ReadOnly):
    list_display = ("episode", "version", "profile", "duration_ms", "size_bytes", "submitted_at")
    list_select_related = ("episode",)
    exclude = ("prefix",)  # where the bytes lie is nobody's to read off a screen
