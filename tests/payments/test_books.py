"""The database guards the books by itself, and the audit finds what gets past it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from payments.audit import CHECKS, ledger_audit
from payments.models import CoinLot, Entitlement, Entry, LotUse, Posting, Wallet
from payments.services import promo_grant
from payments.services.ledger import Leg, Unbalanced, entry_post
from tests.builders import make_guest, make_user
from tests.payments.tills import books_hold, buy, footprint, give_bonus, holds, locked_episode, owe, unlock

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer() -> User:
    """Somebody with paid and bonus coins, and an episode bought with both."""
    user = make_user()
    buy(user, 100, bonus=20, tax=9, fee=30)
    unlock(user, locked_episode())
    return user


def entry_of(user: User, idem: str = "test") -> Entry:
    return Entry.objects.create(kind="adjustment", idem=idem, subject=user.subject, created_at=timezone.now())


def legs(entry: Entry, *amounts: int, asset: str = "coin.paid") -> list[Posting]:
    return [Posting(entry=entry, account="issued", asset=asset, amount=amount) for amount in amounts]


def refused(code: str, work: Callable[[], Any]) -> None:
    """The database itself refuses `work`, with this SQLSTATE."""
    with pytest.raises(DatabaseError) as failure, transaction.atomic():
        work()
    assert getattr(failure.value.__cause__, "sqlstate", None) == code


def test_an_entry_that_does_not_balance_is_refused(buyer: User) -> None:
    before = footprint()
    refused("23514", lambda: Posting.objects.bulk_create(legs(entry_of(buyer), 5, -4)))
    assert footprint() == before


def test_two_entries_that_balance_only_together_are_refused(buyer: User) -> None:
    first, second = entry_of(buyer, "first"), entry_of(buyer, "second")
    refused("23514", lambda: Posting.objects.bulk_create([*legs(first, 5), *legs(second, -5)]))


def test_an_entry_balances_in_every_asset_by_itself(buyer: User) -> None:
    entry = entry_of(buyer)
    mixed = [*legs(entry, 5), *legs(entry, -5, asset="coin.bonus")]
    refused("23514", lambda: Posting.objects.bulk_create(mixed))


def test_nothing_is_added_to_an_entry_later(buyer: User) -> None:
    old = Entry.objects.get(kind="unlock")
    refused("23514", lambda: Posting.objects.bulk_create(legs(old, 5, -5)))


@pytest.mark.parametrize("model", [Entry, Posting, LotUse])
def test_history_cannot_be_changed_or_deleted(buyer: User, model: Any) -> None:
    field = {Entry: {"kind": "promo"}, Posting: {"account": "tax"}, LotUse: {"amount": 1}}[model]
    before = footprint()
    refused("42501", lambda: model.objects.update(**field))
    refused("42501", lambda: model.objects.all()._raw_delete("default"))
    assert footprint() == before


@pytest.mark.parametrize("table", ["payments_entry", "payments_posting", "payments_lotuse"])
def test_history_cannot_be_truncated(buyer: User, table: str) -> None:
    def truncate() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL reelwright.keep_history = 'on'")  # test databases are let off without it
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"TRUNCATE {table} CASCADE")

    before = footprint()
    refused("42501", truncate)
    assert footprint() == before


@pytest.mark.parametrize("change", [{"paid": -1}, {"bonus": -1}, {"debt": -1}])
def test_no_balance_goes_below_zero(buyer: User, change: dict[str, int]) -> None:
    refused("23514", lambda: Wallet.objects.update(**change))


@pytest.mark.parametrize("change", [{"remaining": -1}, {"remaining": 10**6}, {"expires_at": timezone.now()}])
def test_a_lot_stays_within_what_was_granted_and_paid_coins_never_expire(buyer: User, change: dict[str, Any]) -> None:
    refused("23514", lambda: CoinLot.objects.filter(kind="paid").update(**change))


def test_a_right_and_an_entry_happen_once(buyer: User) -> None:
    right = Entitlement.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Entitlement.objects.create(user=buyer, episode=right.episode, entry=right.entry)
    with pytest.raises(IntegrityError), transaction.atomic():
        entry_of(buyer, Entry.objects.earliest("id").idem)


def test_a_service_that_forgets_a_leg_fails_before_the_database_does(buyer: User) -> None:
    with pytest.raises(Unbalanced):
        entry_post(kind="promo", idem="x", subject=None, legs=[Leg("issued", "coin.paid", 3)], now=timezone.now())
    with pytest.raises(Unbalanced):
        entry_post(kind="promo", idem="x", subject=None, legs=[], now=timezone.now())


def test_a_gift_with_the_same_reason_is_given_once() -> None:
    user, now = make_guest(), timezone.now()
    gift = {"user": user, "coins": 10, "expires_at": now + timedelta(days=7), "reason": "welcome", "now": now}
    assert [promo_grant(**gift), promo_grant(**gift)] == [True, False]
    assert holds(user) == (0, 10, 0)


def test_a_purchase_puts_its_money_into_the_books(buyer: User) -> None:
    money = {row["account"]: row["amount"] for row in books_hold()["accounts"] if row["asset"] == "USD"}
    assert money == {"clearing:twin": 690_000, "fees:twin": 300_000, "tax": -90_000, "deferred": -900_000}
    assert CoinLot.objects.get(kind="paid").net_micros == 600_000


def test_the_books_stay_whole_when_the_person_is_erased(buyer: User) -> None:
    subject = buyer.subject
    buyer.delete()
    assert Wallet.objects.get(subject=subject).user_id is None
    assert Entitlement.objects.count() == 0
    books_hold()


def test_the_audit_counts_what_there_is(buyer: User) -> None:
    owe(make_user(), 7)
    give_bonus(make_guest(), 5)
    figures = books_hold()
    assert {name: figures[name] for name in ("wallets", "coins_paid", "coins_bonus", "coins_debt")} == {
        "wallets": 3, "coins_paid": 60, "coins_bonus": 5, "coins_debt": 7,
    }
    assert (figures["entries"], figures["rights"], figures["purchases"], figures["open_lots"]) == (4, 1, 1, 2)


TAMPERING = {
    "entries_balance": "UPDATE payments_posting SET amount = amount + 1 WHERE account = 'spent'",
    "entries_have_postings": "DELETE FROM payments_posting WHERE entry_id = (SELECT max(id) FROM payments_entry)",
    "nothing_negative": "UPDATE payments_coinlot SET remaining = remaining + granted WHERE kind = 'paid'",
    "wallets_match_lots": "UPDATE payments_wallet SET paid = paid + 500",
    "wallets_match_postings": "UPDATE payments_posting SET subject = gen_random_uuid() WHERE account = 'wallet'",
    "lots_match_uses": "UPDATE payments_lotuse SET net_micros = net_micros + 1",
    "unlocks_match_uses": "DELETE FROM payments_lotuse",
    "rights_were_paid": "UPDATE payments_entitlement SET entry_id = (SELECT min(id) FROM payments_entry)",
    "payments_gave_rights": "DELETE FROM payments_entitlement",
    "purchases_granted_once": "UPDATE payments_purchase SET gross_micros = gross_micros * 2",
}


def tamper(statement: str) -> None:
    """Like somebody with the owner's password."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("entry", "posting", "lotuse"):
            cursor.execute(f"ALTER TABLE payments_{table} DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE payments_coinlot DROP CONSTRAINT lot_remaining_within_granted")
        cursor.execute(statement)
        assert cursor.rowcount > 0


def test_every_check_of_the_audit_is_tampered_with_below() -> None:
    assert set(TAMPERING) == set(CHECKS)


@pytest.mark.parametrize("check", TAMPERING)
def test_the_audit_finds_a_tampered_row(buyer: User, check: str) -> None:
    books_hold()
    tamper(TAMPERING[check])
    found = {finding.check: finding for finding in ledger_audit()["findings"]}
    assert check in found
    assert found[check].count >= 1
    assert found[check].rows[0]


def test_the_command_prints_json_and_fails_on_a_finding(buyer: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("ledger_audit", "--json")
    report = json.loads(capsys.readouterr().out)
    assert (report["ok"], report["findings"], report["figures"]["coins_paid"]) == (True, [], 60)
    tamper(TAMPERING["wallets_match_lots"])
    with pytest.raises(SystemExit) as ended:
        call_command("ledger_audit", "--json")
    assert ended.value.code == 1
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    assert {"wallets_match_lots", "wallets_match_postings"} == {finding["check"] for finding in report["findings"]}


def test_the_command_says_it_in_words(buyer: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("ledger_audit")
    assert f"{len(CHECKS)} of {len(CHECKS)} invariants hold" in capsys.readouterr().out
    tamper(TAMPERING["payments_gave_rights"])
    with pytest.raises(SystemExit):
        call_command("ledger_audit")
    out = capsys.readouterr().out
    assert "payments_gave_rights: 1." in out
    assert f"{len(CHECKS) - 1} of {len(CHECKS)} invariants hold" in out
