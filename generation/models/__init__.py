"""Every table of generation, by its owner: cast (what is told), work (what is made)."""

from generation.models.cast import Character, Consent, Look, Screenplay
from generation.models.work import Artifact, Render, RenderEvent, RenderStep, Step, StepAttempt, StepEdge

__all__ = [
    "Artifact", "Character", "Consent", "Look", "Render", "RenderEvent", "RenderStep", "Screenplay", "Step",
    "StepAttempt", "StepEdge",
]
