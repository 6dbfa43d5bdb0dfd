"""What an earlier step left for this one."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Input:
    """An earlier step's meta (JSON) and the folder that holds its files (to be read, never written)."""

    meta: Mapping[str, Any]
    folder: Path
