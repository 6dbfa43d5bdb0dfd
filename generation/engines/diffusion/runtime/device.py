"""The one device of this process, chosen once from RW_DEVICE: "cuda:0" and the like, or "cpu" if somebody says so."""

from __future__ import annotations

import os
from functools import cache

import torch

from common.errors import DomainError


class NoGpu(DomainError):
    """There is no GPU here that torch can use."""

    code = "no_gpu"
    message = "torch sees no GPU on this machine."
    remedy = "Install the driver and a CUDA build of torch, or start the worker with --cpu for the tiny models."


@cache
def device() -> torch.device:
    """The device; raises `NoGpu` if torch cannot use it. Bits on a CPU depend on the threads: one by default."""
    wanted = os.environ.get("RW_DEVICE", "cuda:0")
    if wanted == "cpu":
        torch.set_num_threads(int(os.environ.get("RW_TORCH_THREADS", "1")))
        return torch.device("cpu")
    if not torch.cuda.is_available():
        raise NoGpu
    return torch.device(wanted)


def describe() -> dict[str, object]:
    """What the bits depend on beside the key, for provenance."""
    here = device()
    name = torch.cuda.get_device_name(here) if here.type == "cuda" else "cpu"
    return {"device": name, "threads": torch.get_num_threads(), "torch": torch.__version__}


def generator(seed: int) -> torch.Generator:
    """Noise is drawn on the CPU, so that a seed means the same on every device."""
    return torch.Generator("cpu").manual_seed(seed)
