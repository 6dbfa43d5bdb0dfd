"""People in the console: looked at and closed there, never made or renamed there."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from unfold.admin import ModelAdmin, TabularInline

from accounts.models import Device, User

for tokens in (BlacklistedToken, OutstandingToken):
    if admin.site.is_registered(tokens):
        admin.site.unregister(tokens)  # credentials are nothing to browse


class DeviceInline(TabularInline):  # type: ignore[misc]
    model = Device
    fields = ("name", "last_seen_at", "created_at")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("uid", "kind", "email", "display_name", "is_active", "is_staff", "created_at")
    list_filter = ("kind", "is_active", "is_staff")
    search_fields = ("=uid", "=email")
    ordering = ("-id",)
    show_full_result_count = False
    fields = ("uid", "kind", "email", "display_name", "language", "is_active", "is_staff", "groups", "created_at")
    readonly_fields = ("uid", "kind", "email", "display_name", "language", "created_at")
    filter_horizontal = ("groups",)
    inlines = (DeviceInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only a superuser makes staff: otherwise whoever may change people could raise themselves."""
        fixed: tuple[str, ...] = self.readonly_fields
        return fixed if request.user.is_superuser else (*fixed, "is_staff", "groups")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
