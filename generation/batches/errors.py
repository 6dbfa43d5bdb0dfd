"""Why a batch is refused."""

from __future__ import annotations

from common.errors import Conflict, Invalid


class PreflightFailed(Invalid):
    """Something in the pre-flight blocks: nothing was stored. `details`: `blocking`, the findings by episode."""

    code = "preflight_failed"
    message = "The pre-flight found what has to be put right first."
    remedy = "Put right what `details.blocking` names, or leave those episodes out."


class AlreadyInBatch(Conflict):
    """An episode is in one open batch at a time for each profile: two would pay for the same work twice over."""

    code = "episode_in_open_batch"
    message = "Some of these episodes are still being made by another batch at this profile."
    remedy = "Wait for it, cancel it, or leave those episodes out."
