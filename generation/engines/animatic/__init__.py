"""The animatic engine: a drawn, illustrated look from nothing but the text; no GPU, no weights."""
