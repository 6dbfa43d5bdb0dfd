"""How the console words what it shows."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from moderation.console.words import finding_label, span

register = template.Library()
register.filter("finding_label", finding_label)


@register.filter
def since(moment: datetime | None) -> str:
    """How long ago, in one short unit; a dash for never."""
    return span(timezone.now() - moment) if moment else "–"


@register.filter
def where(place: str) -> str:
    """The place of a finding as people say it: `shot:4` is Shot 4, `screenplay:9` is line 9 of the screenplay."""
    kind, _colon, number = place.partition(":")
    if number and kind == "shot":
        return _("Shot %s") % number
    if number and kind == "screenplay":
        return _("Screenplay, line %s") % number
    return place
