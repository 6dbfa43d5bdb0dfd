"""Portraits of characters, drawn once and kept: see `drawing`."""

from generation.portraits.drawing import portrait_of

__all__ = ["portrait_of"]
