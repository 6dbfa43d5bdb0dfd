"""The twin speaks over a real wire: checkout, signed webhooks that are late and doubled, coins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.utils import timezone

from payments.models import ProviderEvent, TwinSession
from payments.services import twin_deliver
from tests.builders import make_guest
from tests.payments.tills import SECRET, books_hold, holds, make_pack

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(live_server: Any, settings: Any) -> Iterator[str]:
    """A server to deliver to; tasks run where they are rung, so that nothing has to be waited for."""
    settings.PAYMENT_PROVIDER, settings.TWIN_WEBHOOK_SECRET = "twin", SECRET
    settings.PUBLIC_BASE_URL = live_server.url
    current_app.conf.task_always_eager = True
    yield str(live_server.url)
    current_app.conf.task_always_eager = False


def test_a_pack_is_ordered_paid_and_told_of_three_times_and_granted_once(api: Any, shop: str) -> None:
    guest = make_guest()
    order = api(guest).post("/api/v1/orders", {"pack": str(make_pack(coins=100, bonus=10).uid)}, format="json").json()
    assert order["checkout_url"].startswith(f"{shop}/api/v1/twin/checkout/cs_")
    paid = api().post(order["checkout_url"].removeprefix(shop), {"deliveries": [0, 0, 5]}, format="json")
    assert paid.status_code == 202
    event = ProviderEvent.objects.get()
    assert (event.status, event.event_id) == ("processed", TwinSession.objects.get().event_id)
    assert api(guest).get(f"/api/v1/orders/{order['uid']}").json()["status"] == "paid"
    assert holds(guest) == (100, 10, 0)
    assert books_hold()["purchases"] == 1


def test_a_delivery_that_nobody_takes_is_reported_and_the_next_one_arrives(api: Any, shop: str, settings: Any) -> None:
    guest = make_guest()
    order = api(guest).post("/api/v1/orders", {"pack": str(make_pack(coins=100).uid)}, format="json").json()
    twin = TwinSession.objects.get()
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:9"
    api().post(order["checkout_url"].removeprefix(shop), {"deliveries": [0]}, format="json")
    assert twin_deliver(session=twin.session, now=timezone.now()) is False
    assert (ProviderEvent.objects.count(), holds(guest)) == (0, (0, 0, 0))
    settings.PUBLIC_BASE_URL = shop
    assert twin_deliver(session=twin.session, now=timezone.now()) is True
    assert holds(guest) == (100, 0, 0)

