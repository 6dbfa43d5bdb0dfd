"""REST of the studio: story (what is told) and work (what is rendered)."""
