"""People's standing, changed by moderators. The account's own app says who may; here it is written down."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import standing
from moderation.models import AuditEntry
from moderation.services.audit import audit

Action = AuditEntry.Action


@transaction.atomic
def account_close(*, user: User, by: User, note: str, now: datetime) -> User:
    """Close an account and end everything it is signed in with. Raises `AccountOutOfReach`, `Conflict`."""
    standing.user_deactivate(user=user, by=by, now=now)
    audit(action=Action.ACCOUNT_CLOSED, by=by, person=user.subject, now=now, note=note)
    return user


@transaction.atomic
def account_reopen(*, user: User, by: User, note: str, now: datetime) -> User:
    """Open a closed account again. Raises `AccountOutOfReach`, `Conflict`."""
    standing.user_activate(user=user, by=by, now=now)
    audit(action=Action.ACCOUNT_REOPENED, by=by, person=user.subject, now=now, note=note)
    return user


@transaction.atomic
def moderator_appoint(*, user: User, by: User, note: str, now: datetime) -> User:
    """Let a person into the console. Raises `AccountOutOfReach` unless a superuser asks, `Conflict`."""
    standing.moderator_appoint(user=user, by=by, now=now)
    audit(action=Action.MODERATOR_APPOINTED, by=by, person=user.subject, now=now, note=note)
    return user


@transaction.atomic
def moderator_dismiss(*, user: User, by: User, note: str, now: datetime) -> User:
    """Take the moderators' role away. Raises `AccountOutOfReach` unless a superuser asks, `Conflict`."""
    standing.moderator_dismiss(user=user, by=by, now=now)
    audit(action=Action.MODERATOR_DISMISSED, by=by, person=user.subject, now=now, note=note)
    return user
