"""The child process that draws: a cast member as JSON on stdin, a JPEG on stdout.

Its own process, because drawing needs a library of pictures in memory that a web process should not carry.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    from generation.engines.animatic.portrait import draw_portrait
    from generation.engines.base import CastMember

    order = json.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(draw_portrait(CastMember(**order["member"]), order["language"]))
    sys.stdout.buffer.flush()
