"""`manage.py compute_audit [--json]`: prove the books of the compute accounts. Exit 1 if anything does not hold."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from generation.budget import audit
from generation.budget.audit import CHECKS


class Command(BaseCommand):
    help = "Holds every compute account against its entries, steps, items and attempts; exit 1 if one is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        problems = audit()
        if options["json"]:
            document = {"ok": not problems, "checks": sorted(CHECKS), "problems": problems}
            self.stdout.write(json.dumps(document, indent=2))
        else:
            self._tell(problems)
        if problems:
            sys.exit(1)

    def _tell(self, problems: list[dict[str, Any]]) -> None:
        for row in problems:
            about = f" {row['about']}" if row["about"] else ""
            self.stdout.write(self.style.ERROR(
                f"creator {row['creator']}: {row['problem']}{about}: {row['found']} instead of {row['expected']}"
            ))
        held = len(CHECKS) - len(Counter(row["problem"] for row in problems))
        self.stdout.write(f"{held} of {len(CHECKS)} checks hold")
