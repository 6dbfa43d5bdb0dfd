"""Which device a worker for diffusion models gets, and whether it can be had: asked before work is taken."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import Any

from common.errors import DomainError
from generation.engines.diffusion.cards import model_card
from generation.engines.diffusion.room import require_tools
from generation.engines.diffusion.store import verify
from generation.engines.profiles import get_profile
from generation.engines.remote.cards import service_card
from generation.engines.remote.client import service_at_hand

CPU = {"RW_DEVICE": "cpu"}


class NoGpu(DomainError):
    """torch sees no such GPU."""

    code = "no_gpu"
    remedy = "Install the driver and a CUDA build of torch, or use --cpu for the tiny models."


def add_device_arguments(parser: argparse._ActionsContainer) -> None:
    """`--gpu N` and `--cpu`."""
    parser.add_argument("--gpu", type=int, metavar="N", help="for diffusion models, on the GPU of this number")
    parser.add_argument("--cpu", action="store_true", help="for diffusion models, on the CPU: only the tiny ones")


def device_of(options: dict[str, Any]) -> dict[str, str] | None:
    """The environment of the worker that the options ask for, None for none. Raises `NoGpu`, `WrongTools`."""
    if options["cpu"]:
        require_tools()
        return CPU
    return None if options["gpu"] is None else gpu(options["gpu"])


def device_for(profile: str) -> dict[str, str] | None:
    """What a profile needs: nothing, the CPU for a tiny model, the first GPU for a real one, whose weights have to be
    here; the address of the video service for one that is made there.

    Raises `NoGpu`, `WrongTools`, `MissingModel`, `NoService`.
    """
    chosen = get_profile(profile)
    if chosen.service:
        service_at_hand(service_card())
    name = chosen.model
    if not name:
        return None
    card = model_card(name)
    require_tools()
    verify(card)
    return CPU if card.tiny else gpu(0)


def gpu(number: int) -> dict[str, str]:
    """The process sees one GPU, which is then its first. Raises `NoGpu`."""
    require_tools()
    env = {"RW_DEVICE": "cuda:0", "CUDA_VISIBLE_DEVICES": str(number)}
    if not _usable(env):
        raise NoGpu(f"torch sees no GPU number {number} on this machine.")
    return env


def _usable(env: dict[str, str]) -> bool:
    """Asked in a process of its own, because torch must never be in one that forks."""
    asked = "import sys, torch; sys.exit(not torch.cuda.is_available())"
    return subprocess.run([sys.executable, "-c", asked], env=os.environ | env, check=False).returncode == 0
