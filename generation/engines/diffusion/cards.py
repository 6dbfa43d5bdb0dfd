"""A model as data: one TOML file a model says how its pipeline is called, what it can do, and what its licence lets us.

The files beside this module are ours; a folder named by RW_MODEL_CARDS holds a house's own, which win. No code of a
model is ever named: a card speaks of classes of the installed diffusers, and the adapter checks them against it.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from common.errors import Invalid
from generation.engines.diffusion.licences import COMMERCIAL, Licence
from generation.engines.diffusion.take import Mode

OURS = Path(__file__).with_name("models")
Style: TypeAlias = Literal["plain", "video_mask", "conditions"]
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,47}")
MODES: tuple[str, ...] = get_args(Mode)
CHOICES: Mapping[str, tuple[str, ...]] = {
    "dtype": ("float32", "bfloat16", "float16"),
    "quantisation": ("", "float8"),
    "offload": ("none", "model", "group"),
    "step_cache": ("", "first_block"),
}
WHOLE = (
    "size_multiple", "frame_step", "fps", "min_frames", "max_frames", "steps", "width", "height", "vram_mb",
    "max_tokens",
)  # fmt: skip


class UnknownModel(Invalid):
    """No card of that name."""

    code = "unknown_model"


class BrokenCard(Invalid):
    """A card says something that cannot be."""

    code = "broken_model_card"


@dataclass(frozen=True, slots=True)
class Way:
    """How one mode is asked of the model: the class of its pipeline and the parameters that take the pictures.

    `style`: "plain" gives pictures as they are, "video_mask" as a video of which the mask leaves some frames alone,
    "conditions" as (picture, frame, strength). `lacks`: parameters that this class has not, though others have.
    """

    pipeline: str
    first: str = ""
    last: str = ""
    references: str = ""
    style: Style = "plain"
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lora:
    """Weights that are laid over the model's. Their licence counts as much as the model's own."""

    repo: str
    weight_name: str
    licence: Licence
    revision: str = ""
    digest: str = ""
    strength: float = 1.0

    @property
    def identity(self) -> str:
        return self.digest or f"{self.repo}@{self.revision}/{self.weight_name}"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model. Sizes in pixels; frames are k * `frame_step` + 1; `step_seconds`: by GPU class, one denoising step at
    the card's own size. `names`: what the pipeline calls frames, fps, steps, guidance, guidance_2 ("" = has none).
    `embeds`: the call's parameters that `encode_prompt` fills, in its order; without them the words are encoded where
    they are used, because what they become is too large to be kept. `arguments`: further ones, passed as they are.
    """

    name: str
    title: str
    repo: str
    modes: Mapping[str, Way]
    licence: Licence
    size_multiple: int
    frame_step: int
    fps: int
    max_frames: int
    width: int
    height: int
    steps: int
    guidance: float
    vram_mb: int
    revision: str = ""
    weights_digest: str = ""
    min_frames: int = 1
    guidance_2: float | None = None
    flow_shift: float | None = None
    embeds: tuple[str, ...] = ()
    negative: str = ""
    max_tokens: int = 512
    audio: bool = False
    callback: bool = True
    loras: tuple[Lora, ...] = ()
    dtype: str = "bfloat16"
    quantisation: str = ""
    offload: str = "none"
    attention: str = ""
    step_cache: str = ""
    compile: bool = False
    tiling: bool = False
    tiny: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    step_seconds: Mapping[str, float] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    def way(self, mode: str) -> Way:
        """How `mode` is asked of it; raises `Invalid` if it cannot."""
        if mode not in self.modes:
            raise Invalid(
                f"{self.title} cannot be asked with {mode}.", code="mode_unsupported",
                remedy=f"It can: {', '.join(sorted(self.modes))}.",
            )  # fmt: skip
        return self.modes[mode]

    def licences(self) -> tuple[Licence, ...]:
        """Its own and those of what is laid over it."""
        return (self.licence, *(lora.licence for lora in self.loras))


def model_cards() -> Mapping[str, ModelCard]:
    """All cards by name; raises `BrokenCard`, which names the file and the line of it that cannot be."""
    return _read_all(os.environ.get("RW_MODEL_CARDS", ""))


def model_card(name: str) -> ModelCard:
    """The card of that name, or `UnknownModel`, which names those that exist."""
    cards = model_cards()
    if name not in cards:
        raise UnknownModel(f"There is no model {name!r}.", remedy=f"Known: {', '.join(sorted(cards))}.")
    return cards[name]


def identity(card: ModelCard) -> dict[str, Any]:
    """All of a card that decides bytes, for the keys of steps: not its licence, prices, memory or offloading."""
    return {
        "model": card.name,
        "weights": card.weights_digest or f"{card.repo}@{card.revision}",
        "loras": [[lora.identity, lora.strength] for lora in card.loras],
        "dtype": card.dtype,
        "quantisation": card.quantisation,
        "attention": card.attention,
        "step_cache": card.step_cache,
        "tiling": card.tiling,
        "flow_shift": card.flow_shift,
        "guidance_2": card.guidance_2,
        "max_tokens": card.max_tokens,
        "arguments": dict(card.arguments),
    }


def read_card(path: Path) -> ModelCard:
    """The card in a file."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as broken:
        raise BrokenCard(f"{path.name} cannot be read: {broken}", remedy="Correct the file.") from broken
    try:
        card = _card(said)
        _refuse_nonsense(card)
    except (TypeError, ValueError, KeyError) as broken:
        raise BrokenCard(f"{path.name}: {broken}", remedy="Compare with the cards that are shipped.") from broken
    return card


@lru_cache(maxsize=4)
def _read_all(theirs: str) -> Mapping[str, ModelCard]:
    folders = [OURS, *([Path(theirs)] if theirs else [])]
    cards = [read_card(path) for folder in folders for path in sorted(folder.glob("*.toml"))]
    return {card.name: card for card in cards}


def _card(said: dict[str, Any]) -> ModelCard:
    values = dict(said)
    values["modes"] = {name: made(Way, way) for name, way in dict(values.pop("modes", {})).items()}
    values["licence"] = made(Licence, values.pop("licence", {}))
    loras = [dict(lora) for lora in values.pop("loras", [])]
    values["loras"] = [made(Lora, lora | {"licence": made(Licence, lora.get("licence", {}))}) for lora in loras]
    card: ModelCard = made(ModelCard, values)
    return card


def made(kind: Any, values: Mapping[str, Any]) -> Any:
    """A frozen value from a table of TOML: lists become tuples, unknown and missing names are refused."""
    known = {one.name: one for one in fields(kind)}
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ValueError(f"nothing is called {', '.join(unknown)} in a {kind.__name__}")
    missing = [
        name for name, one in known.items()
        if name not in values and one.default is MISSING and one.default_factory is MISSING
    ]  # fmt: skip
    if missing:
        raise ValueError(f"a {kind.__name__} needs {', '.join(missing)}")
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})


def _refuse_nonsense(card: ModelCard) -> None:
    if not NAME.fullmatch(card.name):
        raise ValueError("a name is small letters, digits and hyphens")
    for name, among in CHOICES.items():
        if getattr(card, name) not in among:
            raise ValueError(f"{name} is one of {', '.join(map(repr, among))}")
    if not card.modes or not set(card.modes) <= set(MODES):
        raise ValueError(f"[modes.*] is one or more of {', '.join(MODES)}")
    if any(licence.commercial not in COMMERCIAL for licence in card.licences()):
        raise ValueError(f"commercial is one of {', '.join(COMMERCIAL)}")
    _refuse_numbers(card)


def _refuse_numbers(card: ModelCard) -> None:
    for name in WHOLE:
        value = getattr(card, name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} is a whole number above 0")
    if card.width % card.size_multiple or card.height % card.size_multiple:
        raise ValueError(f"its own size has to be a multiple of {card.size_multiple}")
