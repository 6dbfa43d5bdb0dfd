"""What episodes have cost us, from the attempts made: failed, lost and cancelled ones and unused takes too."""

from generation.costs.bill import Bill, EpisodeCost, SeriesCost, Stage, episode_sum, series_sum
from generation.costs.reading import attempts_of, episode_cost, series_cost

__all__ = [
    "Bill", "EpisodeCost", "SeriesCost", "Stage", "attempts_of", "episode_cost", "episode_sum", "series_cost",
    "series_sum",
]
