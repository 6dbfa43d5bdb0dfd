"""Voices: who can speak, and the choice of one. The choice is pure; the speaking is in `generation.voices.speech`.

A voice is named `<engine voice>+<variant>`, e.g. `en-us+f2`; `piper:<model>` is the seam for a neural voice (an extra).
"""

from generation.voices.catalogue import MissingVoice, Voice, available, default_voice, require_voice

__all__ = ["MissingVoice", "Voice", "available", "default_voice", "require_voice"]
