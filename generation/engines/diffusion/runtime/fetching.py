"""Bringing a model's files here: what a pipeline needs, as safetensors and JSON, and nothing that could run code."""

from __future__ import annotations

import shutil
from pathlib import Path

from huggingface_hub import hf_hub_download, snapshot_download
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, RepositoryNotFoundError

from common.errors import DomainError
from generation.engines.diffusion.cards import ModelCard

KEPT = ".cache"
WANTED = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja", "*.md", "LICENSE*")


class NotFetched(DomainError):
    """The hub did not give it."""

    code = "model_not_fetched"
    message = "The model could not be fetched."


def fetch(card: ModelCard, folder: Path) -> None:
    """Download into `folder`. Raises `NotFetched`."""
    try:
        snapshot_download(
            card.repo, revision=card.revision or None, local_dir=folder, allow_patterns=list(WANTED)
        )
        for lora in card.loras:
            place = folder / "loras"
            place.mkdir(exist_ok=True)
            path = hf_hub_download(
                lora.repo, lora.weight_name, revision=lora.revision or None, local_dir=folder / KEPT / "loras"
            )
            Path(path).replace(place / Path(lora.weight_name).name)
        shutil.rmtree(folder / KEPT)  # the hub's own notes
    except RepositoryNotFoundError as missing:
        raise NotFetched(
            f"The hub does not show {card.repo}.", remedy="Check the card's repo; a gated one needs HF_TOKEN."
        ) from missing
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as failed:
        remedy = "Check the network and the disk, and run it again."
        raise NotFetched(f"{card.title}: {failed}", remedy=remedy) from failed
