"""An episode as a build: what has to be made, by which key, and what an edit touches. Pure."""

from generation.plan.build import make_plan
from generation.plan.changes import FILMED, Diff, diff
from generation.plan.model import Plan, PlannedStep
from generation.plan.refs import shot_refs, shot_seed, take_seed
from generation.plan.stages import notes_of

__all__ = [
    "FILMED", "Diff", "Plan", "PlannedStep", "diff", "make_plan", "notes_of", "shot_refs", "shot_seed", "take_seed",
]
