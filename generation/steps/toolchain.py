"""What a step is made with, for its key: libraries by their installed version, found without importing them."""

from collections.abc import Collection
from functools import cache
from importlib.metadata import version


@cache
def version_of(distribution: str) -> str:
    """The installed version of a distribution. Raises `PackageNotFoundError` if it is not installed."""
    return version(distribution)


def made_with(distributions: Collection[str]) -> dict[str, str]:
    """Distribution to version. Workers and the web process run one image, so that they agree."""
    return {name: version_of(name) for name in sorted(distributions)}
