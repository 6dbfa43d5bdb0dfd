"""The catalogue over HTTP: `viewer` for those who watch, `studio` for those who make."""
