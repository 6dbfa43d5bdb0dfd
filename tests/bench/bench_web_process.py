"""A web process: its memory after it has answered, and that no torch came in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.bench.harness import Result, compare

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
sys.path[:0] = sys.argv[1:]
import config.asgi
from django.test import RequestFactory
from django.urls import get_resolver
get_resolver().url_patterns
assert "torch" not in sys.modules, "torch is in the web process"
print(next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS")) / 1024)
"""


def run() -> list[Result]:
    def megabytes() -> float:
        command = [sys.executable, "-c", SCRIPT, str(ROOT / "platform"), str(ROOT)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return float(done.stdout)

    return [compare("web_process_rss", megabytes, None, unit="MB", budget="<= 250 MB, no torch", rounds=3)]
