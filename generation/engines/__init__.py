"""Engines turn a resolved shot into pictures. Loaded when asked for: no web process pays for one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module

from generation.engines import animatic, diffusion, remote
from generation.engines.base import Engine, UnknownEngine


@dataclass(frozen=True, slots=True)
class EngineCard:
    """What planning must know of an engine without loading it.

    `version` and `libraries` (distributions) decide its bytes and so are in its keys; `look_fields` are those parts of
    a series' look that it reads; `queue` names the machines that it runs on; `affinity` the model it wants warm.
    `pins` are versions that the machines of its queue have, and planning machines need not.
    """

    path: str
    version: str
    libraries: tuple[str, ...]
    look_fields: tuple[str, ...]
    queue: str = "render"
    affinity: str = ""
    pins: Mapping[str, str] = field(default_factory=dict)


CARDS = {
    "animatic": EngineCard(
        "generation.engines.animatic.engine:AnimaticEngine", animatic.VERSION,
        ("jieba", "manimgx-fonts-cjk", "numpy", "opencv-python-headless", "pillow"), look_fields=(),
    ),
    "diffusion": EngineCard(
        "generation.engines.diffusion.engine:DiffusionEngine", diffusion.VERSION,
        ("jieba", "manimgx-fonts-cjk", "numpy", "opencv-python-headless", "pillow"),
        look_fields=("style", "prompt", "negative_prompt"), queue="gpu", pins=diffusion.MADE_WITH,
    ),
    "remote": EngineCard(
        "generation.engines.remote.engine:RemoteEngine", remote.VERSION,
        ("jieba", "manimgx-fonts-cjk", "numpy", "opencv-python-headless", "pillow"),
        look_fields=("style", "prompt", "negative_prompt"),
    ),
}


def engine_card(name: str) -> EngineCard:
    """What is known of the engine of that name; raises `UnknownEngine`."""
    card = CARDS.get(name)
    if card is None:
        raise UnknownEngine(f"There is no engine {name!r}.", remedy=f"Known: {', '.join(sorted(CARDS))}.")
    return card


def get_engine(name: str) -> Engine:
    """A fresh engine of that name; raises `UnknownEngine`."""
    module, _, attribute = engine_card(name).path.partition(":")
    engine: Engine = getattr(import_module(module), attribute)()
    return engine
