"""Endpoints of money."""
