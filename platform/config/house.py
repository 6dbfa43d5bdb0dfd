"""What the house offers its creators, and does with their episodes: licences are held against that (`safety.gate`)."""

from typing import Any

from config import env

PROFILES = env.words("RW_PROFILES", "animatic")  # in the studio: name what the workers can make
USE: dict[str, Any] = {
    "territories": tuple(env.words("RW_TERRITORIES", "*")),  # ISO 3166, "*" for everywhere
    "commercial": env.flag("RW_COMMERCIAL", True),
    "revenue_usd": env.number("RW_ANNUAL_REVENUE_USD", -1),  # a year; below 0: not said
}
