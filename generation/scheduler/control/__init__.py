"""Pause, resume, retry and cancel: of a render, of many, of one step. Repeating a call is no error.

Pausing stops nothing that runs: no further step of the render starts. What another live render wants goes on.
"""

from generation.scheduler.cancel import cancel_render as render_cancel
from generation.scheduler.control.many import renders_cancel, renders_pause, renders_resume, renders_retry
from generation.scheduler.control.one import render_pause, render_resume, render_retry
from generation.scheduler.control.steps import (
    parked_retry,
    step_cancel,
    step_pause,
    step_resume,
    step_retry,
)

__all__ = [
    "parked_retry", "render_cancel", "render_pause", "render_resume", "render_retry", "renders_cancel",
    "renders_pause", "renders_resume", "renders_retry", "step_cancel", "step_pause", "step_resume", "step_retry",
]
