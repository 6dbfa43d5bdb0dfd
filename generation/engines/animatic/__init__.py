"""The animatic engine: a drawn, illustrated look from nothing but the text; no GPU, no weights."""

VERSION = "1"  # in every key: raise it when the same shot would be drawn differently
