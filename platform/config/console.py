"""How the console looks: django-unfold's settings. The sidebar is `config.sidebar`."""

from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _


def _ours(name: str) -> object:
    return lambda request: static(name)


UNFOLD = {
    "SITE_TITLE": "Reelwright",
    "SITE_HEADER": "Reelwright",
    "SITE_SUBHEADER": _("Console"),
    "SITE_URL": "/",
    "SITE_ICON": _ours("moderation/console/mark.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": _ours("moderation/console/mark.svg")},
    ],
    "SHOW_HISTORY": False,  # Django's own log knows nothing of the services: the audit trail does
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "8px",
    "STYLES": [_ours("moderation/console/console.css")],
    "DASHBOARD_CALLBACK": "moderation.console.dashboard.dashboard",
    "COMMAND": {"search_callback": "moderation.console.finder.find"},
    "SIDEBAR": {"show_search": False, "command_search": True, "navigation": "config.sidebar.navigation"},
    "COLORS": {
        # the platform's accent, as in common/static/rw/tokens.css
        "primary": {
            "50": "#fff1f3", "100": "#ffe1e6", "200": "#ffc8d2", "300": "#ff9fb1", "400": "#fb6f8a", "500": "#f04368",
            "600": "#e11d48", "700": "#be123c", "800": "#9f1239", "900": "#861334", "950": "#4b0519",
        },
    },
}
