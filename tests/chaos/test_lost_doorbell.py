"""Every message is lost, before anybody heard it and while work is going on: the sweep finds what waits."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from generation.models import Artifact, Step
from tests.chaos.fleet import SWEEP_SECONDS, assert_whole, is_done, wait_for, workers
from tests.generation.tiny import asked, long_story

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
PATIENCE_SECONDS = 1  # of the sweep with steps that have just become ready
SLACK = 8.0  # for a machine that does other things as well


def lose_every_message() -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as messenger:
        messenger.flushdb()


def test_steps_whose_bells_are_lost_start_within_a_sweep(tmp_path: Path) -> None:
    lose_every_message()
    with workers(tmp_path):
        first = asked()
        wait_for(lambda: is_done(first), tmp_path)  # everybody is awake
        second = asked(source=long_story(3))
        lose_every_message()
        asked_at = timezone.now()
        wait_for(lambda: Step.objects.filter(renders=second, leased_at__isnull=False).exists(), tmp_path)
        begun = Step.objects.filter(renders=second, leased_at__isnull=False).earliest("leased_at").leased_at
        wait_for(lambda: is_done(second), tmp_path)
    assert begun is not None
    assert (begun - asked_at).total_seconds() <= SWEEP_SECONDS + PATIENCE_SECONDS + SLACK
    assert second.links.filter(step__status="done").count() == second.links.count()


def test_a_render_whose_every_message_is_lost_again_and_again_ends_done(tmp_path: Path) -> None:
    render = asked()
    losses = 0
    with workers(tmp_path):
        wait_for(Artifact.objects.exists, tmp_path)
        while not is_done(render):
            lose_every_message()
            losses += 1
            time.sleep(0.3)
            assert losses < 400
    assert losses >= 5
    assert_whole(render, wasted_at_most=0)
