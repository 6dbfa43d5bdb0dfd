"""Bearer tokens."""

from rest_framework_simplejwt.authentication import JWTAuthentication


class BearerAuthentication(JWTAuthentication):
    """A short-lived access token in the Authorization header."""
