"""Who may call an endpoint. What they may touch is decided by selectors that raise `NotFound`."""

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import User
from accounts.selectors import is_moderator


def signed_in_user(request: Request) -> User:
    """The person behind a request, for views whose permission has let nobody else in. Raises `NotAuthenticated`."""
    if isinstance(request.user, User):
        return request.user
    raise NotAuthenticated


class IsViewer(BasePermission):
    """Anyone signed in, guests too."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.is_authenticated)


class IsRegistered(BasePermission):
    """Signed in with an account of their own. A guest gets 403 with the way to become one."""

    message = "This needs a registered account: upgrade the guest with POST /api/v1/me/upgrade."
    code = "registration_required"

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.is_authenticated and not request.user.is_guest)


class IsModerator(BasePermission):
    """Staff who may decide reviews: superusers and the group `moderators`."""

    message = "This is for moderators."
    code = "moderators_only"

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.is_authenticated and is_moderator(user=request.user))
