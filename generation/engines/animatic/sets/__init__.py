"""The places: each is drawn once as a far layer and a near one, for a kind of place and a time of day."""

from generation.engines.animatic.sets.build import HEIGHT, LEFT, TOP, WIDTH, SetArt, build_set

__all__ = ["HEIGHT", "LEFT", "TOP", "WIDTH", "SetArt", "build_set"]
