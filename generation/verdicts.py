"""What an error of a step means: for its creator in plain words, for those who run the machines as it is."""

from __future__ import annotations

from common.errors import DomainError
from generation.context import DeadlineExceeded
from generation.scheduler import Failure, Lease

REFERENCE_LENGTH = 12  # of the key, as logs and the console show it


def failure_of(error: Exception, lease: Lease) -> Failure:
    """A refusal of ours is final and says why; anything else may go better on another try, on another machine."""
    raw = f"{type(error).__name__}: {error}"
    if isinstance(error, DomainError):
        if error.status < 500:
            return Failure(error.code, error.message, error.remedy, retryable=False)
        return Failure(error.code, type(error).message, type(error).remedy, retryable=True, detail=raw)
    if isinstance(error, DeadlineExceeded):
        return Failure(
            "deadline_exceeded", "This step took far longer than it can sensibly take.",
            "Retry it; if it stays so, make the shot shorter.", retryable=True,
        )
    return Failure(
        "step_error", f"Something went wrong on our side (reference {reference(lease)}).",
        "Retry it; if it stays so, tell support the reference.", retryable=True, detail=raw,
    )


def reference(lease: Lease) -> str:
    """How support finds the attempt: the start of the step's key, and the number of the attempt."""
    return f"{lease.key[:REFERENCE_LENGTH]}-{lease.attempt}"
