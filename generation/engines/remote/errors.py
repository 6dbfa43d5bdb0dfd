"""How a service can fail us: what it means for the step, in words for its creator."""

from __future__ import annotations

from common.errors import Conflict, DomainError, Invalid


class NoService(DomainError):
    """This worker does not know where the service is."""

    status = 503
    code = "no_remote_service"
    message = "This worker has no video service to ask."
    remedy = "Set RW_REMOTE_URL (and RW_REMOTE_KEY) where workers serve the queue `remote`."


class KeyRefused(DomainError):
    """401 or 403."""

    status = 503
    code = "remote_key_refused"
    message = "The video service refuses our key."
    remedy = "Correct RW_REMOTE_KEY on the workers, then retry."


class Away(DomainError):
    """It cannot be reached, or answers that it cannot just now; whatever was asked has not been begun by this call.

    `after`: seconds to wait, if it said so.
    """

    status = 503
    code = "remote_away"
    message = "The video service could not be reached."
    remedy = "Retry it later; if it stays so, look whether the service runs."

    def __init__(self, detail: str = "", *, after: float = 0.0) -> None:
        super().__init__(detail)
        self.after = after


class Refused(Invalid):
    """It will not make this."""

    code = "remote_refused"
    remedy = "Change the words of the shot, or use another profile."


class Failed(DomainError):
    """It has tried, and failed; another try may go better."""

    status = 502
    code = "remote_failed"
    message = "The video service failed to make this shot."
    remedy = "Retry it; if it stays so, change the shot or use another profile."


class Unanswered(Exception):
    """A request was sent, and nobody can say whether it was received."""


class Unsure(Conflict):
    """An unanswered request that cannot be found again: it may have been made and billed."""

    code = "remote_unsure"
    message = "It is not known whether the video service received this shot; asking again might pay for it twice."
    remedy = "Somebody who runs the machines has to look there, and say it in the console under Remote jobs."
