"""Moderation in the console, for now to look at: decisions are made through the services, which audit them."""

from django.contrib import admin
from unfold.admin import TabularInline

from catalog.admin import ReadOnly
from moderation.models import Appeal, AuditEntry, Finding, Report, Review


class FindingInline(TabularInline):  # type: ignore[misc]
    model = Finding
    fields = ("severity", "code", "place", "excerpt")
    readonly_fields = fields
    extra = 0
    can_delete = False


@admin.register(Review)
class ReviewAdmin(ReadOnly):
    list_display = ("uid", "episode", "status", "reason_code", "decided_by", "decided_at")
    list_filter = ("status", "reason_code")
    list_select_related = ("episode", "decided_by")
    inlines = (FindingInline,)


@admin.register(Report)
class ReportAdmin(ReadOnly):
    list_display = ("uid", "episode", "reason_code", "status", "created_at")
    list_filter = ("status", "reason_code")
    list_select_related = ("episode",)


@admin.register(Appeal)
class AppealAdmin(ReadOnly):
    list_display = ("uid", "review", "status", "created_at")
    list_filter = ("status",)
    list_select_related = ("review",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    list_display = ("at", "action", "actor", "episode_uid", "review_uid")
    list_filter = ("action",)
    search_fields = ("episode_uid", "actor")
