"""Two moderators at once, on a real PostgreSQL."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from catalog.models import Episode, Series
from common.errors import Conflict
from moderation import services
from moderation.models import AuditEntry, Review
from tests.builders import make_moderator

from .conftest import NOW, opened, submit

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


def test_of_two_who_decide_at_once_one_decides_and_one_is_told():
    for _ in range(5):
        review = opened()
        people = [make_moderator(), make_moderator()]

        def approve(review=review, by=people[0]):
            return services.review_approve(review=Review.objects.get(pk=review.pk), by=by, now=NOW).status

        def reject(review=review, by=people[1]):
            mine = Review.objects.get(pk=review.pk)
            return services.review_reject(review=mine, by=by, reason_code="hate", note="", now=NOW).status

        done = all_at_once(approve, reject)
        assert sum(isinstance(one, Conflict) for one in done) == 1, done
        won = next(one for one in done if not isinstance(one, Conflict))
        fresh = Review.objects.select_related("episode__series").get(pk=review.pk)
        assert fresh.status == won
        assert fresh.decided_by == people[0 if won == "approved" else 1]
        assert fresh.episode.status == ("published" if won == "approved" else "rejected")
        assert fresh.episode.series.published_episodes == (won == "approved")
        assert AuditEntry.objects.filter(review_uid=review.uid).count() == 2


def test_two_over_http_get_200_and_409(api):
    review = opened()
    path = f"/api/v1/moderation/reviews/{review.uid}/approve"
    people = [make_moderator(), make_moderator()]
    codes = all_at_once(*[lambda who=who: api(who).post(path, {}, format="json").status_code for who in people])
    assert sorted(codes) == [200, 409]
    assert AuditEntry.objects.filter(action="review_approved").count() == 1


def test_six_processes_that_open_reviews_open_each_once():
    for _ in range(4):
        submit()
    counts = all_at_once(*[lambda: services.reviews_open_pending(now=NOW)] * 6)
    assert sum(counts) == 4, counts
    assert Review.objects.count() == AuditEntry.objects.count() == 4


def test_of_a_takedown_and_a_withdrawal_at_once_one_counts():
    from catalog import services as catalog

    review = opened()
    services.review_approve(review=review, by=make_moderator(), now=NOW)
    by = make_moderator()

    def fetch():
        return Episode.objects.get(pk=review.episode_id)

    done = all_at_once(
        lambda: services.episode_take_down(episode=fetch(), by=by, reason_code="hate", note="", now=NOW),
        lambda: catalog.episode_withdraw(episode=fetch(), by=Episode.WithdrawnBy.CREATOR, now=NOW),
    )
    assert sum(isinstance(one, Conflict) for one in done) == 1
    assert Series.objects.get(pk=review.episode.series_id).published_episodes == 0
