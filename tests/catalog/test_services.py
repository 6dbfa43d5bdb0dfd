"""Episodes move only along their ways, and the series' counters always tell the truth."""

from __future__ import annotations

import contextlib
import random
from datetime import timedelta

import pytest

from catalog import services
from catalog.models import Episode, Master, Series
from catalog.selectors import visible_episodes
from common.canonical import digest
from common.errors import Conflict, Invalid
from tests.builders import make_creator, make_episode, make_master, make_published, make_series

from .conftest import EVIDENCE, NOW, make_draft

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def submitted(release_at=None, series=None, number=1):
    episode = make_episode(series, number)
    master = services.master_register(episode=episode, draft=make_draft(), now=NOW)
    return services.episode_submit(episode=episode, master=master, evidence=EVIDENCE, now=NOW, release_at=release_at)


def state(episode):
    fresh = Episode.objects.select_related("series").get(pk=episode.pk)
    return fresh.status, fresh.series.published_episodes


def test_a_series_begins_unseen_with_what_was_asked():
    series = services.series_create(
        creator=make_creator(), title="雨夜", language="zh", genres=["romance"], free_episodes=5, price_coins=40
    )
    assert (series.title, series.free_episodes, series.price_coins, series.published_episodes) == ("雨夜", 5, 40, 0)
    assert series.status == "active"


@pytest.mark.parametrize(
    "bad", [{"title": ""}, {"title": "x" * 121}, {"language": "xx"}, {"genres": ["nope"]}, {"price_coins": 0},
            {"price_coins": 100_001}, {"maturity": 7}, {"synopsis": "x" * 2001}]
)
def test_a_series_out_of_range_is_refused_and_nothing_is_stored(bad):
    fields = {"creator": make_creator(), "title": "A", "language": "en"}
    with pytest.raises(Invalid):
        services.series_create(**(fields | bad))
    series = make_series(title="Before")
    with pytest.raises(Invalid):
        services.series_update(series=series, **bad)
    assert list(Series.objects.values_list("title", "language", "price_coins")) == [("Before", "en", 60)]


def test_a_status_is_no_field_to_edit():
    with pytest.raises(Invalid):
        services.series_update(series=make_series(), status="withdrawn")
    with pytest.raises(Invalid):
        services.episode_update(episode=make_episode(), status="published")


def test_episodes_count_on_and_no_number_is_given_twice():
    series = make_series()
    assert [services.episode_create(series=series).number for _ in range(3)] == [1, 2, 3]
    assert services.episode_create(series=series, number=10).number == 10
    assert services.episode_create(series=series).number == 11
    with pytest.raises(Conflict):
        services.episode_create(series=series, number=2)
    with pytest.raises(Invalid):
        services.episode_create(series=series, number=2001)
    assert series.episodes.count() == 5


def test_a_master_is_registered_once_a_render():
    episode, draft = make_episode(), make_draft()
    first = services.master_register(episode=episode, draft=draft, now=NOW)
    assert services.master_register(episode=episode, draft=draft, now=NOW) == first
    second = services.master_register(episode=episode, draft=make_draft(), now=NOW)
    assert (first.version, second.version) == (1, 2)
    assert first.renditions.get().codecs == "avc1.64001f,mp4a.40.2"
    assert first.subtitles.get().language == "en"


def test_an_empty_master_is_refused():
    for draft in (make_draft(renditions=()), make_draft(duration_ms=0)):
        with pytest.raises(Invalid):
            services.master_register(episode=make_episode(), draft=draft, now=NOW)
    assert Master.objects.count() == 0


def test_submission_freezes_evidence_that_can_be_checked_again():
    episode = submitted()
    master = Master.objects.get(pk=episode.master_id)
    assert episode.status == Episode.Status.IN_REVIEW
    assert master.evidence == EVIDENCE
    assert master.evidence_sha256 == digest(master.evidence)
    assert master.submitted_at == NOW


@pytest.mark.parametrize(
    "evidence",
    [{}, {"x": "a\0b"}, {"a\0": 1}, {"x": float("nan")}, {"x": object()}, {"x": "\ud800"}, {"x": "y" * (5 << 20)}],
    ids=["empty", "nul", "nul key", "nan", "object", "surrogate", "too big"],
)
def test_evidence_that_cannot_be_kept_is_refused_and_the_episode_stays_a_draft(evidence):
    episode = make_episode()
    master = make_master(episode)
    with pytest.raises(Invalid):
        services.episode_submit(episode=episode, master=master, evidence=evidence, now=NOW)
    assert state(episode)[0] == "draft"
    assert Master.objects.get(pk=master.pk).submitted_at is None


def test_a_foreign_master_and_a_release_in_the_past_are_refused():
    episode = make_episode()
    for fields in ({"master": make_master(make_episode())}, {"master": make_master(episode), "release_at": NOW}):
        with pytest.raises(Invalid):
            services.episode_submit(episode=episode, evidence=EVIDENCE, now=NOW, **fields)
    assert state(episode)[0] == "draft"


def test_approval_shows_at_once_or_when_it_is_due():
    at_once = services.episode_approve(episode=submitted(), now=NOW)
    assert state(at_once) == ("published", 1)
    waiting = services.episode_approve(episode=submitted(release_at=LATER), now=NOW)
    assert state(waiting) == ("scheduled", 0)
    assert services.release_due(now=LATER - timedelta(seconds=1)) == 0
    assert services.release_due(now=LATER) == 1
    assert services.release_due(now=LATER) == 0
    assert state(waiting) == ("published", 1)
    assert Episode.objects.get(pk=waiting.pk).published_at == LATER
    assert Series.objects.get(pk=waiting.series_id).first_published_at == LATER


def test_a_release_that_passed_during_review_is_shown_at_once():
    episode = submitted(release_at=LATER)
    assert services.episode_approve(episode=episode, now=LATER + timedelta(hours=1)).status == "published"


def test_a_rejected_episode_comes_back_with_a_new_master_only():
    episode = services.episode_reject(episode=submitted(), now=NOW)
    judged = Master.objects.get(pk=episode.master_id)
    with pytest.raises(Conflict) as again:
        services.episode_submit(episode=episode, master=judged, evidence=EVIDENCE, now=NOW)
    assert again.value.code == "master_already_submitted"
    assert state(episode)[0] == "rejected"
    episode.refresh_from_db()
    better = services.master_register(episode=episode, draft=make_draft(), now=NOW)
    services.episode_submit(episode=episode, master=better, evidence={"v": 2}, now=LATER)
    assert state(episode)[0] == "in_review"
    assert Master.objects.get(pk=judged.pk).evidence == EVIDENCE


@pytest.mark.parametrize("act", ["approve", "reject", "withdraw", "restore"])
def test_a_draft_takes_no_way_but_submission(act):
    episode = make_episode()
    also = {"by": "creator"} if act == "withdraw" else {}
    with pytest.raises(Conflict):
        getattr(services, f"episode_{act}")(episode=episode, now=NOW, **also)
    assert state(episode) == ("draft", 0)


def test_what_is_withdrawn_is_gone_from_sight_and_comes_back_as_it_was():
    episode = services.episode_approve(episode=submitted(), now=NOW)
    services.episode_withdraw(episode=episode, by=Episode.WithdrawnBy.MODERATOR, now=LATER)
    assert state(episode) == ("withdrawn", 0)
    assert not visible_episodes().filter(pk=episode.pk).exists()
    with pytest.raises(Conflict):
        services.episode_withdraw(episode=episode, by=Episode.WithdrawnBy.CREATOR, now=LATER)
    services.episode_restore(episode=episode, now=LATER)
    assert state(episode) == ("published", 1)
    fresh = Episode.objects.get(pk=episode.pk)
    assert (fresh.published_at, fresh.withdrawn_at, fresh.withdrawn_by) == (NOW, None, "")


def test_a_scheduled_episode_withdrawn_and_restored_still_waits():
    episode = services.episode_approve(episode=submitted(release_at=LATER), now=NOW)
    services.episode_withdraw(episode=episode, by=Episode.WithdrawnBy.CREATOR, now=NOW)
    assert services.release_due(now=LATER) == 0
    services.episode_restore(episode=episode, now=NOW)
    assert state(episode) == ("scheduled", 0)
    assert services.release_due(now=LATER) == 1


def test_a_withdrawn_series_hides_its_episodes():
    episode = make_published()
    services.series_withdraw(series=episode.series, now=NOW)
    assert not visible_episodes().exists()
    assert state(episode) == ("published", 1)
    with pytest.raises(Conflict):
        services.series_withdraw(series=episode.series, now=NOW)


def test_the_counter_is_right_after_any_walk_through_the_statuses():
    dice, series = random.Random(7), make_series()
    episodes = [submitted(series=series, number=n, release_at=dice.choice([None, LATER])) for n in range(1, 6)]
    acts = [
        lambda e: services.episode_approve(episode=e, now=NOW),
        lambda e: services.episode_withdraw(episode=e, by=Episode.WithdrawnBy.CREATOR, now=NOW),
        lambda e: services.episode_restore(episode=e, now=dice.choice([NOW, LATER])),
        lambda e: services.release_due(now=LATER),
    ]
    for _ in range(120):
        episode = Episode.objects.get(pk=dice.choice(episodes).pk)
        with contextlib.suppress(Conflict):
            dice.choice(acts)(episode)
        shown = series.episodes.filter(status="published").count()
        assert Series.objects.get(pk=series.pk).published_episodes == shown
