"""What a line of text from outside must be before it is shown to others."""

import unicodedata

from rest_framework.serializers import ValidationError

# they reorder or hide what stands around them, so that one name can look like another
DIRECTIONAL = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain_line(value: str) -> None:
    """A DRF validator: one line without control, private-use or direction-changing characters."""
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Zl", "Zp") or c in DIRECTIONAL for c in value):
        raise ValidationError("Use one line of plain text, without control characters.", code="not_plain")
