"""`manage.py ledger_audit [--json]`: prove the books. Exit 1 if anything does not hold."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from payments.audit import Finding, ledger_audit


class Command(BaseCommand):
    help = "Proves every invariant of the books and prints their figures; exit 1 if one does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        report = ledger_audit()
        findings: list[Finding] = report["findings"]
        if options["json"]:
            document = {**report, "ok": not findings, "findings": [finding.as_json() for finding in findings]}
            self.stdout.write(json.dumps(document, indent=2))
        else:
            self._tell(report)
        if findings:
            sys.exit(1)

    def _tell(self, report: dict[str, Any]) -> None:
        figures = dict(report["figures"])
        accounts = figures.pop("accounts")
        for name, value in figures.items():
            self.stdout.write(f"{name:<16} {value:>16,}")
        for row in accounts:
            self.stdout.write(f"{row['account']:<16} {row['amount']:>16,} {row['asset']}")
        for finding in report["findings"]:
            self.stdout.write(self.style.ERROR(f"{finding.check}: {finding.count}. {finding.says}"))
            self.stdout.write("  " + ", ".join(finding.rows))
        held = len(report["checks"]) - len(report["findings"])
        self.stdout.write(f"{held} of {len(report['checks'])} invariants hold")
