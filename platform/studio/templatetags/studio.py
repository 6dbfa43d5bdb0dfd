"""How the studio writes lengths, shares and money."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

register = template.Library()
TONES = {
    "published": "good", "scheduled": "good", "in_review": "info", "rejected": "bad", "withdrawn": "bad",
    "failed": "bad", "lost": "warn",
}
LEAST = 0.0001
SIGNS = {"USD": "$", "EUR": "€", "CNY": "¥"}


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
    """The colour of an episode's status, or of how an attempt ended."""
    return TONES.get(status, "")


@register.filter
def cost(micros: int | None, currency: str) -> str:
    """Millionths of `currency` as `$12.30`, and `$0.0123` below one; a dash for None."""
    if micros is None:
        return "–"
    amount = micros / 1_000_000
    sign = SIGNS.get(currency, f"{currency} ")
    if 0 < amount < LEAST:
        return f"< {sign}{LEAST}"
    return f"{sign}{amount:,.2f}" if amount >= 1 or not micros else f"{sign}{amount:.4f}"


@register.filter
def worked(seconds: float) -> str:
    """Time at work: `45.2 s`, `12 min`, `3.4 h`."""
    if seconds < 100:
        return _("{n} s").format(n=f"{seconds:.1f}")
    if seconds < 6000:
        return _("{n} min").format(n=round(seconds / 60))
    return _("{n} h").format(n=f"{seconds / 3600:,.1f}")
