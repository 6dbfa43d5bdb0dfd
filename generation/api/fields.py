"""Fields that several requests of the studio have."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from generation.engines.profiles import PROFILES, UnknownProfile

MAX_PROFILE = 40


class ProfileField(serializers.CharField):
    """A profile that this house offers (RW_PROFILES); raises `UnknownProfile` for one that it has no machines for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_PROFILE, **{"default": "animatic", **options})

    def to_internal_value(self, data: Any) -> str:
        name: str = super().to_internal_value(data)
        if name in PROFILES and name not in settings.PROFILES:
            offered = ", ".join(settings.PROFILES)
            raise UnknownProfile(
                f"The profile {name} is not offered here.", remedy=f"Choose one of: {offered}.",
                profiles=list(settings.PROFILES),
            )  # fmt: skip
        return name
