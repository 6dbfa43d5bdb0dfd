"""Registered people: how they come to be, sign in, and change what is theirs."""

from datetime import datetime

from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.errors import AlreadyRegistered, EmailTaken, WrongPassword
from accounts.models import Language, User
from common.errors import Conflict, Invalid
from common.transitions import move


def user_register(*, email: str, password: str, display_name: str = "", language: str = Language.EN) -> User:
    """A new registered account. Raises `EmailTaken`, or `Invalid` for a password that is too easy."""
    person = User(email=email.lower(), display_name=display_name, language=language, kind=User.Kind.REGISTERED)
    require_good_password(password, person)
    person.password = make_password(password)  # slow on purpose, so before the transaction
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as taken:
        raise EmailTaken from taken
    return person


def guest_upgrade(*, user: User, email: str, password: str, now: datetime, display_name: str = "") -> User:
    """Turn a guest into a registered account: the same row, so everything it has stays.

    Every token of the guest ends, as the password is part of them. Raises `AlreadyRegistered`, `EmailTaken`, `Invalid`.
    """
    if not user.is_guest:
        raise AlreadyRegistered
    name = display_name or user.display_name
    require_good_password(password, User(email=email.lower(), display_name=name))
    changes = {"email": email.lower(), "password": make_password(password), "display_name": name, "updated_at": now}
    try:
        with transaction.atomic():
            won = move(user, field="kind", expect=User.Kind.GUEST, to=User.Kind.REGISTERED, **changes)
    except IntegrityError as taken:
        raise EmailTaken from taken
    if not won:
        raise AlreadyRegistered
    return user


def user_sign_in(*, email: str, password: str) -> User:
    """The person behind an address and a password. Raises `WrongPassword`, after the same work in every case."""
    user = authenticate(None, email=email.lower(), password=password)
    if not isinstance(user, User) or user.is_guest:
        raise WrongPassword
    return user


def password_change(*, user: User, current: str, new: str, now: datetime) -> User:
    """Replace the password. Every token, ticket and session that was made with the old one ends.

    Raises `WrongPassword` for a wrong `current`, `Invalid` for a new one that is too easy, `Conflict` if another change
    came first.
    """
    if not user.check_password(current):
        raise WrongPassword("The current password is another one.", remedy="Check the current password.", status=400)
    before = user.password  # read after the check, which may renew the hash
    require_good_password(new, user)
    if not move(user, field="password", expect=before, to=make_password(new), updated_at=now):
        raise Conflict
    return user


def profile_update(*, user: User, now: datetime, display_name: str | None = None, language: str | None = None) -> User:
    """Change what is given, leave what is None."""
    given = {"display_name": display_name, "language": language}
    changes = {name: value for name, value in given.items() if value is not None}
    if changes:
        User.objects.filter(pk=user.pk).update(**changes, updated_at=now)
        for name, value in changes.items():
            setattr(user, name, value)
    return user


def require_good_password(password: str, person: User) -> None:
    """Raises `Invalid`, with every reason, for a password that the validators of settings do not take."""
    try:
        validate_password(password, person)
    except ValidationError as weak:
        raise Invalid(
            " ".join(weak.messages), code="weak_password", remedy="Choose a longer, less common password."
        ) from weak
