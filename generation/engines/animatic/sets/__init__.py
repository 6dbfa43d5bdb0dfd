"""The places: each is drawn once as a far layer and a near one, for a kind of place and a time of day."""

from generation.engines.animatic.sets.build import SetArt, build_set
from generation.engines.animatic.sets.sky import HEIGHT, LEFT, TOP, WIDTH

__all__ = ["HEIGHT", "LEFT", "TOP", "WIDTH", "SetArt", "build_set"]
