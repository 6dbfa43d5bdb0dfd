"""What may be done with money. Each service locks the wallet first (`wallets.wallet_lock`): one lock order for all."""

from payments.services.buying import order_create, order_verify
from payments.services.credit import promo_grant
from payments.services.granting import purchase_grant
from payments.services.inbox import event_process, events_due, webhook_receive
from payments.services.twin import twin_deliver, twin_pay
from payments.services.unlock import episode_unlock
from payments.services.wallets import wallet_ensure

__all__ = [
    "episode_unlock",
    "event_process",
    "events_due",
    "order_create",
    "order_verify",
    "promo_grant",
    "purchase_grant",
    "twin_deliver",
    "twin_pay",
    "wallet_ensure",
    "webhook_receive",
]
