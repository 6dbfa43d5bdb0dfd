"""Who makes, who watches, who decides in the demo. Their password is public, so they live on one machine only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Group

from accounts.models import User
from accounts.selectors import MODERATORS, is_moderator, registered_by_email
from accounts.services.people import user_register
from creators.models import Creator
from creators.selectors import is_member
from creators.services import creator_create
from payments.services import promo_grant
from stack.places import StackError

PASSWORD = "lights-camera-action"  # noqa: S105 - shown to everybody; refused in production
HANDLE = "demo"
COINS = 300
COINS_LAST = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Login:
    """A way in: `role` is what the person does here."""

    role: str
    email: str
    name: str


STUDIO = Login("studio", "studio@demo.invalid", "Demo Studio")  # a reserved domain: nobody gets mail there
VIEWER = Login("viewer", "viewer@demo.invalid", "Demo Viewer")
MODERATOR = Login("moderator", "moderator@demo.invalid", "Demo Moderator")


@dataclass(frozen=True, slots=True)
class People:
    """The accounts themselves, and the studio that the first one owns."""

    owner: User
    viewer: User
    moderator: User
    creator: Creator


def refuse_production() -> None:
    """Raise `StackError` where accounts with a public password must not be."""
    if settings.PRODUCTION:
        raise StackError(
            "The demo makes accounts whose password everybody knows; this is a production system.",
            code="demo_in_production", remedy="Run it without RW_ENV=production, on a machine of your own.",
        )


def people_seed(*, now: datetime) -> People:
    """Everyone, made at the first use; coins are given once. Raises `StackError` in production, or for a taken name."""
    refuse_production()
    owner, viewer, moderator = (_person(login) for login in (STUDIO, VIEWER, MODERATOR))
    if not is_moderator(user=moderator):
        _promote(moderator)
    promo_grant(user=viewer, coins=COINS, expires_at=now + COINS_LAST, reason="demo", now=now)
    return People(owner, viewer, moderator, _studio(owner))


def _person(login: Login) -> User:
    known = registered_by_email(email=login.email)
    return known or user_register(email=login.email, password=PASSWORD, display_name=login.name)


def _promote(user: User) -> None:
    user.groups.add(Group.objects.get(name=MODERATORS))
    user.is_staff = True
    user.save(update_fields=["is_staff", "updated_at"])


def _studio(owner: User) -> Creator:
    found = Creator.objects.filter(handle=HANDLE).first()
    if found is None:
        return creator_create(user=owner, name=STUDIO.name, handle=HANDLE)
    if not is_member(user=owner, creator_id=found.pk):
        raise StackError(f"The handle {HANDLE!r} is taken here.", remedy="Run the demo on a database of its own.")
    return found
