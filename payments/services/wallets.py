"""The one lock of money: the row of the wallet. Every writer takes it first; two at once in the order of their ids."""

from accounts.models import User
from payments.models import Wallet


def wallet_ensure(*, user: User) -> Wallet:
    """The person's wallet, made if this is its first use. Its postings will name the person's pseudonymous subject."""
    wallet, _ = Wallet.objects.get_or_create(user=user, defaults={"subject": user.subject})
    return wallet


def wallet_lock(*, wallet_id: int) -> Wallet:
    """The wallet, locked until the transaction ends. Call inside one.

    NO KEY: rows that refer to the wallet must still be insertable by others.
    """
    return Wallet.objects.select_for_update(no_key=True).get(pk=wallet_id)
