"""The child process that parses: `python -I -S -c BOOT <paths as JSON>`, text on stdin, JSON on stdout.

Nothing of Django is imported here. The limits are set by the child itself, before it reads a byte, because a
`preexec_fn` is not safe in a threaded parent.
"""

from __future__ import annotations

import json
import resource
import sys

CPU_SECONDS = 4
MEMORY_BYTES = 512 * 1024 * 1024


def main() -> None:
    """Answers `{"screenplay": …}` or `{"error": {code, message, remedy, line}}`; dies without an answer at a limit."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    from generation.screenplay.model import ScreenplayError, screenplay_to_json
    from generation.screenplay.reader import parse

    source = sys.stdin.buffer.read().decode()
    try:
        answer = {"screenplay": screenplay_to_json(parse(source))}
    except ScreenplayError as error:
        line = error.details["line"]
        answer = {"error": {"code": error.code, "message": error.message, "remedy": error.remedy, "line": line}}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())
    sys.stdout.buffer.flush()
