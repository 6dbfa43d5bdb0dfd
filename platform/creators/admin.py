"""Studio accounts in the console: to look at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from creators.models import Creator, Member


class MemberInline(TabularInline):  # type: ignore[misc]
    model = Member
    fields = ("user", "role", "created_at")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Creator)
class CreatorAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("handle", "name", "created_at")
    search_fields = ("handle", "name")
    ordering = ("-id",)
    show_full_result_count = False
    fields = ("uid", "name", "handle", "created_at")
    readonly_fields = fields
    inlines = (MemberInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
