"""Out of memory is an ordinary event: what a worker tries before it gives a step up, in this order, and says it did."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import structlog
import torch

from common.errors import DomainError

log = structlog.get_logger(__name__)
T = TypeVar("T")
Rung = tuple[str, Callable[[], None]]


class OutOfMemory(DomainError):
    """Not even the last rung of the ladder was enough."""

    code = "out_of_memory"
    message = "The GPU has too little memory for this shot."
    remedy = "Use a machine with more, or a profile with a smaller size or shorter shots."


def climb(work: Callable[[], T], rungs: Sequence[Rung]) -> tuple[T, str]:
    """Do `work`; when memory runs out, put the next rung in place and do it again. Returns also the last rung that it
    took ("" for none). Raises `OutOfMemory` after the last.
    """
    taken = ""
    for name, put in (*rungs, ("", _nothing)):
        try:
            return work(), taken
        except torch.OutOfMemoryError as full:
            release()
            if not name:
                raise OutOfMemory(detail=str(full)[:300]) from full
            log.warning("out_of_memory", trying=name)
            put()
            taken = name
    raise OutOfMemory


def decode_rungs(pipe: Any) -> list[Rung]:
    """Decode in tiles (other pixels at their seams), then with everything else off the GPU."""
    return [("tiled_decode", lambda: tile(pipe, True)), ("model_offload", lambda: offload(pipe, "model"))]


def denoise_rungs(pipe: Any) -> list[Rung]:
    """Only the model at work on the GPU, then only some of its layers: slower, the same pixels."""
    return [("model_offload", lambda: offload(pipe, "model")), ("group_offload", lambda: offload(pipe, "group"))]


def tile(pipe: Any, on: bool) -> None:
    if hasattr(pipe.vae, "enable_tiling"):
        (pipe.vae.enable_tiling if on else pipe.vae.disable_tiling)()


def offload(pipe: Any, how: str) -> None:
    """Keep on the GPU what works at the moment ("model") or a few of its layers ("group"); nothing to do on a CPU."""
    if not torch.cuda.is_available():
        return
    pipe.remove_all_hooks()
    if how == "model":
        pipe.enable_model_cpu_offload()
        return
    pipe.to("cpu")
    pipe.enable_group_offload(
        onload_device=torch.device("cuda"), offload_device=torch.device("cpu"), offload_type="block_level",
        num_blocks_per_group=1, use_stream=True,
    )  # fmt: skip


def release() -> None:
    """Give back what nothing holds any more."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _nothing() -> None:
    pass
