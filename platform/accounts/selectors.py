"""Questions about people."""

from typing import Any

from accounts.models import User

MODERATORS = "moderators"  # the group, made by migration 0002


def is_moderator(*, user: User) -> bool:
    """Whether this person may decide reviews. Never asks the database about people who are not staff."""
    if not (user.is_active and user.is_staff):
        return False
    return user.is_superuser or user.groups.filter(name=MODERATORS).exists()


def active_user(**by: Any) -> User | None:
    """The one active user with these unique column values, or None."""
    return User.objects.filter(is_active=True, **by).first()


def registered_by_email(*, email: str) -> User | None:
    """The active registered account with this address (in any case of letters), or None."""
    return active_user(email=email.lower(), kind=User.Kind.REGISTERED)
