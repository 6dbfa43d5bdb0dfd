"""People in the console: found and looked at. Their standing is changed by services, from `moderation.console`."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.console import ConsoleAdmin, ConsoleInline, column
from accounts.models import Device, User

# credentials are nothing to browse, and the one group there is has its members set by a service
for hidden in (BlacklistedToken, OutstandingToken, Group):
    if admin.site.is_registered(hidden):
        admin.site.unregister(hidden)


class DeviceInline(ConsoleInline):
    model = Device
    fields = ("name", "last_seen_at", "created_at")
    readonly_fields = fields


@admin.register(User)
class UserAdmin(ConsoleAdmin):
    """Find by id, by the id the books know a person under, or by how the address begins."""

    list_display = ("person", "kind_label", "standing", "role", "created_at")
    list_filter = ("kind", "is_active", "is_staff")
    find_uids = ("uid", "subject")
    find_texts = ("email__startswith",)
    search_help_text = _("Email from its beginning, or an id")
    fields = (
        "uid", "subject", "kind", "email", "display_name", "language", "is_active", "is_staff", "is_superuser",
        "last_login", "created_at",
    )
    readonly_fields = fields
    inlines = (DeviceInline,)
    change_form_outer_before_template = "moderation/console/person_acts.html"

    @column(header=True, description=_("Person"))
    def person(self, user: User) -> tuple[str, str]:
        return user.display_name or user.email or str(_("Guest")), user.email or str(user.uid)

    @column(label={"guest": "info"}, description=_("Kind"))
    def kind_label(self, user: User) -> tuple[str, str]:
        return user.kind, user.get_kind_display()

    @column(label={"open": "success", "closed": "danger"}, description=_("Standing"))
    def standing(self, user: User) -> tuple[str, str]:
        return ("open", str(_("Active"))) if user.is_active else ("closed", str(_("Closed")))

    @column(description=_("Role"))
    def role(self, user: User) -> str:
        if user.is_superuser:
            return str(_("Superuser"))
        return str(_("Moderator")) if user.is_staff else "–"
