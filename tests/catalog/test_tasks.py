"""Tasks are found by name in every process."""

from __future__ import annotations

from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone

from catalog.models import Episode, Series
from tests.builders import make_published

pytestmark = pytest.mark.django_db


def test_the_clockwork_shows_what_is_due_and_nothing_else():
    due, later = make_published(), make_published()
    now = timezone.now()
    Series.objects.update(published_episodes=0)
    Episode.objects.filter(pk=due.pk).update(status="scheduled", release_at=now - timedelta(seconds=1))
    Episode.objects.filter(pk=later.pk).update(status="scheduled", release_at=now + timedelta(hours=1))
    current_app.tasks["catalog.release_due"]()
    assert dict(Episode.objects.values_list("pk", "status")) == {due.pk: "published", later.pk: "scheduled"}
    assert dict(Series.objects.values_list("pk", "published_episodes")) == {due.series_id: 1, later.series_id: 0}
