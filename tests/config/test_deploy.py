"""The files under deploy/ name commands, queues and settings that exist."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if "reelwright" in service.get("image", "")}


def test_every_service_of_ours_waits_for_healthy_servers() -> None:
    assert set(OURS) == {"migrate", "api", "sockets", "worker", "renderer", "gpu", "remote", "beat"}
    for service in OURS.values():
        assert {name: need["condition"] for name, need in service["depends_on"].items()} == {
            "postgres": "service_healthy", "valkey": "service_healthy",
        }


@pytest.mark.parametrize("name", sorted(set(OURS) - {"api"}))
def test_every_command_names_a_program_that_is_installed(name: str) -> None:
    program = OURS[name]["command"][0]
    installed = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    assert shutil.which(program, path=installed), program


def test_the_workers_together_take_every_queue() -> None:
    from django.conf import settings

    from generation.steps import KINDS

    taken = {
        queue
        for service in OURS.values()
        if "--queues" in service.get("command", [])
        for queue in service["command"][service["command"].index("--queues") + 1].split(",")
    } | {"gpu" for service in OURS.values() if "--gpu" in service.get("command", [])}
    taken |= {"remote" for service in OURS.values() if "remote" in service.get("command", [])}
    assert taken == {kind.queue for kind in KINDS.values()} | {settings.CELERY_TASK_DEFAULT_QUEUE}


def test_every_module_that_an_image_starts_can_be_imported() -> None:
    starts = "\n".join(path.read_text() for path in (DEPLOY / "docker").glob("*.Dockerfile"))
    modules = set(re.findall(r'"(config\.\w+):application"', starts)) | {"config.asgi"}
    assert modules == {"config.wsgi", "config.asgi"}
    for module in modules:
        assert callable(importlib.import_module(module).application)


def test_the_compose_settings_are_settings_of_ours() -> None:
    documented = set(re.findall(r"^([A-Z][A-Z0-9_]+)=", (DEPLOY.parent / ".env.example").read_text(), re.MULTILINE))
    named = set(re.findall(r"^([A-Z][A-Z0-9_]+)=", (DEPLOY / "compose" / "env.example").read_text(), re.MULTILINE))
    assert named - documented == {"POSTGRES_PASSWORD"}


def test_only_the_gpu_image_installs_torch() -> None:
    web = (DEPLOY / "docker" / "web.Dockerfile").read_text()
    gpu = (DEPLOY / "docker" / "worker-gpu.Dockerfile").read_text()
    assert "optional-dependencies" not in web
    assert '["optional-dependencies"]["diffusion"]' in gpu
