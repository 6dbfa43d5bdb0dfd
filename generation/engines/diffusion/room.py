"""The door to the only folder that imports torch, with a clear word where it cannot be opened."""

from __future__ import annotations

from contextlib import nullcontext
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from common.errors import DomainError
from generation.engines.base import RenderContext
from generation.engines.diffusion import MADE_WITH

INSTALL = "Install what the project pins: pip install -c constraints.txt '.[diffusion]'"


class WrongTools(DomainError):
    """Torch or diffusers are not here, or not those that the plan's keys speak of."""

    code = "wrong_tools"
    message = "This machine cannot run diffusion models."
    remedy = INSTALL


def enter(module: str, ctx: RenderContext | None = None) -> Any:
    """`generation.engines.diffusion.runtime.<module>`; raises `WrongTools`. The first time takes long: with `ctx` the
    step is kept meanwhile.
    """
    require_tools()
    try:
        with ctx.keeping() if ctx else nullcontext():
            return import_module(f"generation.engines.diffusion.runtime.{module}")
    except ImportError as missing:
        raise WrongTools(f"This machine cannot run diffusion models: {missing}.") from missing


def require_tools() -> None:
    """Raise `WrongTools` unless the installed versions are those of `MADE_WITH` (a local build label may differ)."""
    for name, wanted in MADE_WITH.items():
        try:
            found = version(name).partition("+")[0]
        except PackageNotFoundError as missing:
            raise WrongTools(f"{name} is not installed on this machine.") from missing
        if found != wanted:
            raise WrongTools(f"{name} is {found} on this machine, but {wanted} is what plans are made for.")
