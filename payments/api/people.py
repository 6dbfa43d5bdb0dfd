"""Who is asking."""

from typing import cast

from rest_framework.request import Request

from accounts.models import User


def viewer_of(request: Request) -> User:
    """The person behind a request that `IsViewer` has let in."""
    return cast("User", request.user)
