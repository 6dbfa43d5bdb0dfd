"""Ways for tests to get coins into wallets, and to let things happen at the same time."""

from __future__ import annotations

import itertools
import json
import threading
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from catalog.models import Episode, Series
from payments.audit import ledger_audit
from payments.models import CoinPack, Entry, Order, Wallet
from payments.models.ledger import Account, Asset
from payments.providers.base import Payment
from payments.providers.signatures import sign
from payments.services import episode_unlock, promo_grant, purchase_grant, wallet_ensure
from payments.services.ledger import Leg, entry_post
from tests.builders import make_published, make_series

_count = itertools.count(1)


def make_pack(**fields: Any) -> CoinPack:
    values: dict[str, Any] = {"code": f"pack-{next(_count)}", "coins": 100, "bonus": 0, "price_cents": 99}
    return CoinPack.objects.create(**(values | fields))


def make_order(user: User, pack: CoinPack | None = None, **fields: Any) -> Order:
    pack = pack or make_pack(**fields)
    return Order.objects.create(
        wallet=wallet_ensure(user=user), pack=pack, provider="twin", coins=pack.coins, bonus=pack.bonus,
        bonus_days=pack.bonus_days, price_cents=pack.price_cents, currency=pack.currency,
        session=f"cs_{uuid.uuid4().hex}",
    )


def payment_for(order: Order, **fields: Any) -> Payment:
    values: dict[str, Any] = {
        "provider": "twin", "txn_id": f"txn_{order.uid.hex}", "order_uid": order.uid, "amount_cents": order.price_cents,
        "currency": order.currency, "tax_cents": 0, "fee_cents": 0, "environment": "test",
    }
    return Payment(**(values | fields))


def buy(
    user: User, coins: int = 100, *, now: datetime | None = None, tax: int = 0, fee: int = 0, **fields: Any
) -> Order:
    """Paid coins, the whole way but the wire."""
    order = make_order(user, coins=coins, **fields)
    assert purchase_grant(payment=payment_for(order, tax_cents=tax, fee_cents=fee), now=now or timezone.now())
    return order


def give_bonus(user: User, coins: int, *, days: float = 30, now: datetime | None = None) -> None:
    now = now or timezone.now()
    expires = now + timedelta(days=days)
    assert promo_grant(user=user, coins=coins, expires_at=expires, reason=uuid.uuid4().hex, now=now)


def owe(user: User, coins: int) -> None:
    """Debt, as a refund of spent coins will leave it."""
    with transaction.atomic():
        wallet = wallet_ensure(user=user)
        legs = [Leg(Account.DEBT, Asset.PAID, -coins, wallet.subject), Leg(Account.ISSUED, Asset.PAID, coins)]
        entry_post(
            kind=Entry.Kind.ADJUSTMENT, idem=f"test:{uuid.uuid4()}", subject=wallet.subject, legs=legs,
            now=timezone.now(),
        )
        Wallet.objects.filter(pk=wallet.pk).update(debt=wallet.debt + coins)


def locked_episode(price: int = 60, number: int = 2, series: Series | None = None) -> Episode:
    return make_published(series or make_series(free_episodes=1, price_coins=price), number)


def unlock(user: User, episode: Episode, price: int = 60, key: str = "", now: datetime | None = None) -> dict[str, Any]:
    return episode_unlock(
        user_id=user.pk, episode_uid=episode.uid, expected_price=price, key=key or uuid.uuid4().hex,
        now=now or timezone.now(),
    ).answer


def holds(user: User) -> tuple[int, int, int]:
    """(paid, bonus, debt) as the wallet's row has them."""
    wallet = Wallet.objects.get(user=user)
    return wallet.paid, wallet.bonus, wallet.debt


def footprint() -> dict[str, int]:
    """Rows of every table that money writes: a refusal must leave it as it was."""
    tables = ("entry", "posting", "lotuse", "entitlement", "coinlot", "purchase", "providerevent", "idempotencyrecord")
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"(SELECT count(*) FROM payments_{table})" for table in tables))
        counts = dict(zip(tables, cursor.fetchone(), strict=True))
        cursor.execute("SELECT coalesce(sum(paid + bonus + debt), 0)::int FROM payments_wallet")
        return counts | {"coins": cursor.fetchone()[0]}


def books_hold() -> dict[str, Any]:
    """The audit's figures; fails with what it found."""
    report = ledger_audit()
    assert report["findings"] == []
    figures: dict[str, Any] = report["figures"]
    return figures


def at_once(jobs: Sequence[Callable[[], Any]], threads: int = 8) -> list[Any]:
    """Run the jobs on that many threads, each with its own connection; returns results, exceptions among them."""
    connection.close()  # back to the pool, so that every thread can have one
    queue, results, guard = iter(jobs), [], threading.Lock()
    start = threading.Barrier(threads)

    def work() -> None:
        start.wait()
        while True:
            with guard:
                job = next(queue, None)
            if job is None:
                break
            try:
                result = job()
            except Exception as failure:
                result = failure
            with guard:
                results.append(result)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return results


SECRET = "a-webhook-secret-for-tests-0123456789"


def message(order: Order, **fields: Any) -> bytes:
    """A webhook's body, as the twin writes it."""
    data = {
        "txn": f"txn_{order.uid.hex}", "session": order.session, "order": str(order.uid),
        "amount_cents": order.price_cents, "currency": order.currency, "tax_cents": 0, "fee_cents": 0,
    }
    body = {"id": f"evt_{order.uid.hex}", "type": "payment.succeeded", "created": 1, "data": data}
    return json.dumps(body | fields).encode()


def signed(raw: bytes, *, secret: str = SECRET, at: datetime | None = None) -> dict[str, str]:
    return {"Twin-Signature": sign(secret=secret, raw=raw, at=at or timezone.now())}
