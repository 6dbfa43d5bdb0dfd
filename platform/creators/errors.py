"""What can go wrong between the members of a studio account."""

from common.errors import Conflict, Forbidden, NotFound


class HandleTaken(Conflict):
    """Handles are unique, in small letters."""

    code = "handle_taken"
    message = "That handle is taken."
    remedy = "Choose another handle."


class RegistrationRequired(Forbidden):
    """Guests watch; studio accounts belong to registered people."""

    code = "registration_required"
    message = "A studio account needs a registered owner."
    remedy = "Register first: POST /api/v1/me/upgrade."


class OwnersOnly(Forbidden):
    """Editors make series; owners decide who belongs."""

    code = "owners_only"
    message = "Only an owner of this studio account may do this."
    remedy = "Ask one of its owners."


class NoSuchAccount(NotFound):
    """Nobody with this address can be added."""

    code = "no_such_account"
    message = "There is no registered account with this email address."
    remedy = "Ask them to register first, then add them again."


class LastOwner(Conflict):
    """A studio account without an owner could never be managed again."""

    code = "last_owner"
    message = "This is the last owner."
    remedy = "Make another member an owner first."


class AlreadyMember(Conflict):
    """They belong already, in another role."""

    code = "already_member"
    message = "This person is a member already, in another role."
    remedy = "Change the role of the member."
