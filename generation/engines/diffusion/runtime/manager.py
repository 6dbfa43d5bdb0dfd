"""The models of this process: loaded once, warm while memory lasts, one user at a time.

Loading and use go under one lock: `from_pretrained` patches things of the whole process, and a pipeline keeps state in
its scheduler and hooks. So every call has a scheduler of its own and ends by giving the hooks back: after a cancelled
run with a step cache the next would otherwise be silently different.
"""

from __future__ import annotations

import inspect
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import diffusers
import structlog
import torch

from generation.engines.diffusion.cards import ModelCard, model_card
from generation.engines.diffusion.runtime import memory
from generation.engines.diffusion.runtime.device import device
from generation.engines.diffusion.store import Manifest, folder_of, verify

log = structlog.get_logger(__name__)
SHARE = 0.6  # of the machine's memory, for models that are not at work
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
CACHE_THRESHOLD = 0.08  # of the first block's change from step to step; below it the other blocks are not asked again


@dataclass
class Loaded:
    """A model in memory: one pipeline object a class, all of the same components."""

    card: ModelCard
    digest: str
    megabytes: int
    base: Any
    schedule: dict[str, Any]
    pipes: dict[str, Any] = field(default_factory=dict)

    def pipe(self, mode: str) -> Any:
        """The pipeline of a mode, with a fresh scheduler."""
        name = self.card.way(mode).pipeline
        if name not in self.pipes:
            self.pipes[name] = _sibling(self.base, getattr(diffusers, name))
        pipe = self.pipes[name]
        pipe.scheduler = type(self.base.scheduler).from_config(self.schedule)
        pipe.set_progress_bar_config(disable=True)
        return pipe

    def parameters(self, mode: str) -> frozenset[str]:
        """What the call of a mode's pipeline takes."""
        return frozenset(inspect.signature(getattr(diffusers, self.card.way(mode).pipeline).__call__).parameters)


class Models:
    """What this process holds, the least recently used first."""

    def __init__(self, budget_mb: int) -> None:
        self._budget = budget_mb
        self._held: OrderedDict[str, Loaded] = OrderedDict()
        self._lock = threading.RLock()

    @contextmanager
    def use(self, name: str, check: Callable[[], None] = lambda: None) -> Iterator[Loaded]:
        """The model, for the length of the block and for nobody else. `check` is called while files are verified.

        Raises `MissingModel`, `WrongWeights`, `NoGpu`.
        """
        with self._lock:
            card, loaded = model_card(name), self._held.get(name)
            if loaded is None or loaded.card != card:  # another card of the same name is another model
                self.drop(name)
                loaded = self._load(card, check)
            self._held[name] = loaded
            self._held.move_to_end(name)
            try:
                yield loaded
            except BaseException:
                _free(loaded)
                memory.release()  # what a traceback still holds; costs a quarter of a second, so only then
                raise
            _free(loaded)

    def held(self) -> tuple[str, ...]:
        return tuple(self._held)

    def drop(self, name: str = "") -> None:
        """Forget a model, or all."""
        with self._lock:
            for one in [name] if name else list(self._held):
                self._held.pop(one, None)
            memory.release()

    def _load(self, card: ModelCard, check: Callable[[], None]) -> Loaded:
        here = device()
        manifest = verify(card, deep=True, check=check)
        need = sum(size for _, size, _ in manifest.files) >> 20
        while self._held and need + sum(one.megabytes for one in self._held.values()) > self._budget:
            gone, _ = self._held.popitem(last=False)
            log.info("model_dropped", model=gone)
            memory.release()
        log.info("model_loading", model=card.name, megabytes=need)
        return _loaded(card, manifest, need, here)


def _loaded(card: ModelCard, manifest: Manifest, megabytes: int, here: torch.device) -> Loaded:
    first = next(iter(card.modes.values())).pipeline
    base = getattr(diffusers, first).from_pretrained(
        folder_of(card), dtype=DTYPES[card.dtype], local_files_only=True, use_safetensors=True
    )
    for lora in card.loras:
        base.load_lora_weights(folder_of(card) / "loras", weight_name=lora.weight_name.rpartition("/")[2])
        base.fuse_lora(lora_scale=lora.strength)
        base.unload_lora_weights()
    _prepare(base, card)
    if here.type == "cuda" and card.offload != "none":
        memory.offload(base, card.offload)
    else:
        base.to(here)
    schedule = dict(base.scheduler.config)
    if card.flow_shift is not None:
        schedule |= {"flow_shift" if "flow_shift" in schedule else "shift": card.flow_shift}
    return Loaded(card, manifest.digest, megabytes, base, schedule, {first: base})


def _free(loaded: Loaded) -> None:
    for pipe in loaded.pipes.values():
        pipe.maybe_free_model_hooks()


def _sibling(base: Any, kind: Any) -> Any:
    """Another pipeline of the same components. `from_pipe` would cast them all."""
    has = {**dict(base.config), **base.components}
    return kind(**{name: has[name] for name in inspect.signature(kind.__init__).parameters if name in has})


def _prepare(pipe: Any, card: ModelCard) -> None:
    """What the card wants of the components, before they are moved."""
    if card.tiling:
        memory.tile(pipe, True)
    if card.quantisation == "float8":
        pipe.transformer.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=DTYPES[card.dtype])
    if card.attention:
        pipe.transformer.set_attention_backend(card.attention)
    if card.step_cache == "first_block":
        pipe.transformer.enable_cache(diffusers.FirstBlockCacheConfig(threshold=CACHE_THRESHOLD))
    if card.compile and torch.cuda.is_available():
        pipe.transformer.compile_repeated_blocks(fullgraph=True)
    if not card.names.get("guidance", "guidance_scale") and hasattr(pipe, "guider"):
        pipe.guider = pipe.guider.new(guidance_scale=card.guidance)


@cache
def models() -> Models:
    """This process's models."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return Models(int(os.environ.get("RW_MODELS_RAM_MB", str(int(whole * SHARE)))))
