"""Studio accounts in the console: to look at."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.console import ConsoleAdmin, ConsoleInline
from creators.models import Creator, Member


class MemberInline(ConsoleInline):
    model = Member
    fields = ("user", "role", "created_at")
    readonly_fields = fields


@admin.register(Creator)
class CreatorAdmin(ConsoleAdmin):
    list_display = ("name", "handle", "created_at")
    find_uids = ("uid",)
    find_texts = ("handle__startswith",)
    search_help_text = _("Handle from its beginning, or an id")
    fields = ("uid", "name", "handle", "created_at")
    readonly_fields = fields
    inlines = (MemberInline,)
