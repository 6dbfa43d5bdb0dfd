"""Guests: one secret, one guest, until they register."""

from __future__ import annotations

import hashlib
import secrets
import threading
from typing import Any

import pytest
from django.db import connection

from accounts.models import Device, User
from tests.builders import make_user

GUEST = "/api/v1/auth/guest"
pytestmark = pytest.mark.django_db


def device() -> str:
    return secrets.token_hex(32)


def test_a_first_sign_in_makes_a_guest_and_the_next_finds_it_again(api: Any) -> None:
    secret = device()
    first = api().post(GUEST, {"device_id": secret, "name": "Pixel 12"})
    again = api().post(GUEST, {"device_id": secret})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["user"]["uid"] == again.json()["user"]["uid"]
    assert first.json()["user"]["kind"] == "guest"
    assert first.json()["user"]["email"] is None
    assert first.json()["expires_in"] == 900
    assert User.objects.count() == 1
    assert Device.objects.get().name == "Pixel 12"


def test_only_the_digest_of_the_device_is_kept(api: Any) -> None:
    secret = device()
    api().post(GUEST, {"device_id": secret})
    kept = Device.objects.get()
    assert kept.key_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(vars(kept)) + str(vars(kept.user))


def test_two_devices_are_two_guests(api: Any) -> None:
    one, two = (api().post(GUEST, {"device_id": device()}).json()["user"]["uid"] for _ in range(2))
    assert one != two


@pytest.mark.parametrize(
    "secret",
    ["", "short", "a" * 64, "0123456789" * 3, "0123456789" * 13, "äöüßéèêçñ" * 5, "0123456789abc " * 3, None, 7, ["a"]],
)
def test_a_device_id_that_is_no_secret_is_refused(api: Any, secret: Any) -> None:
    answer = api().post(GUEST, {"device_id": secret}, format="json")
    assert answer.status_code == 400
    assert set(answer.json()["error"]["details"]["fields"]) == {"device_id"}
    assert User.objects.count() == 0


def test_a_guests_token_signs_in(api: Any) -> None:
    signed_in = api().post(GUEST, {"device_id": device(), "language": "zh"}).json()
    client = api()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {signed_in['access']}")
    me = client.get("/api/v1/me")
    assert me.status_code == 200
    assert (me.json()["uid"], me.json()["language"]) == (signed_in["user"]["uid"], "zh")


def test_a_guest_keeps_everything_on_upgrade(api: Any) -> None:
    signed_in = api().post(GUEST, {"device_id": device()}).json()
    row = User.objects.get()
    client = api()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {signed_in['access']}")
    answer = client.post(
        "/api/v1/me/upgrade", {"email": "Mara@Example.org", "password": "correct-horse-9", "display_name": "Mara"}
    )
    assert answer.status_code == 200
    upgraded = User.objects.get()
    assert (upgraded.pk, upgraded.uid, upgraded.subject) == (row.pk, row.uid, row.subject)
    assert (upgraded.kind, upgraded.email, upgraded.display_name) == ("registered", "mara@example.org", "Mara")
    assert Device.objects.get().user_id == row.pk
    # what the guest held ends, what it was given goes on
    assert client.get("/api/v1/me").status_code == 401
    assert api().post("/api/v1/auth/token/refresh", {"refresh": signed_in["refresh"]}).status_code == 401
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}")
    assert client.get("/api/v1/me").json()["email"] == "mara@example.org"
    login = api().post("/api/v1/auth/token", {"email": "MARA@example.org", "password": "correct-horse-9"})
    assert login.json()["user"]["uid"] == str(row.uid)


def test_after_the_upgrade_the_device_signs_nobody_in_and_says_what_to_do(api: Any) -> None:
    secret = device()
    signed_in = api().post(GUEST, {"device_id": secret}).json()
    client = api()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {signed_in['access']}")
    client.post("/api/v1/me/upgrade", {"email": "mara@example.org", "password": "correct-horse-9"})
    answer = api().post(GUEST, {"device_id": secret})
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "device_upgraded"
    assert "password" in answer.json()["error"]["remedy"]
    assert "access" not in answer.json()
    assert User.objects.count() == 1


def test_a_registered_person_has_nothing_to_upgrade(api: Any) -> None:
    person = make_user(email="one@example.org")
    answer = api(person).post("/api/v1/me/upgrade", {"email": "two@example.org", "password": "correct-horse-9"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "already_registered")
    person.refresh_from_db()
    assert person.email == "one@example.org"


def test_an_upgrade_to_a_taken_address_changes_nothing(api: Any) -> None:
    make_user(email="taken@example.org")
    guest = User.objects.create_guest()
    answer = api(guest).post("/api/v1/me/upgrade", {"email": "TAKEN@example.org", "password": "correct-horse-9"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "email_taken")
    guest.refresh_from_db()
    assert (guest.kind, guest.email, guest.has_usable_password()) == ("guest", None, False)


def test_a_closed_guest_is_not_signed_in(api: Any) -> None:
    secret = device()
    api().post(GUEST, {"device_id": secret})
    User.objects.update(is_active=False)
    answer = api().post(GUEST, {"device_id": secret})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "account_closed")


def test_new_guests_are_counted_by_network_and_known_ones_are_not(api: Any, rate: Any) -> None:
    rate(guest="2/hour")
    known = device()
    made = [api().post(GUEST, {"device_id": d}).status_code for d in (known, device(), device())]
    assert made == [201, 201, 429]
    assert User.objects.count() == 2
    assert api().post(GUEST, {"device_id": known}).status_code == 200
    other = api().post(GUEST, {"device_id": device()}, REMOTE_ADDR="203.0.113.9")
    assert other.status_code == 201


def test_addresses_of_one_ipv6_network_count_as_one(api: Any, rate: Any) -> None:
    rate(guest="1/hour")
    hosts = ["2001:db8:1:1::1", "2001:db8:1:1:ffff::2", "2001:db8:1:2::1"]
    assert [api().post(GUEST, {"device_id": device()}, REMOTE_ADDR=h).status_code for h in hosts] == [201, 429, 201]


def test_a_forwarded_address_counts_only_behind_a_proxy_of_ours(api: Any, rate: Any) -> None:
    rate(guest="1/hour")
    answers = [
        api().post(GUEST, {"device_id": device()}, headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code
        for n in range(2)
    ]
    assert answers == [201, 429]


@pytest.mark.django_db(transaction=True)
def test_two_first_sign_ins_of_one_device_make_one_guest(api: Any) -> None:
    secret, start, seen = device(), threading.Barrier(6), []

    def sign_in() -> None:
        start.wait()
        try:
            answer = api().post(GUEST, {"device_id": secret})
            seen.append((answer.status_code, answer.json()["user"]["uid"]))
        finally:
            connection.close()

    threads = [threading.Thread(target=sign_in) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 6
    assert len({uid for _, uid in seen}) == 1
    assert sorted(status for status, _ in seen).count(201) == 1
    assert (User.objects.count(), Device.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_upgrades_at_once_one_wins() -> None:
    from django.utils import timezone

    from accounts.errors import AlreadyRegistered
    from accounts.services.people import guest_upgrade

    guest, start, outcomes = User.objects.create_guest(), threading.Barrier(2), []

    def upgrade(email: str) -> None:
        mine = User.objects.get(pk=guest.pk)
        start.wait()
        try:
            guest_upgrade(user=mine, email=email, password="correct-horse-9", now=timezone.now())
            outcomes.append(email)
        except AlreadyRegistered:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=upgrade, args=(f"{name}@example.org",)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("refused") == 1
    guest.refresh_from_db()
    assert guest.email in outcomes
