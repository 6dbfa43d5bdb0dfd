"""What providers tell: stored as it came, believed only when signed, done once, never lost."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from payments.models import Order, ProviderEvent, Purchase
from payments.providers.signatures import sign
from payments.services import event_process, events_due
from payments.tasks import process_events
from tests.builders import make_user
from tests.payments.tills import SECRET, books_hold, footprint, holds, make_order, message, signed

pytestmark = pytest.mark.django_db
PATH = "/api/v1/webhooks/twin"


@pytest.fixture(autouse=True)
def secret(settings: Any) -> None:
    settings.PAYMENT_PROVIDER, settings.TWIN_WEBHOOK_SECRET = "twin", SECRET


@pytest.fixture
def order() -> Order:
    return make_order(make_user(), coins=100, bonus=10)


def send(api: Any, raw: bytes, headers: dict[str, str]) -> Any:
    return api().generic("POST", PATH, raw, content_type="application/json", headers=headers)


def parked() -> ProviderEvent:
    """Works everything off; the one event there is has been put aside."""
    process_events()
    event = ProviderEvent.objects.get()
    assert event.status == "parked"
    return event


def test_a_signed_payment_is_stored_as_it_came_and_then_granted(api: Any, order: Order) -> None:
    raw = message(order)
    answer = send(api, raw, signed(raw))
    assert (answer.status_code, answer.json()) == (200, {"received": True, "duplicate": False})
    event = ProviderEvent.objects.get()
    assert (bytes(event.raw), event.type, event.status) == (raw, "payment", "received")
    assert holds(order.wallet.user) == (0, 0, 0)
    process_events()
    event.refresh_from_db()
    order.refresh_from_db()
    assert (event.status, event.attempts, order.status) == ("processed", 1, "paid")
    assert holds(order.wallet.user) == (100, 10, 0)
    assert books_hold()["purchases"] == 1


def test_a_doubled_and_late_webhook_grants_once(api: Any, order: Order) -> None:
    raw, now = message(order), timezone.now()
    first = send(api, raw, signed(raw, at=now - timedelta(seconds=200)))
    process_events()
    again = send(api, raw, signed(raw, at=now))
    process_events()
    other = message(order, id="evt_another_for_the_same_payment")
    send(api, other, signed(other))
    process_events()
    assert [first.json()["duplicate"], again.json()["duplicate"]] == [False, True]
    assert ProviderEvent.objects.filter(status="processed").count() == 2
    assert holds(order.wallet.user) == (100, 10, 0)
    assert books_hold()["purchases"] == 1


def reserialised(raw: bytes) -> bytes:
    return json.dumps(json.loads(raw), separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("code", "forge"),
    [
        ("webhook_bad_signature", lambda raw: (raw, signed(raw, secret="another-secret-0123456789-0123456789"))),
        ("webhook_bad_signature", lambda raw: (raw.replace(b'"amount_cents": 99', b'"amount_cents": 1'), signed(raw))),
        ("webhook_bad_signature", lambda raw: (reserialised(raw), signed(raw))),
        ("webhook_bad_signature", lambda raw: (raw, {})),
        ("webhook_bad_signature", lambda raw: (raw, {"Twin-Signature": "t=x,v1=y"})),
        ("webhook_bad_signature", lambda raw: (raw, {"Twin-Signature": signed(raw)["Twin-Signature"] + ",t=1"})),
        ("webhook_bad_signature", lambda raw: (raw, {"Twin-Signature": "t=" + "9" * 500 + ",v1=ab"})),
        ("webhook_stale", lambda raw: (raw, signed(raw, at=timezone.now() - timedelta(seconds=310)))),
        ("webhook_stale", lambda raw: (raw, signed(raw, at=timezone.now() + timedelta(seconds=310)))),
        ("webhook_malformed", lambda raw: (b"", signed(b""))),
        ("webhook_malformed", lambda raw: (b"[]", signed(b"[]"))),
        ("webhook_malformed", lambda raw: (b"\xff\xfe", signed(b"\xff\xfe"))),
        ("webhook_malformed", lambda raw: (b"[" * 60_000, signed(b"[" * 60_000))),
    ],
)
def test_what_the_provider_did_not_send_changes_nothing_and_is_logged(
    api: Any, order: Order, caplog: pytest.LogCaptureFixture, code: str, forge: Any
) -> None:
    before = footprint()
    answer = send(api, *forge(message(order)))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert footprint() == before
    logged = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert [line["reason"] for line in logged if line["event"] == "webhook_refused"] == [code]


def test_a_recorded_webhook_played_again_later_is_stale(api: Any, order: Order) -> None:
    raw = message(order)
    recorded = signed(raw, at=timezone.now() - timedelta(seconds=290))
    assert send(api, raw, recorded).status_code == 200
    process_events()
    before = footprint()
    older = {"Twin-Signature": sign(secret=SECRET, raw=raw, at=timezone.now() - timedelta(hours=1))}
    assert send(api, raw, older).status_code == 400
    assert footprint() == before


def test_one_fitting_signature_of_several_is_enough_while_a_secret_is_replaced(api: Any, order: Order) -> None:
    raw, now = message(order), timezone.now()
    old = signed(raw, secret="the-old-secret-0123456789-0123456789", at=now)["Twin-Signature"]
    new = signed(raw, at=now)["Twin-Signature"].partition(",")[2]
    assert send(api, raw, {"Twin-Signature": f"{old},{new}"}).status_code == 200


def test_a_message_too_big_is_refused_before_it_is_read(api: Any) -> None:
    raw = b"x" * 70_000
    answer = send(api, raw, signed(raw))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "webhook_too_big")
    assert ProviderEvent.objects.count() == 0


@pytest.mark.parametrize("used", ["none", "twin"])
def test_only_the_provider_in_use_has_a_webhook(api: Any, settings: Any, order: Order, used: str) -> None:
    settings.PAYMENT_PROVIDER = used
    raw = message(order)
    other = "twin" if used == "none" else "none"
    answer = api().generic("POST", f"/api/v1/webhooks/{other}", raw, headers=signed(raw))
    assert answer.status_code == 404
    assert ProviderEvent.objects.count() == 0


@pytest.mark.parametrize("name", ["refund.created", "dispute.opened"])
def test_what_we_cannot_handle_yet_is_parked_and_kept(api: Any, order: Order, name: str) -> None:
    raw = json.dumps({"id": "evt_r", "type": name, "data": {"txn": "txn_1"}}).encode()
    assert send(api, raw, signed(raw)).status_code == 200
    event = parked()
    assert bytes(event.raw) == raw
    assert event.type == ("refund" if name.startswith("refund") else "other")
    assert Purchase.objects.count() == 0
    assert books_hold()["events_parked"] == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"order": "0190f6a0-0000-7000-8000-000000000000"}, "no such order"),
        ({"amount_cents": 1}, "not the order's price"),
        ({"currency": "XTS"}, "not the order's price"),
    ],
)
def test_a_payment_that_fits_no_order_is_parked_for_a_person(
    api: Any, order: Order, data: dict[str, Any], says: str
) -> None:
    whole = json.loads(message(order))
    raw = json.dumps(whole | {"data": whole["data"] | data}).encode()
    send(api, raw, signed(raw))
    assert says in parked().error
    order.refresh_from_db()
    assert (order.status, Purchase.objects.count()) == ("pending", 0)


def test_a_transaction_cannot_pay_for_two_orders(api: Any, order: Order) -> None:
    other = make_order(make_user())
    raw = message(order)
    send(api, raw, signed(raw))
    process_events()
    whole = json.loads(message(other))
    raw = json.dumps(whole | {"data": whole["data"] | {"txn": f"txn_{order.uid.hex}"}}).encode()
    send(api, raw, signed(raw))
    process_events()
    assert ProviderEvent.objects.get(status="parked").error.startswith("payment_mismatch")
    assert holds(other.wallet.user) == (0, 0, 0)


def failing_event(order: Order, now: datetime) -> ProviderEvent:
    """An event of a payment that meets a fault of ours: the lots' table cannot be written."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE payments_coinlot ADD CONSTRAINT nothing_today CHECK (granted < 0) NOT VALID")
    return ProviderEvent.objects.create(
        provider="twin", event_id="evt_1", type="payment", raw=message(order), received_at=now, next_attempt_at=now
    )


def test_a_failure_of_ours_is_counted_and_tried_again_later(order: Order) -> None:
    now = timezone.now()
    event = failing_event(order, now)
    assert events_due(now=now) == [event.pk]
    assert event_process(event_id=event.pk, now=now) is False
    event.refresh_from_db()
    assert (event.status, event.attempts, event.next_attempt_at) == ("received", 1, now + timedelta(seconds=5))
    assert event.error.startswith("IntegrityError")
    assert (Purchase.objects.count(), events_due(now=now)) == (0, [])


def test_an_event_that_fails_again_and_again_is_parked(order: Order) -> None:
    now = timezone.now()
    event = failing_event(order, now)
    for _ in range(12):
        event_process(event_id=event.pk, now=now)
    event.refresh_from_db()
    assert (event.status, event.attempts) == ("parked", 11)
    assert holds(order.wallet.user) == (0, 0, 0)
