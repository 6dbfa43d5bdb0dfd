"""Engines turn a resolved shot into pictures. Loaded when asked for: no web process pays for one."""

from importlib import import_module

from generation.engines.base import Engine, UnknownEngine

_ENGINES = {"animatic": "generation.engines.animatic.engine:AnimaticEngine"}


def get_engine(name: str) -> Engine:
    """A fresh engine of that name; raises `UnknownEngine`."""
    path = _ENGINES.get(name)
    if path is None:
        raise UnknownEngine(f"There is no engine {name!r}.", remedy=f"Known: {', '.join(sorted(_ENGINES))}.")
    module, _, attribute = path.partition(":")
    engine: Engine = getattr(import_module(module), attribute)()
    return engine
