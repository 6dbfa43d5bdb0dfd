"""How the studio writes lengths, shares and money."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

register = template.Library()
TONES = {"published": "good", "scheduled": "good", "in_review": "info", "rejected": "bad", "withdrawn": "bad"}


@register.filter
def seconds(ms: int) -> str:
    """`45.2 s`, `60.9 s`, `2:05`."""
    if ms < 100_000:
        return _("{n} s").format(n=f"{ms / 1000:.1f}")
    return f"{ms // 60_000}:{ms % 60_000 // 1000:02d}"


@register.filter
def share(value: float | None) -> str:
    return "–" if value is None else f"{round(value * 100)} %"


@register.filter
def money(micros: int) -> str:
    """Millionths of the house's currency as `$1.20`."""
    return f"${micros / 1_000_000:,.2f}"


@register.filter
def tone(status: str) -> str:
    """The colour of an episode's status."""
    return TONES.get(status, "")
