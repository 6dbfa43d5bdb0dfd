"""Looking at the work from the console: nothing is changed here, because only the scheduler moves a status."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from generation.models import Render, Step, StepAttempt


class ReadOnly(ModelAdmin):  # type: ignore[misc]
    """A table to look at."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Render)
class RenderAdmin(ReadOnly):
    list_display = ("uid", "episode", "profile", "status", "percent", "error_code", "created_at")
    list_filter = ("status", "profile")
    list_select_related = ("episode",)
    ordering = ("-id",)


@admin.register(Step)
class StepAdmin(ReadOnly):
    """Filter by failed to see what is parked, with its reason."""

    list_display = ("key", "kind", "queue", "status", "attempt", "tries", "worker", "error_code", "error_message")
    list_filter = ("status", "kind", "queue")
    ordering = ("-id",)


@admin.register(StepAttempt)
class StepAttemptAdmin(ReadOnly):
    list_display = ("step", "attempt", "outcome", "worker", "started_at", "ended_at", "cost_micros", "error_message")
    list_filter = ("outcome",)
    list_select_related = ("step",)
    ordering = ("-id",)
