"""Every table of generation, by its owner: cast (told), work (asked for), steps (done), share (granted), remote (asked
of others).
"""

from generation.models.cast import Character, Consent, Look, Screenplay, SheetApproval
from generation.models.remote import RemoteJob
from generation.models.share import ComputeAccount, ComputeEntry, QueueHead
from generation.models.steps import Artifact, RenderStep, Step, StepAttempt, StepEdge
from generation.models.work import Batch, BatchItem, Render, RenderEvent, ShotTake

__all__ = [
    "Artifact", "Batch", "BatchItem", "Character", "ComputeAccount", "ComputeEntry", "Consent", "Look", "QueueHead",
    "RemoteJob", "Render", "RenderEvent", "RenderStep", "Screenplay", "SheetApproval", "ShotTake", "Step",
    "StepAttempt", "StepEdge",
]
