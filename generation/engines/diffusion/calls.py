"""A take becomes the keyword arguments of a pipeline's call. Pure: pictures are PIL's, nothing of torch is needed.

What a pipeline does not know is an error and never dropped: a setting that silently does nothing costs a night of GPU.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from common.errors import Invalid
from generation.engines.diffusion.cards import ModelCard, Way
from generation.engines.diffusion.take import Mode, Take

NAMES = {
    "width": "width", "height": "height", "frames": "num_frames", "fps": "", "steps": "num_inference_steps",
    "guidance": "guidance_scale", "guidance_2": "",
}  # fmt: skip
GREY, BLACK, WHITE = (127, 127, 127), 0, 255
FULL = 1.0


class UnsupportedArgument(Invalid):
    """A pipeline would be asked for what its call does not take."""

    code = "unsupported_argument"


@dataclass(frozen=True, slots=True)
class Pictures:
    """What a take is conditioned on, in any size: they are scaled and cropped to the take's."""

    first: Image.Image | None = None
    last: Image.Image | None = None
    references: tuple[Image.Image, ...] = ()


def arguments(card: ModelCard, take: Take, pictures: Pictures) -> dict[str, Any]:
    """All keyword arguments but prompts, generator, callback. Raises `Invalid` for pictures missing or too many."""
    way = card.way(take.mode)
    _need_pictures(take, pictures)
    values = {
        "width": take.width, "height": take.height, "frames": take.frames, "fps": take.fps, "steps": take.steps,
        "guidance": take.guidance, "guidance_2": card.guidance_2,
    }  # fmt: skip
    names = NAMES | dict(card.names)
    numbers = {
        names[what]: value for what, value in values.items()
        if names[what] and value is not None and names[what] not in way.lacks
    }  # fmt: skip
    return numbers | _conditioning(way, take, pictures) | dict(card.arguments)


def checked(call: Mapping[str, Any], parameters: Collection[str], pipeline: str) -> None:
    """Raise `UnsupportedArgument` if the call names what the pipeline's `parameters` do not."""
    unknown = sorted(set(call) - set(parameters))
    if unknown:
        raise UnsupportedArgument(
            f"{pipeline} does not take {', '.join(unknown)}.",
            remedy="Correct the model's card: [names], [arguments] or the mode's `lacks`. Installed diffusers decides.",
        )


def fitted(picture: Image.Image, width: int, height: int) -> Image.Image:
    """The picture scaled and cropped from its middle to exactly that size, in RGB."""
    scale = max(width / picture.width, height / picture.height)
    size = (max(width, round(picture.width * scale)), max(height, round(picture.height * scale)))
    large = picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return large.crop((left, top, left + width, top + height))


def _need_pictures(take: Take, pictures: Pictures) -> None:
    wanted: Mapping[Mode, tuple[bool, bool, bool]] = {
        "text": (False, False, False), "image": (True, False, False), "first_last": (True, True, False),
        "references": (False, False, True),
    }  # fmt: skip
    given = (pictures.first is not None, pictures.last is not None, bool(pictures.references))
    if given != wanted[take.mode]:
        raise Invalid(f"The mode {take.mode} does not go with the pictures that were given.", code="wrong_pictures")


def _conditioning(way: Way, take: Take, pictures: Pictures) -> dict[str, Any]:
    first, last = (
        None if one is None else fitted(one, take.width, take.height) for one in (pictures.first, pictures.last)
    )
    if way.style == "video_mask" and first is not None:
        return _video_mask(first, last, take)
    if way.style == "conditions":
        frames = [(first, 0), (last, -1)]  # of the latents: any other number of a last frame is skipped with a log line
        return {"conditions": [(picture, at, FULL) for picture, at in frames if picture is not None]}
    given: dict[str, Any] = {}
    if first is not None:
        given[way.first] = first
    if last is not None:
        given[way.last] = last
    if pictures.references:
        given[way.references] = [one.convert("RGB") for one in pictures.references]
    return given


def _video_mask(first: Image.Image, last: Image.Image | None, take: Take) -> dict[str, Sequence[Image.Image]]:
    """The known frames in a grey video, and a mask that is black where they are to be kept."""
    size = (take.width, take.height)
    video = [Image.new("RGB", size, GREY)] * take.frames
    mask = [Image.new("L", size, WHITE)] * take.frames
    for at, picture in ((0, first), (take.frames - 1, last)):
        if picture is not None:
            video[at], mask[at] = picture, Image.new("L", size, BLACK)
    return {"video": video, "mask": mask}
