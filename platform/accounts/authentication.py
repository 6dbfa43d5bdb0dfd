"""Bearer tokens."""

from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed
from rest_framework_simplejwt.tokens import Token

from accounts.models import User
from accounts.services.tokens import EPOCH_CLAIM


class BearerAuthentication(JWTAuthentication):
    """A short-lived access token in the Authorization header."""

    def get_user(self, validated_token: Token) -> User:  # type: ignore[override]  # its stub names a type variable
        """The active holder whose password and epoch are still those of the token; raises `AuthenticationFailed`."""
        user = super().get_user(validated_token)
        if not isinstance(user, User) or validated_token.get(EPOCH_CLAIM, 0) != user.sign_in_epoch:
            raise AuthenticationFailed("Everything was signed out.", code="signed_out")
        return user
