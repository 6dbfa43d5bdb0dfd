"""Money: wallets and lots (what is held), the ledger (what happened), rights (what may be watched), buying."""

from payments.models.buying import CoinPack, Order, Purchase
from payments.models.inbox import IdempotencyRecord, ProviderEvent, TwinSession
from payments.models.ledger import Entry, LotUse, Posting
from payments.models.rights import Entitlement
from payments.models.wallet import CoinLot, Wallet

__all__ = [
    "CoinLot",
    "CoinPack",
    "Entitlement",
    "Entry",
    "IdempotencyRecord",
    "LotUse",
    "Order",
    "Posting",
    "ProviderEvent",
    "Purchase",
    "TwinSession",
    "Wallet",
]
