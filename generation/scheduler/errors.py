"""Why an attempt failed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """A reason that is kept. `retryable`: another attempt may go better; otherwise the step is parked at once."""

    code: str
    message: str
    remedy: str
    retryable: bool


WORKER_LOST = Failure(
    "worker_lost", "The worker that ran this step went away before it was done.",
    "Render again; if it happens again, look for this step in the workers' logs.", retryable=True,
)
WORKER_STOPPED = Failure("worker_stopped", "The worker was told to stop.", "Nothing to do: another takes it.", True)
