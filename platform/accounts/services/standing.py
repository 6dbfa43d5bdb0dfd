"""An account's standing: closed and opened again by moderators, given the moderators' role by superusers."""

from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F

from accounts.errors import AccountOutOfReach
from accounts.models import User
from accounts.selectors import MODERATORS
from common.errors import Conflict


@transaction.atomic
def user_deactivate(*, user: User, by: User, now: datetime) -> User:
    """Close an account: nobody gets in with it, and every session, token and ticket of it ends for good.

    Raises `AccountOutOfReach` for one's own account and, unless a superuser asks, for staff; `Conflict` if closed.
    """
    _require_reach(user, by)
    ended = {"is_active": False, "sign_in_epoch": F("sign_in_epoch") + 1, "updated_at": now}
    if not User.objects.filter(pk=user.pk, is_active=True).update(**ended):
        raise Conflict("This account is closed already.", code="already_closed")
    user.refresh_from_db(fields=list(ended))
    return user


@transaction.atomic
def user_activate(*, user: User, by: User, now: datetime) -> User:
    """Open a closed account again; its owner signs in anew. Raises `AccountOutOfReach`, `Conflict` if it is open."""
    _require_reach(user, by)
    if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True, updated_at=now):
        raise Conflict("This account is open already.", code="already_open")
    user.refresh_from_db(fields=["is_active", "updated_at"])
    return user


@transaction.atomic
def moderator_appoint(*, user: User, by: User, now: datetime) -> User:
    """Let a registered person into the console. Raises `AccountOutOfReach` unless a superuser asks, `Conflict`."""
    _require_superuser(user, by)
    if user.is_guest or not user.is_active:
        raise Conflict("Only an open, registered account can moderate.", code="not_appointable")
    if not User.objects.filter(pk=user.pk, is_staff=False).update(is_staff=True, updated_at=now):
        raise Conflict("This person works here already.", code="already_staff")
    user.groups.add(Group.objects.get(name=MODERATORS))
    user.refresh_from_db(fields=["is_staff", "updated_at"])
    return user


@transaction.atomic
def moderator_dismiss(*, user: User, by: User, now: datetime) -> User:
    """Take the moderators' role away. Raises `AccountOutOfReach` unless a superuser asks, `Conflict`."""
    _require_superuser(user, by)
    if not User.objects.filter(pk=user.pk, is_staff=True, is_superuser=False).update(is_staff=False, updated_at=now):
        raise Conflict("This person is no moderator.", code="not_a_moderator")
    user.groups.remove(Group.objects.get(name=MODERATORS))
    user.refresh_from_db(fields=["is_staff", "updated_at"])
    return user


def _require_reach(user: User, by: User) -> None:
    if user.pk == by.pk or ((user.is_staff or user.is_superuser) and not by.is_superuser):
        raise AccountOutOfReach


def _require_superuser(user: User, by: User) -> None:
    if not by.is_superuser or user.pk == by.pk:
        raise AccountOutOfReach
