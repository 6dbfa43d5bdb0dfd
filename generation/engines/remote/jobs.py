"""What is remembered of a job at a service, whatever becomes of the worker that asked for it. No Django, no network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

State: TypeAlias = Literal["intended", "submitted", "unsure", "cancelling", "done", "failed", "cancelled", "never"]


@dataclass(frozen=True, slots=True)
class Job:
    """One wish at a service. `token` was given to it with the request and is written down before that is sent."""

    token: str
    state: State
    asked_at: datetime
    remote_id: str = ""


class Jobs(Protocol):
    """The jobs of one step, kept in a place that outlives every process. Every call is durable when it returns."""

    def current(self) -> Job | None:
        """The one that has not ended."""
        ...

    def intend(self) -> Job:
        """A new one, before anything is sent. Raises if the step is not ours any more, or one has not ended."""
        ...

    def submitted(self, job: Job, remote_id: str) -> Job:
        """The service has it, under this id."""
        ...

    def unsure(self, job: Job, why: str) -> None:
        """Nobody can say whether the service has it: a person has to look. It is never sent again by itself."""
        ...

    def ended(self, job: Job, how: Literal["failed", "cancelled", "never"], why: str) -> None:
        """It is over at the service, or never reached it."""
        ...

    def unwanted(self, job: Job) -> bool:
        """Whether nobody wants the step any more; if so the job is noted as one that has to be cancelled there."""
        ...

    def age(self, job: Job) -> float:
        """Seconds since it was asked for, by the clock that all machines share."""
        ...
