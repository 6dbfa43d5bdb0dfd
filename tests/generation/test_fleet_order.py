"""A series is finished episode by episode: what was begun first is done first, not everything at the very end."""

from __future__ import annotations

import pytest
from django.utils import timezone

from generation.fleet.day import lay_day
from generation.fleet.drive import drive
from generation.models import Render
from tests.generation.test_fleet_day import FULL, a_day, small

pytestmark = pytest.mark.django_db


def test_episodes_of_a_creator_are_done_one_after_another_in_the_order_in_which_they_were_asked_for() -> None:
    known = small(creators=1.0)
    day, start = a_day(models=(FULL,), episodes=5, gpus=1), timezone.now()
    laid = lay_day(day, known, now=start)
    course = drive(laid, day, known, start=start)
    done = [course.done_at[pk] for pk in sorted(course.done_at)]
    episode = 2 * (2.5 + 15 + 460 + 80)
    assert done == pytest.approx([45 + number * episode + 26 for number in range(1, 6)], abs=1e-3)
    assert list(Render.objects.order_by("finished_at").values_list("pk", flat=True)) == sorted(course.done_at)


def test_more_gpus_share_the_episode_that_is_begun() -> None:
    known = small(creators=1.0, shots_per_episode=4.0)
    day, start = a_day(models=(FULL,), episodes=3, gpus=4), timezone.now()
    laid = lay_day(day, known, now=start)
    done = sorted(drive(laid, day, known, start=start).done_at.values())
    assert done[0] < 45 + 2 * (2.5 + 15 + 460 + 80)
    assert done[0] < done[1] < done[2]
