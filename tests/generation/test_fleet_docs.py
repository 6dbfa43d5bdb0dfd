"""What `docs/scaling-generation.md` tells an operator to run does what it says."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import load_command_class
from django.db import connection
from django.utils import timezone

from common.ids import unguessable
from generation.budget import rates
from generation.models import Step
from tests.generation.shares import studio
from tests.generation.tiny import ROOT

PAGE = (ROOT / "docs" / "scaling-generation.md").read_text(encoding="utf-8")
STATUS = Step.Status


def row(queue: str, status: str, **values: Any) -> None:
    now = timezone.now()
    lease = {"leased_at": now, "lease_expires_at": now} if status == STATUS.LEASED else {}
    ready = {"ready_at": now - timedelta(seconds=1)} if status in (STATUS.READY, STATUS.LEASED) else {}
    reason = {"error_code": "x"} if status == STATUS.FAILED else {}
    Step.objects.create(
        creator=studio(), key=unguessable() * 2, kind="latents", queue=queue, spec={}, status=status,
        estimated_seconds=1, **(lease | ready | reason | values),
    )


def asked() -> int:
    [query] = re.findall(r"```sql\n(.*?)```", PAGE, flags=re.DOTALL)
    with connection.cursor() as cursor:
        cursor.execute(query)
        [(count,)] = cursor.fetchall()
    return int(count)


@pytest.mark.django_db
def test_the_fleet_is_scaled_by_what_is_at_work_and_what_may_begin() -> None:
    assert asked() == 0
    for status in STATUS.values:
        row("gpu", status)
        row("encode", status)
    row("gpu", STATUS.READY)
    row("gpu", STATUS.READY, ready_at=timezone.now() + timedelta(minutes=1))
    assert asked() == 3  # one at work, two that may begin; not the one that waits for its time


def test_every_command_of_the_page_is_understood() -> None:
    parser = load_command_class("generation", "simulate_fleet").create_parser("manage.py", "simulate_fleet")
    commands = re.findall(r"manage\.py simulate_fleet([^`\n]*)", PAGE)
    assert len(commands) >= 5
    for said in commands:
        parser.parse_args(said.split("#")[0].split())


def test_every_machine_class_of_the_page_has_a_price() -> None:
    named = set(re.findall(r"\bgpu-[a-z0-9]+\b", PAGE)) | set(re.findall(r"RW_MACHINE=(\S+)", PAGE))
    assert {"gpu-l40s", "render"} <= named
    assert named <= set(rates().machines)


def test_the_page_has_no_gaps() -> None:
    assert not re.search(r"^(TABLES|- FIGURES)$", PAGE, flags=re.MULTILINE)
