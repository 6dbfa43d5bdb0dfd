#!/usr/bin/env python
"""Command line of Reelwright: `python manage.py help`."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main() -> None:
    # `platform/` is a source root, never a package: its apps are imported by their own names.
    sys.path.insert(1, str(ROOT / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as missing:
        raise SystemExit(f"{missing}. Run `make venv`, then `.venv/bin/python manage.py`.") from missing
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
