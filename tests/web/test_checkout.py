"""The test store's page: only with the twin, says what it is, and leads back to us and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from payments.models import CoinPack
from tests.builders import make_guest

pytestmark = pytest.mark.django_db


@pytest.fixture
def checkout(api: Any, settings: Any) -> str:
    """The address of an order's checkout, as the API gives it, without the host."""
    settings.PAYMENT_PROVIDER = "twin"
    pack = CoinPack.objects.get(code="coins-500")
    order = api(make_guest()).post("/api/v1/orders", {"pack": str(pack.uid)}).json()
    return str(order["checkout_url"]).removeprefix(settings.PUBLIC_BASE_URL)


def test_a_browser_that_opens_the_checkout_comes_to_the_page(client: Client, checkout: str) -> None:
    answer = client.get(f"{checkout}?return=/s/x/2")
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    text = page.content.decode()
    assert "Test store: no money moves" in text
    assert "500 coins" in text
    assert "4.99 USD" in text
    assert '"back": "/s/x/2"' in text


EVIL = ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]


@pytest.mark.parametrize("evil", EVIL)
def test_it_never_leads_to_another_house(client: Client, checkout: str, evil: str) -> None:
    text = client.get(client.get(checkout)["Location"], {"return": evil}).content.decode()
    assert '"back": "/wallet"' in text
    assert "evil.example" not in text


def test_a_paid_checkout_asks_for_no_money(client: Client, api: Any, checkout: str) -> None:
    api().post(checkout, {"deliveries": [60]})
    text = client.get(client.get(checkout)["Location"]).content.decode()
    assert 'id="pay"' not in text
    assert "This purchase is paid." in text


def test_without_the_twin_and_for_no_session_there_is_no_page(client: Client, checkout: str, settings: Any) -> None:
    page = client.get(checkout)["Location"]
    assert client.get("/twin/checkout/cs_unknown").status_code == 404
    settings.PAYMENT_PROVIDER = "none"
    assert client.get(page).status_code == 404
