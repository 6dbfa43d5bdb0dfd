"""Why an attempt failed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """A reason that is kept. `retryable`: another attempt may go better; otherwise the step is parked at once.

    Creators read `message` and `remedy`. `detail` is the raw text for those who run the machines: it is kept with the
    attempt, and shown in the console only.
    """

    code: str
    message: str
    remedy: str
    retryable: bool
    detail: str = ""


WORKER_LOST = Failure(
    "worker_lost", "The worker that ran this step went away before it was done.",
    "Render again; if it happens again, look for this step in the workers' logs.", retryable=True,
)
WORKER_STOPPED = Failure("worker_stopped", "The worker was told to stop.", "Nothing to do: another takes it.", True)
DISK_FULL = Failure(
    "disk_full", "The disk of a machine was full.", "Nothing to do: it goes on once there is room.", True,
)
STORE_AWAY = Failure(
    "store_unavailable", "The media storage did not answer.", "Nothing to do: it goes on once it is back.", True,
)
INPUT_GONE = Failure(
    "input_gone", "Something that an earlier step had made was gone. It is being made again.", "Nothing to do.", True,
)
INPUT_GONE_AGAIN = Failure(
    "input_gone", "What earlier steps make is lost again and again: the store is not well.",
    "Retry it later; if it stays so, tell support.", False,
)
