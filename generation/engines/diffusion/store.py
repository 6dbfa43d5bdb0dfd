"""Where weights lie and whether they are the right ones. No torch: planning and the command `models` look here too."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.canonical import digest
from common.errors import DomainError
from common.paths import state_dir
from generation.engines.diffusion.cards import ModelCard

MANIFEST = "reelwright.json"
INDEX = "model_index.json"
UNSAFE = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".py")
PIECE = 1 << 22
BASE = Path(__file__).resolve().parents[3]


class MissingModel(DomainError):
    """The weights are not on this machine."""

    code = "model_missing"
    message = "The model is not on this machine."


class WrongWeights(DomainError):
    """The files are not those that were fetched, or that the card names."""

    code = "wrong_weights"
    message = "The model's files are not what they should be."


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was fetched: files with sizes in bytes and sha256, and one digest over them all."""

    files: tuple[tuple[str, int, str], ...]

    @property
    def digest(self) -> str:
        return digest([[path, sha256] for path, _, sha256 in self.files])


def models_dir() -> Path:
    """The folder of all models (RW_MODELS_DIR, else inside the state folder)."""
    return Path(os.environ.get("RW_MODELS_DIR") or state_dir(BASE) / "models")


def folder_of(card: ModelCard) -> Path:
    """Where a model's files are. A card whose repo is an absolute path is used from there."""
    return Path(card.repo) if Path(card.repo).is_absolute() else models_dir() / card.name


def is_here(card: ModelCard) -> bool:
    return (folder_of(card) / INDEX).is_file()


def write_manifest(folder: Path) -> Manifest:
    """Note what lies in `folder`, so that every later load can see that it is still that."""
    made = Manifest(tuple((name, size, _sha256(folder / name)) for name, size in _files(folder)))
    draft = folder / f".{MANIFEST}"
    draft.write_text(json.dumps({"digest": made.digest, "files": made.files}, indent=1), encoding="utf-8")
    draft.replace(folder / MANIFEST)
    return made


def verify(card: ModelCard, *, deep: bool = False, check: Callable[[], None] = lambda: None) -> Manifest:
    """The manifest of a model whose files are there, of the right sizes and, if `deep`, the right content.

    `check` is called between the pieces of large files. Raises `MissingModel` or `WrongWeights`.
    """
    folder = folder_of(card)
    if not is_here(card):
        raise MissingModel(
            f"{card.title} is not on this machine.", remedy=f"Fetch it: python manage.py models fetch {card.name}",
            model=card.name,
        )  # fmt: skip
    known = _read(folder, card)
    if list(_files(folder)) != [(name, size) for name, size, _ in known.files]:
        raise _wrong(card, "files were added, removed or changed in size")
    if card.weights_digest and known.digest != card.weights_digest:
        raise _wrong(card, f"the card names {card.weights_digest[:12]}, here are {known.digest[:12]}")
    for name, _, sha256 in known.files if deep else ():
        if _sha256(folder / name, check) != sha256:
            raise _wrong(card, f"{name} has changed")
    return known


def _read(folder: Path, card: ModelCard) -> Manifest:
    try:
        said: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Manifest(tuple((str(name), int(size), str(sha256)) for name, size, sha256 in said["files"]))
    except FileNotFoundError as missing:
        raise _wrong(card, "it has no manifest: the fetch was cut off") from missing
    except (ValueError, KeyError, TypeError) as broken:
        raise _wrong(card, "its manifest cannot be read") from broken


def _files(folder: Path) -> Iterable[tuple[str, int]]:
    """Relative paths and sizes, in order; what a download keeps for itself is left out, what could run code refused."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not path.is_file() or hidden or name == MANIFEST:
            continue
        if path.suffix in UNSAFE:
            raise WrongWeights(
                f"{name} could run code when it is loaded.", remedy="Only safetensors and JSON are used: remove it."
            )
        yield name, path.stat().st_size


def _wrong(card: ModelCard, why: str) -> WrongWeights:
    remedy = f"Fetch it anew: python manage.py models fetch {card.name} --again"
    return WrongWeights(f"{card.title}: {why}.", remedy=remedy, model=card.name)


def _sha256(path: Path, check: Callable[[], None] = lambda: None) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            check()
            found.update(piece)
    return found.hexdigest()
