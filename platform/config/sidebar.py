"""The console's sidebar, by work and not by table. Here, because it names tables of every app."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from moderation.console import counts


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups of links as Unfold wants them; what waits for a person carries its number. Three bounded queries."""
    return [
        {"items": [_link(_("Today"), "today", "admin:index")]},
        {
            "title": _("Work"),
            "items": [
                _link(_("Review queue"), "playlist_play", "admin:moderation_review_changelist", counts.open_reviews()),
                _link(_("Reports"), "flag", "console-reports", counts.open_reports()),
                _link(_("Appeals"), "balance", "admin:moderation_appeal_changelist", counts.open_appeals()),
            ],
        },
        {
            "title": _("Catalogue"),
            "items": [
                _link(_("Series"), "movie", "admin:catalog_series_changelist"),
                _link(_("Episodes"), "smart_display", "admin:catalog_episode_changelist"),
                _link(_("Masters"), "inventory_2", "admin:catalog_master_changelist"),
            ],
        },
        {
            "title": _("People"),
            "items": [
                _link(_("Accounts"), "group", "admin:accounts_user_changelist"),
                _link(_("Creators"), "theater_comedy", "admin:creators_creator_changelist"),
            ],
        },
        _money(),
        {
            "title": _("Renders"),
            "collapsible": True,
            "items": [
                _link(_("Renders"), "animation", "admin:generation_render_changelist"),
                _link(_("Steps"), "account_tree", "admin:generation_step_changelist"),
                _link(_("Attempts"), "replay", "admin:generation_stepattempt_changelist"),
                _link(_("Remote jobs"), "cloud", "admin:generation_remotejob_changelist"),
            ],
        },
        {
            "title": _("Audit"),
            "items": [_link(_("Audit trail"), "history", "admin:moderation_auditentry_changelist")],
        },
    ]


def _money() -> dict[str, Any]:
    return {
        "title": _("Money"),
        "collapsible": True,
        "items": [
            _link(_("Purchases"), "receipt_long", "admin:payments_purchase_changelist"),
            _link(_("Orders"), "shopping_cart", "admin:payments_order_changelist"),
            _link(_("Ledger"), "menu_book", "admin:payments_entry_changelist"),
            _link(_("Postings"), "swap_horiz", "admin:payments_posting_changelist"),
            _link(_("Wallets"), "account_balance_wallet", "admin:payments_wallet_changelist"),
            _link(_("Coin lots"), "toll", "admin:payments_coinlot_changelist"),
            _link(_("Rights to watch"), "lock_open", "admin:payments_entitlement_changelist"),
            _link(_("Coin packs"), "sell", "admin:payments_coinpack_changelist"),
            _link(_("Provider events"), "webhook", "admin:payments_providerevent_changelist"),
        ],
    }


def _link(title: Any, icon: str, view: str, waiting: str = "") -> dict[str, Any]:
    entry: dict[str, Any] = {"title": title, "icon": icon, "link": reverse(view)}
    return entry | ({"badge": waiting, "badge_variant": "primary"} if waiting else {})
