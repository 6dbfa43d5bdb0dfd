"""A Chromium that can write Chinese, and what no page may have: something clipped, covered, too wide, hard to read.

The machine may have no Chinese font; the Noto fonts that the films are captioned with come with the project.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]
SCREENS = Path(__file__).resolve().parents[2] / "build" / "screens"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
SERIOUS = ("serious", "critical")

UNSEEN = (Path(__file__).parent / "unseen.js").read_text()


@contextmanager
def browser(*more: str) -> Iterator[Any]:
    """A Chromium with our fonts; skips, and says so, where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed here (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(prefix="rw-fonts-") as data, sync_playwright() as play:
        fonts = find_spec("manimgx_fonts_cjk")
        assert fonts is not None
        assert fonts.origin is not None
        (Path(data) / "fonts").symlink_to(Path(fonts.origin).parent)
        started = play.chromium.launch(
            executable_path=CHROMIUM, args=[*ARGS, *more], env={**os.environ, "XDG_DATA_HOME": data}
        )
        yield started
        started.close()


def keep(page: Any, name: str, folder: str = "") -> None:
    """Leave a screenshot below build/screens; letters that a file name should not have are dropped."""
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "" for letter in name.replace("?", "-"))
    (SCREENS / folder).mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SCREENS / folder / f"{safe}.png"))


def faults(page: Any) -> list[str]:
    """What is wrong with the page as it stands, in words; empty if nothing is."""
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    wide = [f"{over} px wider than the window"] if over > 0 else []
    exits = page.locator("a[href]:visible, button:visible").count()
    return wide + ([] if exits else ["a dead end: no link and no button"]) + page.evaluate(UNSEEN) + violations(page)


def violations(page: Any) -> list[str]:
    """Serious and critical findings of axe, contrast below 4.5 among them."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [_said(rule) for rule in found if rule["impact"] in SERIOUS]


def _said(rule: dict[str, Any]) -> str:
    first = rule["nodes"][0]
    why = first.get("failureSummary", "")[:200]
    return f"{rule['id']} ({rule['impact']}): {first['html'][:160]} | {why}"


def ours(url: str, base: str) -> bool:
    """Whether a request stays on the platform at `base`."""
    return url.startswith((base, base.replace("http", "ws"), "data:", "blob:"))
