"""The house keeps its shape: small files, a source root that shadows nothing, migrations with names."""

from __future__ import annotations

import platform
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("platform", "generation", "feeds", "payments", "tests")
MAX_LINES = 300
MAX_SETTINGS_LINES = 200
MIGRATION = re.compile(r"\d{4}_[a-z0-9_]+")
AUTOMATIC = re.compile(r"\d{4}_(auto_|alter_|add_field)|\d{4}_.*_and_more$")


def python_files() -> list[Path]:
    return [path for folder in CODE for path in (ROOT / folder).rglob("*.py")]


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_the_source_root_platform_is_no_package() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_the_standard_library_platform_is_the_one_that_is_imported() -> None:
    assert hasattr(platform, "system")
    assert not Path(platform.__file__ or "").is_relative_to(ROOT / "platform")


def test_no_file_has_more_than_300_lines() -> None:
    files = [path for path in python_files() if path.parent.name != "migrations"]  # Django wrote most of these
    assert len(files) > 100
    assert {str(path.relative_to(ROOT)): n for path in files if (n := lines_of(path)) > MAX_LINES} == {}


def test_the_settings_fit_on_four_screens() -> None:
    assert lines_of(ROOT / "platform" / "config" / "settings.py") <= MAX_SETTINGS_LINES


def test_every_migration_has_a_name_that_somebody_chose() -> None:
    names = [path.stem for path in python_files() if path.parent.name == "migrations" and path.stem != "__init__"]
    assert len(names) >= 7
    assert [name for name in names if not MIGRATION.fullmatch(name) or AUTOMATIC.match(name)] == []
