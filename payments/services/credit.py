"""Coins into a wallet: lots, entry, balances, and debt repaid first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import User
from payments.models import CoinLot, Entry, LotUse, Purchase, Wallet
from payments.models.ledger import Account, Asset
from payments.services.ledger import Leg, entry_post, money_share
from payments.services.wallets import wallet_ensure, wallet_lock


@dataclass(frozen=True, slots=True)
class LotDraft:
    """Coins to grant. Paid: no expiry, and the money that stayed of their price. Bonus: expiry, no money."""

    kind: str
    coins: int
    channel: str
    net_micros: int = 0
    currency: str = ""
    expires_at: datetime | None = None


def coins_credit(
    *,
    wallet: Wallet,
    drafts: Sequence[LotDraft],
    kind: str,
    idem: str,
    now: datetime,
    money: Sequence[Leg] = (),
    purchase: Purchase | None = None,
) -> Entry:
    """Grant the drafts to a wallet that the caller has locked, in one entry. Paid coins repay debt before all else.

    `money` are the legs of the payment in its currency. Raises `IntegrityError` if `idem` was granted before.
    """
    paid = sum(draft.coins for draft in drafts if draft.kind == CoinLot.Kind.PAID)
    bonus = sum(draft.coins for draft in drafts if draft.kind == CoinLot.Kind.BONUS)
    repaid = min(wallet.debt, paid)
    legs = [*_coin_legs(wallet, paid=paid, repaid=repaid, bonus=bonus), *money]
    entry = entry_post(kind=kind, idem=idem, subject=wallet.subject, legs=legs, now=now)
    owed = repaid
    for draft in drafts:
        owed -= _lot_open(wallet=wallet, entry=entry, draft=draft, owed=owed, purchase=purchase)
    Wallet.objects.filter(pk=wallet.pk).update(
        paid=F("paid") + paid - repaid, bonus=F("bonus") + bonus, debt=F("debt") - repaid, updated_at=now
    )
    return entry


def _coin_legs(wallet: Wallet, *, paid: int, repaid: int, bonus: int) -> list[Leg]:
    return [
        Leg(Account.WALLET, Asset.PAID, paid - repaid, wallet.subject),
        Leg(Account.DEBT, Asset.PAID, repaid, wallet.subject),
        Leg(Account.ISSUED, Asset.PAID, -paid),
        Leg(Account.WALLET, Asset.BONUS, bonus, wallet.subject),
        Leg(Account.ISSUED, Asset.BONUS, -bonus),
    ]


def _lot_open(*, wallet: Wallet, entry: Entry, draft: LotDraft, owed: int, purchase: Purchase | None) -> int:
    """Make the lot; returns how many of its coins went straight into debt."""
    repays = min(owed, draft.coins) if draft.kind == CoinLot.Kind.PAID else 0
    lot = CoinLot.objects.create(
        wallet=wallet, entry=entry, purchase=purchase, kind=draft.kind, channel=draft.channel, granted=draft.coins,
        remaining=draft.coins - repays, net_micros=draft.net_micros, currency=draft.currency,
        expires_at=draft.expires_at,
    )
    if repays:
        share = money_share(net_micros=lot.net_micros, granted=lot.granted, used=0, amount=repays)
        LotUse.objects.create(lot=lot, entry=entry, amount=repays, net_micros=share)
    return repays


def promo_grant(*, user: User, coins: int, expires_at: datetime, reason: str, now: datetime) -> bool:
    """Give bonus coins once per (person, reason). Returns whether this call gave them."""
    wallet = wallet_ensure(user=user)
    idem = f"promo:{wallet.subject}:{reason}"
    with transaction.atomic():
        wallet = wallet_lock(wallet_id=wallet.pk)
        if Entry.objects.filter(idem=idem).exists():
            return False
        draft = LotDraft(CoinLot.Kind.BONUS, coins, CoinLot.Channel.PROMO, expires_at=expires_at)
        coins_credit(wallet=wallet, drafts=[draft], kind=Entry.Kind.PROMO, idem=idem, now=now)
    return True
