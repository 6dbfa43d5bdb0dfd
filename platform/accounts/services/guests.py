"""Guests: known by the secret of their device, and by nothing else."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.errors import AccountClosed, DeviceUpgraded
from accounts.models import Device, Language, User


def guest_sign_in(
    *,
    device_id: str,
    now: datetime,
    admit: Callable[[], None],
    name: str = "",
    language: str = Language.EN,
) -> tuple[User, bool]:
    """The guest of a device, made at its first sign-in; returns (user, whether it is new).

    `admit` is called once before a guest is made, and raises to refuse. Raises `DeviceUpgraded` once the guest has
    registered, `AccountClosed` if it was closed.
    """
    key_hash = hashlib.sha256(device_id.encode()).hexdigest()
    device = _find(key_hash)
    made = device is None
    if device is None:
        admit()
        device, made = _make(key_hash, name, language, now)
    if not device.user.is_active:
        raise AccountClosed
    if not device.user.is_guest:
        raise DeviceUpgraded
    if not made:
        Device.objects.filter(pk=device.pk).update(last_seen_at=now, updated_at=now, name=name or device.name)
    return device.user, made


def _find(key_hash: str) -> Device | None:
    return Device.objects.select_related("user").filter(key_hash=key_hash).first()


def _make(key_hash: str, name: str, language: str, now: datetime) -> tuple[Device, bool]:
    """A guest and its device; if another first sign-in came before, that one's (and this guest is rolled back)."""
    try:
        with transaction.atomic():
            guest = User.objects.create_guest(language=language)
            return Device.objects.create(user=guest, key_hash=key_hash, name=name, last_seen_at=now), True
    except IntegrityError:
        return Device.objects.select_related("user").get(key_hash=key_hash), False
