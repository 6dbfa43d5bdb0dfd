"""Two at once, on a real PostgreSQL: one wins, the other is told, and the counters hold."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from catalog import services
from catalog.models import Episode, Master, Series
from common.errors import Conflict
from tests.builders import make_episode, make_published, make_series

from .conftest import EVIDENCE, NOW, make_draft

pytestmark = pytest.mark.django_db(transaction=True)


def all_at_once(*acts):
    """Run the acts in threads that start together; returns what each returned or raised."""
    start, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        start.wait()
        try:
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_eight_new_episodes_at_once_get_eight_numbers():
    series = make_series()
    made = all_at_once(*[lambda: services.episode_create(series=series).number] * 8)
    assert sorted(made) == list(range(1, 9))


def test_one_render_registered_six_times_at_once_is_one_master():
    episode, draft = make_episode(), make_draft()
    made = all_at_once(*[lambda: services.master_register(episode=episode, draft=draft, now=NOW).pk] * 6)
    assert len(set(made)) == 1
    assert Master.objects.count() == 1


def test_of_two_submissions_at_once_one_stands_and_its_evidence_alone_is_frozen():
    episode = make_episode()
    masters = [services.master_register(episode=episode, draft=make_draft(), now=NOW) for _ in range(2)]

    def submit(master):
        mine = Episode.objects.get(pk=episode.pk)
        return services.episode_submit(episode=mine, master=master, evidence=EVIDENCE, now=NOW).master_id

    done = all_at_once(*[lambda m=m: submit(m) for m in masters])
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "int"]
    frozen = Master.objects.exclude(evidence_sha256="")
    assert list(frozen.values_list("pk", flat=True)) == [Episode.objects.get(pk=episode.pk).master_id]


def test_a_due_release_found_by_six_processes_is_counted_once():
    series = make_series()
    episodes = [make_published(series, n) for n in (1, 2, 3)]
    Episode.objects.filter(series=series).update(status="scheduled", release_at=NOW)
    Series.objects.filter(pk=series.pk).update(published_episodes=0)
    shown = all_at_once(*[lambda: services.release_due(now=NOW)] * 6)
    assert sum(shown) == len(episodes)
    assert Series.objects.get(pk=series.pk).published_episodes == 3


def test_withdrawals_at_once_take_one_off_the_counter():
    episode = make_published()

    def withdraw():
        services.episode_withdraw(episode=Episode.objects.get(pk=episode.pk), by="creator", now=NOW)

    done = all_at_once(*[withdraw] * 6)
    assert sum(isinstance(one, Conflict) for one in done) == 5
    assert Series.objects.get(pk=episode.series_id).published_episodes == 0
