"""Portraits of characters, drawn once and kept. The child imports this package too: nothing of Django here."""
