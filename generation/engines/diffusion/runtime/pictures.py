"""What a half-made shot looks like, for whoever watches: rough, cheap, and deciding nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from generation.engines.diffusion.cards import ModelCard
from generation.engines.diffusion.take import Take
from generation.engines.stills import Stills

WIDTH = 180  # noise does not get small as a JPEG: a page scales it
TINT = 0.3  # of the second and third direction, in red and blue
SHOWN = 98.0  # percent of the values keep their shade


class Glimpses:
    """Turns latents into a still about once a second. Whatever the model's channels mean, the three directions in which
    they vary most are shown as light and colour: shapes come out, true colours do not.
    """

    def __init__(self, card: ModelCard, take: Take, folder: Path) -> None:
        self._card, self._take, self._stills = card, take, Stills(folder)

    def due(self, latents: torch.Tensor) -> Path | None:
        """The still's file if it is time for one; `latents` as (1, channels, frames, rows, columns) or packed."""
        grid = self._grid(latents)
        return None if grid is None else self._stills.due(lambda: _picture(grid))

    def _grid(self, latents: torch.Tensor) -> torch.Tensor | None:
        """(rows, columns, channels) of the middle frame."""
        if latents.ndim == 5:
            return latents[0, :, latents.shape[2] // 2].permute(1, 2, 0)
        frames = (self._take.frames - 1) // self._card.frame_step + 1
        rows, columns = (size // self._card.size_multiple for size in (self._take.height, self._take.width))
        if latents.ndim != 3 or latents.shape[1] != frames * rows * columns:
            return None
        return latents[0].reshape(frames, rows, columns, -1)[frames // 2]


def _picture(grid: torch.Tensor) -> NDArray[np.uint8]:
    rows, columns, channels = grid.shape
    flat = grid.detach().float().cpu().reshape(-1, channels)
    flat = flat - flat.mean(dim=0)
    # in torch, whose threads are counted: NumPy's would fight with those that denoise
    _, directions = torch.linalg.eigh(flat.T @ flat)
    main = directions[:, -3:].flip(1)
    shown = flat @ (main * torch.where(main.sum(dim=0) < 0, -1.0, 1.0))
    tint = torch.zeros(len(flat), 3)
    tint[:, 0], tint[:, 2] = TINT * shown[:, 1 % shown.shape[1]], TINT * shown[:, 2 % shown.shape[1]]
    values = (shown[:, :1] + tint).reshape(rows, columns, 3).numpy()
    low, high = np.percentile(values, (100 - SHOWN, SHOWN))
    scaled = np.clip((values - low) / max(1e-6, high - low), 0, 1)
    small = (scaled * 255).astype(np.uint8)
    factor = max(1, WIDTH // columns)
    return np.ascontiguousarray(np.repeat(np.repeat(small, factor, axis=0), factor, axis=1)[..., ::-1])
