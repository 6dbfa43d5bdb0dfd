"""`manage.py models list|check|fetch|bench`: the models of the diffusion engine on this machine."""

from __future__ import annotations

import json
import shutil
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from common.errors import DomainError
from generation.engines.diffusion.cards import ModelCard, model_card, model_cards
from generation.engines.diffusion.room import enter, require_tools
from generation.engines.diffusion.store import folder_of, is_here, verify, write_manifest


class Command(BaseCommand):
    help = "Which diffusion models there are, whether they are here and whole, how to get them, how fast they are here."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        for name, said in (("list", "all cards"), ("check", "whether models are whole, and torch the right one")):
            one = what.add_parser(name, help=said)
            one.add_argument("names", nargs="*", help="models (default: those that are here)")
            one.add_argument("--json", action="store_true", help="print JSON and nothing else")
        fetch = what.add_parser("fetch", help="bring a model's weights here; tiny ones are made on the spot")
        fetch.add_argument("names", nargs="+")
        fetch.add_argument("--again", action="store_true", help="also if it is here already")
        bench = what.add_parser("bench", help="time a take of a model on this machine")
        bench.add_argument("names", nargs=1)
        bench.add_argument("--frames", type=int, default=0, help="frames to make (default: the card's most)")
        bench.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, **options: Any) -> None:
        try:
            {"list": _list, "check": _check, "fetch": _fetch, "bench": _bench}[options["what"]](self, options)
        except DomainError as refused:
            raise CommandError(f"{refused.message} {refused.remedy}") from refused


def _list(command: BaseCommand, options: dict[str, Any]) -> None:
    cards = [model_card(name) for name in options["names"]] or list(model_cards().values())
    rows = [_row(card) for card in cards]
    if options["json"]:
        command.stdout.write(json.dumps(rows, indent=2))
        return
    table = Table("model", "", "modes", "sound", "size, frames, rate", "VRAM", "licence", "here")
    for row in rows:
        size = f"{row['width']} x {row['height']}, {row['max_frames']}, {row['fps']}/s"
        table.add_row(
            row["name"], row["title"], " ".join(row["modes"]), "yes" if row["audio"] else "", size,
            f"{row['vram_mb'] / 1024:.0f} GB", row["licence"], "yes" if row["here"] else "",
        )  # fmt: skip
    Console(file=command.stdout, width=160).print(table)  # type: ignore[arg-type]


def _row(card: ModelCard) -> dict[str, Any]:
    licences = "; ".join(one.name + ("" if one.verified else " (not verified)") for one in card.licences())
    return {
        "name": card.name, "title": card.title, "modes": sorted(card.modes), "audio": card.audio, "width": card.width,
        "height": card.height, "max_frames": card.max_frames, "fps": card.fps, "vram_mb": card.vram_mb,
        "licence": licences, "repo": card.repo, "here": is_here(card), "folder": str(folder_of(card)),
    }  # fmt: skip


def _check(command: BaseCommand, options: dict[str, Any]) -> None:
    require_tools()
    cards = [model_card(name) for name in options["names"]] or [c for c in model_cards().values() if is_here(c)]
    found = []
    for card in cards:
        digest = verify(card, deep=True).digest
        found.append({"name": card.name, "digest": digest, "pinned": bool(card.weights_digest)})
        if not options["json"]:
            command.stdout.write(f"{card.name}: whole, {digest}" + ("" if card.weights_digest else " (not pinned)"))
    if options["json"]:
        command.stdout.write(json.dumps(found, indent=2))
    elif not found:
        command.stdout.write("No model is here. `python manage.py models list` names those that can be fetched.")


def _fetch(command: BaseCommand, options: dict[str, Any]) -> None:
    for name in options["names"]:
        card = model_card(name)
        if is_here(card) and not options["again"]:
            command.stdout.write(f"{name} is here, {verify(card).digest}")
            continue
        made = folder_of(card)
        draft = made.with_name(f".{made.name}.part")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        if card.tiny:
            enter("tiny").make_tiny(name, draft)
        else:
            enter("fetching").fetch(card, draft)
        digest = write_manifest(draft).digest
        shutil.rmtree(made, ignore_errors=True)
        draft.replace(made)
        command.stdout.write(f"{name} is here, {digest}")


def _bench(command: BaseCommand, options: dict[str, Any]) -> None:
    measured = enter("timing").measure(model_card(options["names"][0]), frames=options["frames"])
    if options["json"]:
        command.stdout.write(json.dumps(measured, indent=2))
        return
    for name, value in measured.items():
        command.stdout.write(f"{name}: {value}")
