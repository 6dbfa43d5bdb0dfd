"""The network between workers and their servers is cut, longer than a lease: the work goes on when it is back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from generation.models import Artifact, Step
from tests.chaos.fleet import NAMES, assert_whole, is_done, wait_for, workers
from tests.chaos.network import Relay, relay
from tests.generation.tiny import asked

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Wires:
    """What lies between the workers and their servers."""

    database: Relay
    messenger: Relay

    def settings(self) -> dict[str, str]:
        """The environment of workers that reach both over these wires only."""
        here = connection.settings_dict
        number = parse_qs(urlsplit(settings.REDIS_URL).query).get("db", ["0"])[0]
        return {
            "DATABASE_URL": f"postgresql://{here['USER']}@127.0.0.1:{self.database.port}/{here['NAME']}",
            "REDIS_URL": f"redis://127.0.0.1:{self.messenger.port}/{number}",
        }

    def named(self, which: str) -> list[Relay]:
        return {"database": [self.database], "messenger": [self.messenger], "both": [self.database, self.messenger]}[
            which
        ]


@contextmanager
def wires() -> Iterator[Wires]:
    with (
        relay(f"{connection.settings_dict['HOST']}/.s.PGSQL.5432") as database,
        relay(urlsplit(settings.REDIS_URL).path) as messenger,
    ):
        yield Wires(database, messenger)


def held_since_the_cut() -> int:
    """Leases that have run out, and that nobody could sweep."""
    return Step.objects.filter(status="leased", lease_expires_at__lt=timezone.now()).count()


@pytest.mark.parametrize("how", ["drop", "stall"])
@pytest.mark.parametrize("which", ["database", "both"])
def test_work_goes_on_when_the_database_can_be_reached_again(tmp_path: Path, which: str, how: str) -> None:
    render = asked()
    with wires() as between, workers(tmp_path, **between.settings()):
        wait_for(lambda: Artifact.objects.count() >= 2 and Step.objects.filter(status="leased").exists(), tmp_path)
        for wire in between.named(which):
            getattr(wire, how)()
        if Step.objects.filter(status="leased").exists():
            wait_for(held_since_the_cut, tmp_path)
        for wire in between.named(which):
            wire.drop()  # a stalled network forgets what it was carrying
            wire.mend()
        wait_for(lambda: is_done(render), tmp_path, 120)
        assert between.database.carried > 0
    assert_whole(render, wasted_at_most=len(NAMES))


@pytest.mark.parametrize("how", ["drop", "stall"])
def test_work_goes_on_when_the_messenger_can_be_reached_again(tmp_path: Path, how: str) -> None:
    render = asked()
    with wires() as between, workers(tmp_path, **between.settings()):
        wait_for(lambda: Artifact.objects.count() >= 2, tmp_path)
        getattr(between.messenger, how)()
        quiet: list[int] = []

        def nothing_moves() -> bool:
            """What was begun is ended, and nobody hears of the rest."""
            quiet.append(Artifact.objects.count())
            return is_done(render) or quiet[-100:] == [quiet[-1]] * 100

        wait_for(nothing_moves, tmp_path)
        between.messenger.drop()
        between.messenger.mend()
        wait_for(lambda: is_done(render), tmp_path, 120)
        assert between.messenger.carried > 0
    assert_whole(render, wasted_at_most=0)
