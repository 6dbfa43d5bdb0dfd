"""The console's view of the books: everything can be looked up, nothing can be edited. Packs are goods, so they can."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.console import ConsoleAdmin, ConsoleInline, column, may_enter
from payments import models

ORDER_COLOURS = {"paid": "success", "pending": "info", "failed": "warning", "refunded": "danger"}
ENTRY_COLOURS = {"purchase": "success", "refund": "danger", "unlock": "info", "adjustment": "warning"}
MICROS = 1_000_000


def money(micros: int, currency: str) -> str:
    """An amount of millionths, such as `USD 4.99`."""
    return f"{currency} {micros / MICROS:,.2f}"


@admin.register(models.CoinPack)
class CoinPackAdmin(ConsoleAdmin):
    """The one table of the console with a form: superusers set prices, and an order keeps the price it was made at."""

    list_display = ("code", "coins", "bonus", "price", "position", "active")
    list_filter = ("active", "currency")
    ordering = ("position",)
    fields = ("code", "coins", "bonus", "bonus_days", "price_cents", "currency", "position", "active")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_enter(request) and bool(getattr(request.user, "is_superuser", False))

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_add_permission(request)

    @column(description=_("Price"))
    def price(self, pack: models.CoinPack) -> str:
        return money(pack.price_cents * 10_000, pack.currency)


@admin.register(models.Wallet)
class WalletAdmin(ConsoleAdmin):
    list_display = ("subject", "user", "paid", "bonus", "debt", "updated_at")
    list_select_related = ("user",)
    find_uids = ("subject", "user__uid")
    find_texts = ("user__email__startswith",)
    search_help_text = _("Email from its beginning, or an id")
    fields = ("subject", "user", "paid", "bonus", "debt", "created_at", "updated_at")
    readonly_fields = fields


class LotUseInline(ConsoleInline):
    model = models.LotUse
    fields = ("lot", "amount", "net_micros")
    readonly_fields = fields
    ordering = ("id",)


class PostingInline(ConsoleInline):
    model = models.Posting
    fields = ("account", "asset", "amount", "subject")
    readonly_fields = fields
    ordering = ("id",)


@admin.register(models.CoinLot)
class CoinLotAdmin(ConsoleAdmin):
    list_display = ("uid", "kind", "channel", "granted", "remaining", "net", "expires_at")
    list_filter = ("kind", "channel")
    find_uids = ("uid", "wallet__subject")
    search_help_text = _("An id, of the lot or the wallet's subject")
    fields = ("uid", "wallet", "kind", "channel", "granted", "remaining", "net", "expires_at", "created_at")
    readonly_fields = fields

    @column(description=_("Net money"))
    def net(self, lot: models.CoinLot) -> str:
        return money(lot.net_micros, lot.currency) if lot.net_micros else "–"


@admin.register(models.Entry)
class EntryAdmin(ConsoleAdmin):
    list_display = ("uid", "kind_label", "idem", "subject", "created_at")
    list_filter = ("kind",)
    find_uids = ("subject",)
    find_texts = ("idem",)
    search_help_text = _("A subject's id, or a natural key as a whole")
    fields = ("uid", "kind", "idem", "subject", "episode", "reverses", "created_at")
    readonly_fields = fields
    inlines = (PostingInline, LotUseInline)

    @column(label=ENTRY_COLOURS, description=_("Kind"))
    def kind_label(self, entry: models.Entry) -> tuple[str, str]:
        return entry.kind, entry.get_kind_display()


@admin.register(models.Posting)
class PostingAdmin(ConsoleAdmin):
    list_display = ("entry", "account", "asset", "amount", "subject")
    list_select_related = ("entry",)
    find_uids = ("entry__subject",)
    find_texts = ("entry__idem",)
    search_help_text = _("A subject's id, or the natural key of an entry")
    fields = ("entry", "account", "asset", "amount", "subject")
    readonly_fields = fields


@admin.register(models.Entitlement)
class EntitlementAdmin(ConsoleAdmin):
    list_display = ("user", "episode", "source", "grants", "created_at", "revoked_at")
    list_select_related = ("user", "episode__series")
    find_uids = ("user__uid", "episode__uid")
    find_texts = ("user__email",)
    search_help_text = _("An email, or an id of a person or an episode")
    fields = ("user", "episode", "entry", "source", "grants", "created_at", "revoked_at")
    readonly_fields = fields


@admin.register(models.Order)
class OrderAdmin(ConsoleAdmin):
    list_display = ("uid", "status_label", "provider", "coins", "bonus", "price", "created_at")
    list_filter = ("status", "provider")
    find_uids = ("uid", "wallet__subject", "wallet__user__uid")
    find_texts = ("wallet__user__email",)
    search_help_text = _("An email, or an id of an order, a person or a subject")
    fields = (
        "uid", "wallet", "pack", "status", "provider", "session", "coins", "bonus", "bonus_days", "price", "created_at",
    )
    readonly_fields = fields

    @column(label=ORDER_COLOURS, description=_("Status"))
    def status_label(self, order: models.Order) -> tuple[str, str]:
        return order.status, order.get_status_display()

    @column(description=_("Price"))
    def price(self, order: models.Order) -> str:
        return money(order.price_cents * 10_000, order.currency)


@admin.register(models.Purchase)
class PurchaseAdmin(ConsoleAdmin):
    list_display = ("txn_id", "provider", "environment", "gross", "net", "granted_at", "refunded_at")
    list_filter = ("provider", "environment")
    find_uids = ("uid", "order__uid", "wallet__subject", "wallet__user__uid")
    find_texts = ("wallet__user__email",)
    search_help_text = _("An email, or an id of a purchase, an order, a person or a subject")
    fields = (
        "uid", "provider", "txn_id", "order", "wallet", "environment", "gross", "tax", "fee", "net", "granted_at",
        "refunded_at", "created_at",
    )
    readonly_fields = fields

    @column(description=_("Paid"))
    def gross(self, purchase: models.Purchase) -> str:
        return money(purchase.gross_micros, purchase.currency)

    @column(description=_("Tax"))
    def tax(self, purchase: models.Purchase) -> str:
        return money(purchase.tax_micros, purchase.currency)

    @column(description=_("Provider's fee"))
    def fee(self, purchase: models.Purchase) -> str:
        return money(purchase.fee_micros, purchase.currency)

    @column(description=_("Net money"))
    def net(self, purchase: models.Purchase) -> str:
        return money(purchase.net_micros, purchase.currency)


@admin.register(models.ProviderEvent)
class ProviderEventAdmin(ConsoleAdmin):
    """Filter by parked to see what waits for a person. The raw bytes stay in the database: they may name people."""

    list_display = ("event_id", "provider", "type", "status_label", "attempts", "error", "received_at")
    list_filter = ("status", "provider", "type")
    fields = (
        "provider", "event_id", "type", "status", "attempts", "error", "received_at", "next_attempt_at", "processed_at",
    )
    readonly_fields = fields

    @column(label={"processed": "success", "parked": "danger", "received": "info"}, description=_("Status"))
    def status_label(self, event: models.ProviderEvent) -> tuple[str, str]:
        return event.status, event.get_status_display()
