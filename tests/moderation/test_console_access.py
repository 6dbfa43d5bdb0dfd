"""Who gets into the console, page by page, and what a browser may load there."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import User
from moderation import services
from moderation.models import AuditEntry, Reason
from payments.models import CoinPack
from tests.builders import make_creator, make_episode, make_guest, make_series, make_user
from tests.moderation.conftest import NOW, opened

pytestmark = pytest.mark.django_db
OWN = (
    "console-review", "console-take-down", "console-restore", "console-reports-of", "console-appeal", "console-close",
    "console-reopen", "console-appoint", "console-dismiss",
)


@pytest.fixture
def moderator() -> User:
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name="moderators"))
    return user


@pytest.fixture
def addresses() -> list[str]:
    """Every page of the console that can be opened by GET, those about something with something to be about."""
    owner, viewer = make_user(), make_guest()
    review = opened(make_episode(make_series(make_creator(owner))))
    services.review_reject(review=review, by=make_user(is_staff=True), reason_code=Reason.SPAM, note="", now=NOW)
    services.report_create(episode=review.episode, by=viewer, reason_code=Reason.SPAM, note="", now=NOW)
    appeal = services.appeal_create(review=review, by=owner, text="Look again.", now=NOW)
    about: dict[str, Any] = dict.fromkeys(OWN, viewer) | {
        "console-review": review, "console-take-down": review.episode, "console-restore": review.episode,
        "console-reports-of": review.episode, "console-appeal": appeal,
    }
    pages = [reverse("admin:index"), reverse("console-reports")]
    pages += [reverse(name, args=[row.uid]) for name, row in about.items()]
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages.append(reverse(f"{base}_changelist"))
        if (row := model._default_manager.first()) is not None:
            pages.append(reverse(f"{base}_change", args=[row.pk]))
    assert len(pages) > 40
    return pages


def client_of(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def test_a_stranger_is_sent_to_the_one_door(addresses: list[str]) -> None:
    for address in addresses:
        answer = client_of(None).get(address, follow=True)
        assert answer.redirect_chain[-1][0].startswith("/signin/?next=/console/"), address


def test_nobody_but_a_moderator_sees_a_page(addresses: list[str]) -> None:
    owner = User.objects.get(memberships__isnull=False)
    staff_without_role = make_user(is_staff=True)
    for user in (make_guest(), make_user(), owner, staff_without_role):
        client = client_of(user)
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 403, (address, user)
            assert b"This is for moderators" in answer.content


@pytest.mark.parametrize("superuser", [False, True])
def test_moderators_and_superusers_see_every_page(addresses: list[str], moderator: User, superuser: bool) -> None:
    client = client_of(make_user(is_staff=True, is_superuser=True) if superuser else moderator)
    for address in addresses:
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address


def test_a_closed_moderator_is_a_stranger(addresses: list[str], moderator: User) -> None:
    client = client_of(moderator)
    User.objects.filter(pk=moderator.pk).update(is_active=False)
    assert client.get(addresses[0]).status_code == 302


def test_nothing_is_added_changed_or_deleted_by_a_form(addresses: list[str], moderator: User) -> None:
    """Tables are looked at. What changes a row is a service, on a page of its own."""
    client = client_of(moderator)
    before = (User.objects.count(), AuditEntry.objects.count(), list(CoinPack.objects.values()))
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert client.post(reverse(f"{base}_add")).status_code == 403, base
        row = model._default_manager.first()
        if row is not None:
            change = reverse(f"{base}_change", args=[row.pk])
            assert client.post(change, {"is_staff": "on", "active": "", "status": "x"}).status_code in (302, 403), base
            assert client.post(reverse(f"{base}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403, base
    assert (User.objects.count(), AuditEntry.objects.count(), list(CoinPack.objects.values())) == before


def test_only_a_superuser_sets_a_price(moderator: User) -> None:
    pack = CoinPack.objects.order_by("pk").first()
    assert pack is not None
    address = reverse("admin:payments_coinpack_change", args=[pack.pk])
    fields = {"code": pack.code, "coins": pack.coins, "bonus": pack.bonus, "bonus_days": pack.bonus_days,
              "price_cents": 4321, "currency": "USD", "position": pack.position}
    assert client_of(moderator).post(address, fields).status_code == 403
    pack.refresh_from_db()
    assert pack.price_cents != 4321
    root = make_user(is_staff=True, is_superuser=True)
    assert client_of(root).post(address, fields).status_code == 302
    pack.refresh_from_db()
    assert pack.price_cents == 4321


def test_no_page_shows_a_password(moderator: User) -> None:
    person = make_user(password="a-very-own-password")
    body = client_of(moderator).get(reverse("admin:accounts_user_change", args=[person.pk])).content.decode()
    assert person.password not in body
    assert "pbkdf2" not in body
    assert 'type="password"' not in body


def test_the_consoles_policy_is_wider_only_in_the_console(moderator: User) -> None:
    """Alpine evaluates attributes; no script stands inline, so none is allowed."""
    policy = client_of(moderator).get(reverse("admin:index"))["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval'" in policy
    script = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    assert "unsafe-inline" not in script
    elsewhere = client_of(moderator).get("/signin/?next=/console/")["Content-Security-Policy"]
    assert "unsafe-eval" not in elsewhere


def test_no_page_of_the_console_has_an_inline_script(addresses: list[str], moderator: User) -> None:
    client = client_of(moderator)
    for address in addresses:
        body = client.get(address, follow=True).content.decode()
        for tag in body.split("<script")[1:]:
            opening = tag.split(">", 1)[0]
            assert "src=" in opening or "application/json" in opening, (address, opening)
        assert "javascript:" not in body
        assert " onclick=" not in body


def test_signing_out_takes_a_post(moderator: User) -> None:
    client = client_of(moderator)
    assert client.get(reverse("admin:logout")).status_code == 405
    assert client.get(reverse("admin:index")).status_code == 200
    assert client.post(reverse("admin:logout"))["Location"] == "/signin/"
    assert client.get(reverse("admin:index")).status_code == 302


def test_searches_take_anything_and_find_by_index(moderator: User) -> None:
    person = make_user(email="Someone.Else@example.org")
    client = client_of(moderator)
    address = reverse("admin:accounts_user_changelist")
    for words in ("someone.else@", str(person.uid), str(person.subject)):
        assert str(person.email) in client.get(address, {"q": words}).content.decode()
    for model in admin.site._registry:
        listing = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for words in ("no such thing", "a\x00%" * 200):
            assert client.get(listing, {"q": words}).status_code == 200, (listing, words)
    found = client.get(reverse("admin:search"), {"s": "someone.else", "extended": "1"}).content.decode()
    assert str(person.email) in found


@pytest.mark.parametrize("uid", ["0190b0a0-0000-7000-8000-000000000000"])
def test_what_is_not_there_is_404(moderator: User, uid: str) -> None:
    client = client_of(moderator)
    for name in OWN:
        assert client.get(reverse(name, args=[uid])).status_code == 404, name
