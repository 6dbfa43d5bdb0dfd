"""Every table of generation, by its owner: cast (what is told), work (what is made)."""

from generation.models.cast import Character, Consent, Look, Screenplay

__all__ = ["Character", "Consent", "Look", "Screenplay"]
