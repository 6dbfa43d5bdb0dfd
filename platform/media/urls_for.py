"""Addresses of granted media."""

from media.names import clean


def media_path(grant_token: str, name: str) -> str:
    """The address of a file below the granted prefix. Relative names inside a playlist there inherit the grant."""
    return f"/m/{grant_token}/{clean(name)}"
