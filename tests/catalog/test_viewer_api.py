"""What viewers see: published things, in a bounded number of queries, to any depth, and never where the bytes lie."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Episode, Series
from common.pagination import encode_cursor
from media import storage
from tests.builders import make_creator, make_episode, make_guest, make_master, make_published, make_series

from .conftest import NOW

pytestmark = pytest.mark.django_db


def walk(client, path, limit):
    """Every page from the first to the last."""
    pages, cursor = [], None
    while True:
        answer = client.get(path, {"limit": limit} | ({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.content
        pages.append(answer.json()["results"])
        cursor = answer.json()["next"]
        if cursor is None:
            return pages


def many_series(count):
    """`count` visible series in one insert, some of them published at the same moment."""
    creator = make_creator()
    return Series.objects.bulk_create(
        Series(creator=creator, title=f"雨夜 Rain {n}", language="en", genres=["romance"], published_episodes=1,
               first_published_at=NOW - timedelta(minutes=n // 3))
        for n in range(count)
    )


def test_a_list_of_fifty_takes_few_queries_however_many_there_are(api, django_assert_max_num_queries):
    many_series(60)
    with django_assert_max_num_queries(5):
        answer = api(make_guest()).get("/api/v1/series", {"limit": 50})
    assert len(answer.json()["results"]) == 50
    series = make_series()
    for number in range(1, 53):
        make_published(series, number)
    with django_assert_max_num_queries(5):
        answer = api(make_guest()).get(f"/api/v1/series/{series.uid}/episodes", {"limit": 50})
    assert [row["number"] for row in answer.json()["results"]] == list(range(1, 51))


def test_every_series_is_reached_once_newest_first_even_those_of_one_moment(api):
    made = many_series(25)
    pages = walk(api(make_guest()), "/api/v1/series", 7)
    expected = sorted(made, key=lambda one: (one.first_published_at, one.uid), reverse=True)
    assert [row["uid"] for page in pages for row in page] == [str(one.uid) for one in expected]
    assert [len(page) for page in pages] == [7, 7, 7, 4]


def test_what_is_published_between_two_pages_moves_nothing(api):
    many_series(10)
    client = api(make_guest())
    first = client.get("/api/v1/series", {"limit": 5}).json()
    make_published(published_at=NOW + timedelta(days=1))
    second = client.get("/api/v1/series", {"limit": 5, "cursor": first["next"]}).json()
    seen = [row["uid"] for row in first["results"] + second["results"]]
    assert len(set(seen)) == 10


def test_a_deep_page_reads_no_more_of_the_index_than_a_shallow_one(api):
    made = many_series(3000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_series")
    ordered = sorted(made, key=lambda one: (one.first_published_at, one.uid), reverse=True)
    client, buffers = api(make_guest()), []
    for place in (50, 2900):
        mark = encode_cursor([ordered[place].first_published_at, ordered[place].uid])
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/api/v1/series", {"limit": 20, "cursor": mark}).status_code == 200
        listing = next(q["sql"] for q in queries if "FROM \"catalog_series\"" in q["sql"])
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {listing}")
            plan = cursor.fetchone()[0][0]["Plan"]
        buffers.append(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
    assert buffers[1] <= buffers[0] * 2 + 10


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"cursor": "x"}, {"cursor": encode_cursor([1, 2])},
              {"cursor": encode_cursor(["2026-01-01T00:00:00+00:00", "x"])}, {"cursor": encode_cursor(["a"])},
              {"language": "xx"}, {"genre": "nope"}, {"maturity_max": "5"}],
)
def test_a_bad_question_is_answered_with_400(api, query):
    many_series(2)
    answer = api(make_guest()).get("/api/v1/series", query)
    assert answer.status_code == 400
    assert set(answer.json()["error"]) == {"code", "message", "remedy", "details", "request_id"}


def test_filters_choose(api):
    for language, genres, maturity in (("en", ["romance"], 0), ("zh", ["revenge"], 16)):
        make_published(make_series(language=language, genres=genres, maturity=maturity))
    client = api(make_guest())
    for query in ({"language": "zh"}, {"genre": "revenge"}):
        assert [row["language"] for row in client.get("/api/v1/series", query).json()["results"]] == ["zh"]
    assert [row["maturity"] for row in client.get("/api/v1/series", {"maturity_max": "13"}).json()["results"]] == [0]


@pytest.mark.parametrize(
    ("words", "found"), [("rain", 1), ("RAIN", 1), ("雨夜", 1), ("雨", 1), ("100%", 0), ("_", 0), ("sun", 0)]
)
def test_search_finds_titles_in_both_languages_and_takes_signs_as_they_are(api, words, found):
    make_published(make_series(title="雨夜 Rain at night"))
    make_episode(make_series(title="Rain unseen 雨夜"))
    answer = api(make_guest()).get("/api/v1/search", {"q": words})
    assert [row["title"] for row in answer.json()["results"]] == ["雨夜 Rain at night"] * found


@pytest.mark.parametrize("words", ["", " ", "x" * 61, "a\0b"])
def test_search_without_words_is_refused(api, words):
    assert api(make_guest()).get("/api/v1/search", {"q": words}).status_code == 400


def test_fifty_found_take_few_queries_through_the_trigram_index(api, django_assert_max_num_queries):
    many_series(1000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_series")
    with CaptureQueriesContext(connection) as queries, django_assert_max_num_queries(5):
        assert len(api(make_guest()).get("/api/v1/search", {"q": "Rain 999"}).json()["results"]) == 1
    sql = next(q["sql"] for q in queries if "LIKE" in q["sql"])
    with connection.cursor() as cursor:
        # so few rows are read faster in order: leave the planner only the way it takes for many
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        cursor.execute(f"EXPLAIN {sql}")
        assert "series_title_trigrams" in "\n".join(row[0] for row in cursor.fetchall())


def test_an_episode_shows_what_it_costs_and_its_series(api):
    episode = make_published(make_series(free_episodes=1, price_coins=60), 2)
    card = api(make_guest()).get(f"/api/v1/episodes/{episode.uid}").json()
    assert (card["number"], card["price_coins"], card["duration_ms"]) == (2, 60, 45_000)
    assert card["series"]["uid"] == str(episode.series.uid)
    assert card["series"]["creator"]["handle"] == episode.series.creator.handle
    assert card["poster"] == f"/api/v1/episodes/{episode.uid}/poster.jpg"


@pytest.mark.parametrize("status", ["draft", "in_review", "rejected", "scheduled", "withdrawn"])
def test_what_is_not_published_is_not_there(api, status):
    episode = make_published()
    Episode.objects.filter(pk=episode.pk).update(status=status)
    Series.objects.filter(pk=episode.series_id).update(published_episodes=0)
    client = api(make_guest())
    for path in (f"series/{episode.series.uid}", f"series/{episode.series.uid}/episodes", f"episodes/{episode.uid}",
                 f"episodes/{episode.uid}/poster.jpg", f"series/{episode.series.uid}/poster.jpg"):
        assert client.get(f"/api/v1/{path}").status_code == 404
    assert client.get("/api/v1/series").json() == {"results": [], "next": None}


def test_no_answer_holds_a_storage_key_or_an_inner_id(api):
    episode = make_published(number=2)
    client = api(make_guest())
    for path in ("series", f"series/{episode.series.uid}", f"series/{episode.series.uid}/episodes",
                 f"episodes/{episode.uid}", "search?q=Series"):
        text = json.dumps(client.get(f"/api/v1/{path}").json())
        assert episode.master.prefix not in text
        assert "masters/" not in text
        assert ".m3u8" not in text
        assert '"id"' not in text


@pytest.fixture
def posters(settings, tmp_path: Path):
    """A free first and a locked second episode of one series, each with a poster of its own."""
    local = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"default": local}
    series = make_series(free_episodes=1)
    free, locked = make_published(series, 1), make_published(series, 2)
    for episode, data in ((free, b"free"), (locked, b"locked")):
        storage.put_bytes(f"{episode.master.prefix}/poster.jpg", data, "image/jpeg")
    return free, locked


def test_posters_are_public_and_a_locked_episode_shows_none_of_its_frames(api, posters):
    free, locked = posters
    for path in (f"episodes/{free.uid}", f"episodes/{locked.uid}", f"series/{free.series.uid}"):
        answer = api().get(f"/api/v1/{path}/poster.jpg", headers={"Accept": "image/avif,image/jpeg"})
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content) == b"free"
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["Cache-Control"] == "public, max-age=300"
        assert free.master.prefix not in str(answer.headers)


def test_a_poster_that_a_client_has_is_not_sent_again(api, posters):
    path = f"/api/v1/episodes/{posters[0].uid}/poster.jpg"
    tag = api().get(path)["ETag"]
    again = api().get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert api().head(path)["Content-Length"] == "4"


def test_a_missing_poster_is_a_plain_404(api):
    episode = make_published()
    for uid in (episode.uid, uuid.uuid4()):
        answer = api().get(f"/api/v1/episodes/{uid}/poster.jpg")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_an_unpublished_neighbour_never_lends_its_poster(api, posters):
    free, _ = posters
    hidden = make_episode(free.series, 3)
    make_master(hidden)
    assert api().get(f"/api/v1/episodes/{hidden.uid}/poster.jpg").status_code == 404
    Episode.objects.filter(pk=free.pk).update(status="withdrawn")
    answer = api().get(f"/api/v1/series/{free.series.uid}/poster.jpg")
    assert b"".join(answer.streaming_content) == b"locked"
