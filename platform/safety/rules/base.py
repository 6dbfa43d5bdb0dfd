"""What a rule is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How loudly a finding speaks. A list never decides: BLOCK asks the reviewer for a written reason to go on."""

    INFO = "info"
    WARNING = "warning"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Rule:
    """Terms (already folded: lower case, NFKC) that mean one thing."""

    code: str
    severity: Severity
    terms: tuple[str, ...]
