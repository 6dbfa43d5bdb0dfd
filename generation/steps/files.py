"""Files appear whole or not at all."""

from __future__ import annotations

import errno
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast


@contextmanager
def finished(path: Path) -> Iterator[Path]:
    """A path to write to; it takes the final name when the block ends well and vanishes when it does not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def passed_on(source: Path, target: Path) -> None:
    """An input's file as a file of the result: a link where the disk allows it, for nobody writes into either."""
    try:
        os.link(source, target)
    except OSError as refused:
        if refused.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP):
            raise
        shutil.copyfile(source, target)


def asking(file: IO[bytes], check: Callable[[], None]) -> IO[bytes]:
    """The file for a library that writes for long: before every piece, `check` may raise."""
    return cast("IO[bytes]", _Asking(file, check))


class _Asking(io.RawIOBase):

    def __init__(self, file: IO[bytes], check: Callable[[], None]) -> None:
        self._file, self._check = file, check

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self._check()
        return self._file.write(piece)
