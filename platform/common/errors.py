"""Errors that reach people. Each has a code for programs, a message, and a remedy that says what to do."""

from typing import Any


class DomainError(Exception):
    """A refusal that the caller can understand. Subclass it or give a `code`; `details` must be JSON."""

    status = 400
    code = "invalid"
    message = "That cannot be done."
    remedy = "Check the request and try again."

    def __init__(
        self, message: str = "", *, code: str = "", remedy: str = "", status: int = 0, **details: Any
    ) -> None:
        self.message = message or self.message
        self.code = code or self.code
        self.remedy = remedy or self.remedy
        self.status = status or self.status
        self.details = details
        super().__init__(self.message)


class Invalid(DomainError):
    """The input itself is wrong (400)."""


class NotFound(DomainError):
    """Not there, or not yours: the answer is the same, so that nothing can be probed (404)."""

    status = 404
    code = "not_found"
    message = "There is nothing here for you."
    remedy = "Check the id, and that you are signed in with the account that owns it."


class Forbidden(DomainError):
    """You may see it, but not do this (403)."""

    status = 403
    code = "forbidden"
    message = "You may not do this."
    remedy = "Ask someone who has the role for it."


class Conflict(DomainError):
    """The thing has moved on since you looked (409)."""

    status = 409
    code = "conflict"
    message = "This has changed in the meantime."
    remedy = "Load it again and decide anew."


class PaymentRequired(DomainError):
    """It costs something first (402); `details` say what and every way to pay."""

    status = 402
    code = "payment_required"
    message = "This has to be unlocked first."
    remedy = "Choose one of the offers."
