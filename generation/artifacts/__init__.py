"""What steps leave: stored, fetched and verified, collected when nothing refers to it any more."""

from generation.artifacts.room import clear_abandoned, require_room, workroom
from generation.artifacts.store import (
    InputGone,
    Stored,
    discard,
    export_package,
    fetch_inputs,
    package_of,
    put,
)
from media.errors import DiskFull, StoreFault, disk_faults

__all__ = [
    "DiskFull", "InputGone", "StoreFault", "Stored", "clear_abandoned", "discard", "disk_faults", "export_package",
    "fetch_inputs", "package_of", "put", "require_room", "workroom",
]
