"""The only code that moves a step's status. Everything here is short transactions over rows; no bytes, no waiting."""

from generation.scheduler.cancel import cancel_render
from generation.scheduler.caps import enforce_caps
from generation.scheduler.errors import Failure
from generation.scheduler.finish import complete, give_back, report_failure
from generation.scheduler.graph import Wish, add_render
from generation.scheduler.heal import inputs_gone
from generation.scheduler.lease import Beat, Lease, Pulse, claim, heartbeat
from generation.scheduler.sweep import Swept, sweep

__all__ = [
    "Beat", "Failure", "Lease", "Pulse", "Swept", "Wish", "add_render", "cancel_render", "claim", "complete",
    "enforce_caps", "give_back", "heartbeat", "inputs_gone", "report_failure", "sweep",
]
