"""`manage.py collect_artifacts [--dry-run] [--json] [--older-than DAYS]`: free what no render needs any more."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from generation.artifacts.collect import Hunt, Report, collect
from media.errors import StoreFault


class Command(BaseCommand):
    help = "Delete stored artifacts that nothing refers to, and bytes that no row knows. Safe to stop and to run twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be freed")
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
        parser.add_argument(
            "--older-than", type=float, metavar="DAYS", default=float(settings.KEEP_ARTIFACTS_DAYS),
            help="keep what is younger, and what renders that ended since then are made of (default: %(default)g)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 <= options["older_than"] < 36_500:
            raise CommandError("--older-than takes a number of days, 0 or more.")
        hunt = Hunt(timezone.now(), timedelta(days=options["older_than"]), options["dry_run"])
        try:
            report = collect(hunt)
        except StoreFault as fault:
            raise CommandError(f"{fault.message} {fault.remedy}") from fault
        if options["json"]:
            self.stdout.write(json.dumps(_document(report, dry_run=hunt.dry_run), indent=2))
        else:
            self._tell(report, dry_run=hunt.dry_run)

    def _tell(self, report: Report, *, dry_run: bool) -> None:
        for kind in sorted(report.counts):
            self.stdout.write(f"{kind:<12} {report.counts[kind]:>8,} {report.sizes[kind] / 1e6:>12,.1f} MB")
        verb = "would be freed" if dry_run else "freed"
        self.stdout.write(f"{report.counts.total():,} trees, {report.sizes.total() / 1e6:,.1f} MB {verb}")
        if report.unfinished:
            self.stdout.write(f"{report.unfinished:,} unfinished uploads dropped")
        if report.failed:
            self.stderr.write(f"{report.failed:,} trees could not be deleted; the next run tries again")


def _document(report: Report, *, dry_run: bool) -> dict[str, Any]:
    kinds = {kind: {"count": report.counts[kind], "bytes": report.sizes[kind]} for kind in sorted(report.counts)}
    return {
        "dry_run": dry_run, "count": report.counts.total(), "bytes": report.sizes.total(), "kinds": kinds,
        "unfinished": report.unfinished, "failed": report.failed,
    }
