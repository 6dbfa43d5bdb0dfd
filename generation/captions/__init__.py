"""Captions: spoken words in chunks, burned into the picture or written as WebVTT."""

from generation.captions.chunks import Chunk, chunks_of
from generation.captions.vtt import Cue, webvtt

__all__ = ["Chunk", "Cue", "chunks_of", "webvtt"]
