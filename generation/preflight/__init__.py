"""One report for a whole series before anything is spent: what it costs, how long it takes, what stands in its way.

The rules are pure (`rules`, over the values of `model`); `reading` fetches what they need.
"""

from generation.preflight.model import Finding, Severity
from generation.preflight.reading import (
    MAX_EPISODES,
    Draft,
    Survey,
    all_episodes,
    draft_preflight,
    refuse_count,
    series_preflight,
)
from generation.preflight.report import blocking

__all__ = [
    "MAX_EPISODES", "Draft", "Finding", "Severity", "Survey", "all_episodes", "blocking", "draft_preflight",
    "refuse_count", "series_preflight",
]
