"""What goes in and out of the endpoints of money. Coins are whole numbers; money is in the currency's smallest unit."""

from typing import Any

from rest_framework import serializers

from payments.models import CoinLot, Entry, Order

MAX_PRICE = 100_000
MAX_DELIVERIES, MAX_DELAY = 10, 60


class UnlockIn(serializers.Serializer[Any]):
    expected_price = serializers.IntegerField(
        min_value=0, max_value=MAX_PRICE, help_text="The price that the person was shown, in coins."
    )


class OrderIn(serializers.Serializer[Any]):
    pack = serializers.UUIDField(help_text="The uid of a pack on sale.")


class TwinPayIn(serializers.Serializer[Any]):
    deliveries = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=MAX_DELAY), min_length=1, max_length=MAX_DELIVERIES,
        required=False, help_text="Seconds from now to each delivery of the webhook: late, and more than once.",
    )


class Balance(serializers.Serializer[Any]):
    paid = serializers.IntegerField(help_text="Coins that were bought; they never expire.")
    bonus = serializers.IntegerField(help_text="Coins that were given and have not expired; spent first.")
    total = serializers.IntegerField()
    debt = serializers.IntegerField(help_text="Coins owed after a refund; the next purchase settles them first.")


class Charged(serializers.Serializer[Any]):
    bonus = serializers.IntegerField()
    paid = serializers.IntegerField()
    total = serializers.IntegerField()


class Taken(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=CoinLot.Kind.choices)
    channel = serializers.ChoiceField(choices=CoinLot.Channel.choices)
    coins = serializers.IntegerField()
    expires_at = serializers.DateTimeField(allow_null=True)


class UnlockOut(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["unlocked", "already", "free"])
    episode = serializers.UUIDField()
    price_coins = serializers.IntegerField()
    charged = Charged()
    taken = Taken(many=True, help_text="Which lots the coins came from, in the order they were spent.")
    balance = Balance()


class PackOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    code = serializers.CharField()
    coins = serializers.IntegerField()
    bonus = serializers.IntegerField()
    bonus_days = serializers.IntegerField(help_text="Days until the bonus coins expire.")
    price_cents = serializers.IntegerField()
    currency = serializers.CharField(help_text="ISO 4217.")


class PackList(serializers.Serializer[Any]):
    results = PackOut(many=True)
    next = serializers.CharField(allow_null=True)


class OrderOut(serializers.ModelSerializer[Order]):
    pack = serializers.UUIDField(source="pack.uid")

    class Meta:
        model = Order
        fields = ["uid", "pack", "status", "coins", "bonus", "price_cents", "currency", "created_at"]


class OrderMade(OrderOut):
    checkout_url = serializers.URLField(help_text="Where the person pays.")

    class Meta(OrderOut.Meta):
        fields = [*OrderOut.Meta.fields, "checkout_url"]


class HistoryEpisode(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    number = serializers.IntegerField()
    series_title = serializers.CharField(source="series.title")


class HistoryOut(serializers.ModelSerializer[Entry]):
    at = serializers.DateTimeField(source="created_at")
    paid = serializers.IntegerField(source="moves.paid", help_text="Change of the paid coins.")
    bonus = serializers.IntegerField(source="moves.bonus", help_text="Change of the bonus coins.")
    debt = serializers.IntegerField(source="moves.debt", help_text="Change of the debt.")
    episode = HistoryEpisode(allow_null=True)

    class Meta:
        model = Entry
        fields = ["uid", "kind", "at", "paid", "bonus", "debt", "episode"]


class HistoryList(serializers.Serializer[Any]):
    results = HistoryOut(many=True)
    next = serializers.CharField(allow_null=True)


class Received(serializers.Serializer[Any]):
    received = serializers.BooleanField()
    duplicate = serializers.BooleanField()


class TwinPaid(serializers.Serializer[Any]):
    session = serializers.CharField()
    paid_at = serializers.DateTimeField()
