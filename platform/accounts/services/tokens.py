"""Tokens for apps: a short-lived access token, and a refresh token that is good for one use."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db import transaction
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken, Token
from rest_framework_simplejwt.utils import datetime_from_epoch, get_md5_hash_password

from accounts.errors import TokenRefused
from accounts.models import User
from accounts.selectors import active_user

EPOCH_CLAIM = "epoch"  # accounts.User.sign_in_epoch when the token was made


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What an app keeps: send `access` as a bearer for `expires_in` seconds, trade `refresh` in for the next pair."""

    access: str
    refresh: str
    expires_in: int


def tokens_issue(*, user: User) -> TokenPair:
    """A fresh pair. Writes nothing: only a token that was traded in or signed out needs a row."""
    refresh = RefreshToken()
    refresh[api_settings.USER_ID_CLAIM] = str(user.uid)
    refresh[api_settings.REVOKE_TOKEN_CLAIM] = get_md5_hash_password(user.password)
    refresh[EPOCH_CLAIM] = user.sign_in_epoch
    lifetime = int(api_settings.ACCESS_TOKEN_LIFETIME.total_seconds())
    return TokenPair(access=str(refresh.access_token), refresh=str(refresh), expires_in=lifetime)


def tokens_refresh(*, refresh: str) -> tuple[User, TokenPair]:
    """Trade a refresh token in. Raises `TokenRefused` for one that is no longer good; of two at once one wins."""
    try:
        token = _read(refresh)
    except TokenError as bad:
        raise TokenRefused from bad
    user = _holder(token)
    if user is None or not _spend(token, user):
        raise TokenRefused
    return user, tokens_issue(user=user)


def tokens_sign_out(*, refresh: str) -> None:
    """End a refresh token. Says nothing about one that was not good: afterwards none is.

    An access token made with it lives on until it expires, at most 15 minutes.
    """
    try:
        token = _read(refresh)
    except TokenError:
        return
    _spend(token, _holder(token))


def _read(refresh: str) -> RefreshToken:
    """Checks signature, algorithm, type, expiry and the blacklist; raises `TokenError`."""
    try:
        return RefreshToken(cast("Token", refresh))  # it is annotated so, and decodes a text
    except KeyError as missing:  # its blacklist looks for an id before anything has made sure of one
        raise TokenError("Token has no id") from missing


def _holder(token: Token) -> User | None:
    """The active person of a token whose password is still the one it was made with, and nobody ended it since."""
    user = active_user(uid=token.get(api_settings.USER_ID_CLAIM))
    if user is None or token.get(api_settings.REVOKE_TOKEN_CLAIM) != get_md5_hash_password(user.password):
        return None
    if token.get(EPOCH_CLAIM, 0) != user.sign_in_epoch:
        return None
    return user


def _spend(token: Token, user: User | None) -> bool:
    """Blacklist a token; returns whether this caller did it. The token itself is not kept: its id is enough."""
    with transaction.atomic():
        row, _ = OutstandingToken.objects.get_or_create(
            jti=token[api_settings.JTI_CLAIM],
            defaults={
                "user": user,
                "token": "",
                "created_at": datetime_from_epoch(token["iat"]),
                "expires_at": datetime_from_epoch(token["exp"]),
            },
        )
        _, first = BlacklistedToken.objects.get_or_create(token=row)
    return first


def tokens_forget_expired(*, now: datetime, batch: int = 5000) -> int:
    """Delete up to `batch` rows of tokens that have expired by themselves; returns how many."""
    gone = OutstandingToken.objects.filter(expires_at__lte=now).order_by("id").values_list("pk", flat=True)[:batch]
    _, counts = OutstandingToken.objects.filter(pk__in=list(gone)).delete()
    return counts.get("token_blacklist.OutstandingToken", 0)
