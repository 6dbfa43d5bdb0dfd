"""Looking at coins, ordering packs, asking after an order."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from payments.models import CoinPack, Order, TwinSession
from payments.services import twin_pay
from tests.builders import make_guest, make_moderator, make_published, make_series, make_user
from tests.payments.tills import (
    books_hold,
    buy,
    footprint,
    give_bonus,
    holds,
    locked_episode,
    make_order,
    make_pack,
    owe,
    unlock,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def twin(settings: Any) -> None:
    settings.PAYMENT_PROVIDER, settings.PUBLIC_BASE_URL = "twin", "http://reelwright.test"


def test_a_new_person_has_nothing_and_looking_makes_no_wallet(api: Any) -> None:
    user = make_guest()
    assert api(user).get("/api/v1/wallet").json() == {"paid": 0, "bonus": 0, "total": 0, "debt": 0}
    assert not hasattr(user, "wallet")


def test_the_wallet_counts_what_can_be_spent(api: Any, django_assert_num_queries: Any) -> None:
    user, now = make_user(), timezone.now()
    buy(user, 100)
    buy(user, 50)
    give_bonus(user, 20)
    give_bonus(user, 9, days=1, now=now - timedelta(days=2))
    client = api(user)
    with django_assert_num_queries(1):
        answer = client.get("/api/v1/wallet")
    assert answer.json() == {"paid": 150, "bonus": 20, "total": 170, "debt": 0}


def test_the_history_tells_newest_first_page_by_page_and_only_ones_own(
    api: Any, django_assert_max_num_queries: Any
) -> None:
    user, other, series = make_user(), make_user(), make_series(free_episodes=0, title="The Key")
    start = timezone.now() - timedelta(hours=1)
    buy(user, 200, bonus=30, now=start)
    for number in (1, 2, 3):
        unlock(user, make_published(series, number), now=start + timedelta(minutes=number))
    buy(other, 500)
    client = api(user)
    with django_assert_max_num_queries(2):
        first = client.get("/api/v1/wallet/history?limit=3").json()
    second = client.get("/api/v1/wallet/history", {"limit": 3, "cursor": first["next"]}).json()
    rows = first["results"] + second["results"]
    assert [(row["kind"], row["paid"], row["bonus"], row["debt"]) for row in rows] == [
        ("unlock", -60, 0, 0), ("unlock", -60, 0, 0), ("unlock", -30, -30, 0), ("purchase", 200, 30, 0),
    ]
    assert rows[0]["episode"] == {"uid": rows[0]["episode"]["uid"], "number": 3, "series_title": "The Key"}
    assert (rows[3]["episode"], second["next"]) == (None, None)
    assert set(rows[0]) == {"uid", "kind", "at", "paid", "bonus", "debt", "episode"}


def test_a_debt_and_its_settlement_show_in_the_history(api: Any) -> None:
    user = make_user()
    owe(user, 30)
    buy(user, 100)
    rows = api(user).get("/api/v1/wallet/history").json()["results"]
    assert [(row["kind"], row["paid"], row["debt"]) for row in rows] == [("purchase", 70, -30), ("adjustment", 0, 30)]


@pytest.mark.parametrize("query", ["cursor=nonsense", "limit=0", "limit=101", "limit=x", "cursor=WyJhIiwiYiJd"])
def test_a_bad_page_is_refused(api: Any, query: str) -> None:
    assert api(make_user()).get(f"/api/v1/wallet/history?{query}").status_code == 400


def test_the_shelf_holds_the_first_packs_in_order_and_hides_what_is_off_sale(api: Any) -> None:
    CoinPack.objects.filter(code="coins-2000").update(active=False)
    packs = api().get("/api/v1/packs").json()
    assert [(pack["code"], pack["coins"], pack["bonus"], pack["price_cents"]) for pack in packs["results"]] == [
        ("coins-100", 100, 0, 99), ("coins-500", 500, 50, 499), ("coins-1000", 1000, 150, 999),
        ("coins-5000", 5000, 1500, 4999),
    ]
    assert packs["results"][0]["currency"] == "USD"
    assert packs["next"] is None


def order_by(client: Any, pack: CoinPack) -> dict[str, Any]:
    answer = client.post("/api/v1/orders", {"pack": str(pack.uid)}, format="json")
    assert answer.status_code == 201
    return answer.json()


def test_a_guest_orders_a_pack_and_gets_the_address_to_pay_at(api: Any, settings: Any) -> None:
    guest, pack = make_guest(), make_pack(coins=100, bonus=5, price_cents=199)
    order = order_by(api(guest), pack)
    session = TwinSession.objects.get()
    assert order["checkout_url"] == f"{settings.PUBLIC_BASE_URL}/api/v1/twin/checkout/{session.session}/pay"
    assert (order["status"], order["coins"], order["bonus"], order["price_cents"]) == ("pending", 100, 5, 199)
    assert (str(session.order_uid), session.amount_cents, session.paid_at) == (order["uid"], 199, None)
    assert holds(guest) == (0, 0, 0)


@pytest.mark.parametrize(("body", "status"), [({}, 400), ({"pack": "x"}, 400), ({"pack": str(uuid.uuid4())}, 404)])
def test_an_order_for_no_pack_is_refused(api: Any, body: dict[str, str], status: int) -> None:
    assert api(make_user()).post("/api/v1/orders", body, format="json").status_code == status
    assert Order.objects.count() == 0


def test_a_pack_off_sale_cannot_be_ordered(api: Any) -> None:
    pack = make_pack(active=False)
    assert api(make_user()).post("/api/v1/orders", {"pack": str(pack.uid)}, format="json").status_code == 404


def test_without_a_provider_buying_says_why_and_everything_else_works(api: Any, settings: Any) -> None:
    settings.PAYMENT_PROVIDER = "none"
    user, pack = make_user(), make_pack()
    refused = api(user).post("/api/v1/orders", {"pack": str(pack.uid)}, format="json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "payments_unavailable")
    assert "PAYMENT_PROVIDER" in refused.json()["error"]["remedy"]
    assert Order.objects.get().status == "failed"
    assert api(user).get("/api/v1/wallet").status_code == 200


def test_a_changed_pack_changes_no_order(api: Any) -> None:
    user, pack = make_user(), make_pack(coins=100)
    order = order_by(api(user), pack)
    CoinPack.objects.filter(pk=pack.pk).update(coins=1)
    assert api(user).get(f"/api/v1/orders/{order['uid']}").json()["coins"] == 100


def test_asking_after_a_paid_order_grants_it_when_the_webhook_is_lost(api: Any) -> None:
    user = make_user()
    order = order_by(api(user), make_pack(coins=100))
    path = f"/api/v1/orders/{order['uid']}"
    assert api(user).get(path).json()["status"] == "pending"
    twin_pay(session=TwinSession.objects.get().session, deliveries=[], now=timezone.now())
    assert [api(user).get(path).json()["status"] for _ in range(2)] == ["paid", "paid"]
    assert holds(user) == (100, 0, 0)
    assert books_hold()["purchases"] == 1


def test_somebody_elses_order_is_not_there(api: Any) -> None:
    order = make_order(make_user())
    for user in (make_user(), make_moderator()):
        assert api(user).get(f"/api/v1/orders/{order.uid}").status_code == 404
    assert api().get(f"/api/v1/orders/{order.uid}").status_code == 401


def test_paying_twice_at_the_twin_pays_once(api: Any) -> None:
    order = order_by(api(make_user()), make_pack())
    path = order["checkout_url"].removeprefix("http://reelwright.test")
    first = api().post(path, {"deliveries": [0]}, format="json")
    paid = TwinSession.objects.get()
    assert (first.status_code, first.json()["session"]) == (202, paid.session)
    assert api().post(path).status_code == 202
    again = TwinSession.objects.get()
    assert (again.txn_id, again.paid_at) == (paid.txn_id, paid.paid_at)


@pytest.mark.parametrize("deliveries", [[], [-1], [61], [0] * 11, "x"])
def test_odd_deliveries_are_refused(api: Any, deliveries: Any) -> None:
    order = order_by(api(make_user()), make_pack())
    path = order["checkout_url"].removeprefix("http://reelwright.test")
    assert api().post(path, {"deliveries": deliveries}, format="json").status_code == 400
    assert TwinSession.objects.get().paid_at is None


def test_the_twins_checkout_is_there_only_with_the_twin(api: Any, settings: Any) -> None:
    order_by(api(make_user()), make_pack())
    session = TwinSession.objects.get().session
    assert api().post("/api/v1/twin/checkout/cs_unknown/pay").status_code == 404
    settings.PAYMENT_PROVIDER = "none"
    assert api().post(f"/api/v1/twin/checkout/{session}/pay").status_code == 404
    assert TwinSession.objects.get().paid_at is None


@pytest.mark.parametrize("path", ["wallet", "wallet/history"])
def test_money_is_for_those_signed_in(api: Any, path: str) -> None:
    assert api().get(f"/api/v1/{path}").status_code == 401
    assert api().post("/api/v1/orders", {}, format="json").status_code == 401


def test_the_console_shows_the_books_and_edits_nothing_but_packs(client: Any) -> None:
    from django.contrib import admin

    user = make_user()
    buy(user, 100)
    unlock(user, locked_episode())
    client.force_login(make_moderator())
    request = type("Request", (), {"user": make_moderator()})()
    models = [model for model in admin.site._registry if model._meta.app_label == "payments"]
    assert len(models) == 9
    for model in models:
        page = admin.site._registry[model]
        may_edit = model is CoinPack
        assert page.has_change_permission(request) is may_edit
        assert page.has_add_permission(request) is may_edit
        assert page.has_delete_permission(request) is False
        assert page.get_queryset(request).count() >= 0
    assert footprint()["entitlement"] == 1
