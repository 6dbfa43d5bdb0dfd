"""What a page of the feed costs: the same for a small catalogue and a large one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Series
from feeds.candidates import hooks
from feeds.models import ViewerSeen
from tests.builders import make_guest
from tests.feeds.pages import everything, page_of
from tests.feeds.shelf import fill_shelf

pytestmark = pytest.mark.django_db


def spoken(captured: CaptureQueriesContext) -> list[str]:
    """The queries without the savepoints that a test's own transaction makes of ours."""
    return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]


@pytest.mark.parametrize("size", [10, 500])
def test_a_page_costs_five_queries_at_most_however_large_the_catalogue(size: int) -> None:
    fill_shelf(size, episodes=2)
    viewer = make_guest()
    with CaptureQueriesContext(connection) as first:
        page = page_of(viewer, limit=5)
    with CaptureQueriesContext(connection) as second:
        page_of(viewer, page.next_cursor, limit=4)
    with CaptureQueriesContext(connection) as retry:
        page_of(viewer, page.next_cursor, limit=4)
    # lock, candidates, episodes, save, access; later pages are planned already, save where the plan runs short
    assert len(spoken(first)) == 5
    assert len(spoken(second)) == (5 if size == 10 else 4)
    assert len(spoken(retry)) == 3


def test_the_row_that_remembers_stays_small() -> None:
    fill_shelf(500, episodes=1)
    viewer = make_guest()
    everything(viewer, limit=100)
    row = ViewerSeen.objects.get(pk=viewer.pk)
    assert len(bytes(row.series)) + len(bytes(row.episodes)) < 4_000


def test_candidates_walk_the_index_of_shown_series_and_never_sort_the_catalogue() -> None:
    fill_shelf(2_000, episodes=1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_series, catalog_episode")
    seen = list(Series.objects.order_by("-pk").values_list("pk", flat=True)[:500])
    plan = hooks(seen)[:100].explain(analyze=True)
    assert "series_shown" in plan
    assert "Sort" not in plan
    assert "Seq Scan" not in plan
