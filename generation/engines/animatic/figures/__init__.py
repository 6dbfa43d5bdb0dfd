"""Drawn people: a head that can look, speak and blink, on a body that is dressed. Units: half a face width is 1."""
