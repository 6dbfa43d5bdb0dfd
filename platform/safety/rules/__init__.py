"""The rule lists, one module per language. Raise VERSION with every change: findings name the list that made them."""

from safety.rules import en, zh
from safety.rules.base import Rule, Severity

VERSION = "2026.11.1"
RULES: dict[str, tuple[Rule, ...]] = {"en": en.RULES, "zh": zh.RULES}

__all__ = ["RULES", "VERSION", "Rule", "Severity"]
