"""The console's view of the books: everything can be looked up, nothing can be edited. Packs are goods, so they can."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from payments import models


class ReadOnly(ModelAdmin):  # type: ignore[misc]
    """Looks, never touches: money moves through services, and history through nothing."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(models.CoinPack)
class CoinPackAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["code", "coins", "bonus", "price_cents", "currency", "position", "active"]
    list_filter = ["active", "currency"]
    ordering = ["position"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # orders name it: take it off the shelf with `active`


@admin.register(models.Wallet)
class WalletAdmin(ReadOnly):
    list_display = ["subject", "paid", "bonus", "debt", "updated_at"]
    search_fields = ["=subject", "=user__email"]


@admin.register(models.CoinLot)
class CoinLotAdmin(ReadOnly):
    list_display = ["uid", "kind", "channel", "granted", "remaining", "net_micros", "currency", "expires_at"]
    list_filter = ["kind", "channel"]
    search_fields = ["=wallet__subject"]


@admin.register(models.Entry)
class EntryAdmin(ReadOnly):
    list_display = ["uid", "kind", "idem", "subject", "created_at"]
    list_filter = ["kind"]
    search_fields = ["=idem", "=subject"]


@admin.register(models.Posting)
class PostingAdmin(ReadOnly):
    list_display = ["entry", "account", "asset", "amount", "subject"]
    list_select_related = ["entry"]
    search_fields = ["=entry__idem"]


@admin.register(models.Entitlement)
class EntitlementAdmin(ReadOnly):
    list_display = ["user", "episode", "source", "created_at", "revoked_at"]
    list_select_related = ["user", "episode"]
    search_fields = ["=user__email", "=episode__uid"]


@admin.register(models.Order)
class OrderAdmin(ReadOnly):
    list_display = ["uid", "status", "provider", "coins", "bonus", "price_cents", "currency", "created_at"]
    list_filter = ["status", "provider"]
    search_fields = ["=uid", "=session", "=wallet__subject"]


@admin.register(models.Purchase)
class PurchaseAdmin(ReadOnly):
    list_display = ["uid", "provider", "txn_id", "environment", "gross_micros", "currency", "granted_at", "refunded_at"]
    list_filter = ["provider", "environment"]
    search_fields = ["=uid", "=txn_id"]


@admin.register(models.ProviderEvent)
class ProviderEventAdmin(ReadOnly):
    list_display = ["event_id", "provider", "type", "status", "attempts", "error", "received_at"]
    list_filter = ["status", "provider", "type"]
    search_fields = ["=event_id"]
