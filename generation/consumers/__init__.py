"""Sockets of the studio: one render in full, or all renders of a person's studio accounts at a glance."""

from generation.consumers.renders import RenderConsumer
from generation.consumers.studio import StudioConsumer

__all__ = ["RenderConsumer", "StudioConsumer"]
