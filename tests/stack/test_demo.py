"""The demo: rows made once and left as they are, episodes taken to the screen by the platform's own services."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from accounts.selectors import is_moderator
from accounts.services.people import user_sign_in
from catalog.models import Episode, Series
from catalog.services import episode_withdraw, series_update
from creators.models import Creator
from generation.cast import cast_of, character_update, screenplay_latest
from generation.models import Render, Screenplay, Step
from moderation.models import AuditEntry, Review
from moderation.services import review_approve, review_reject, reviews_open_pending
from payments.selectors import balance_of
from stack.demo import making, people, running
from stack.demo.making import Stage, Work, begin, look
from stack.demo.people import MODERATOR, PASSWORD, STUDIO, VIEWER, People, people_seed
from stack.demo.running import run
from stack.demo.seeding import episode_seed
from stack.demo.stories import Chapter, Story, all_stories, in_order
from stack.places import StackError
from tests.builders import make_creator, make_moderator
from tests.generation.tiny import drain, install, story
from tests.stack.demo_ear import Quiet

STORIES = all_stories()
# the same series with episodes of a few shots
SHORT = tuple(replace(each, chapters=(Chapter(1, "The Key", story(each.title)),)) for each in STORIES)
OURS = ("accounts", "creators", "catalog", "generation", "moderation", "payments")
URL = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def shelf_of_its_own(settings: Any, tmp_path: Path) -> None:
    local = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "shelf")}}
    settings.STORAGES = settings.STORAGES | {"default": local}


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def folk(db: None) -> People:
    return people_seed(now=timezone.now())


@pytest.fixture
def work(folk: People) -> Work:
    """A short first episode, written and not yet asked for."""
    return fresh(folk, stories=SHORT)


def fresh(folk: People, place: int = 0, stories: tuple[Story, ...] = STORIES) -> Work:
    story, chapter = in_order(stories)[place]
    episode = episode_seed(story=story, chapter=chapter, people=folk, now=timezone.now())
    return Work(story, chapter, episode)


def go(work: Work, folk: People) -> Stage:
    look(work, people=folk, now=timezone.now())
    return work.stage


def rendered(work: Work, folk: People, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    begin(work, people=folk, now=timezone.now())
    drain()


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of ours with all its values."""
    models = [model for app in OURS for model in apps.get_app_config(app).get_models()]
    return {model.__name__: sorted(model.objects.values_list(), key=str) for model in models}


def test_everybody_can_sign_in_and_has_what_they_need(folk: People) -> None:
    for login in (STUDIO, VIEWER, MODERATOR):
        assert user_sign_in(email=login.email, password=PASSWORD).display_name == login.name
    assert is_moderator(user=folk.moderator)
    assert not is_moderator(user=folk.owner)
    assert (folk.moderator.is_superuser, folk.viewer.is_staff) == (False, False)
    assert balance_of(user=folk.viewer, now=timezone.now())["bonus"] == people.COINS


def test_seeding_twice_leaves_the_same_rows(folk: People) -> None:
    for place in range(len(in_order(STORIES))):
        fresh(folk, place)
    before = rows()
    assert (len(before["Series"]), len(before["Episode"]), len(before["Screenplay"])) == (2, 8, 8)
    assert len(before["Character"]) == sum(len(story.cast) for story in STORIES)
    people_seed(now=timezone.now())
    for place in range(len(in_order(STORIES))):
        fresh(folk, place)
    assert rows() == before


def test_a_series_is_what_its_file_says(folk: People) -> None:
    work = fresh(folk)
    series, story = work.episode.series, work.story
    for name in ("title", "synopsis", "language", "maturity", "free_episodes", "price_coins"):
        assert getattr(series, name) == getattr(story, name)
    assert tuple(series.genres) == story.genres
    assert series.look.prompt == story.look.prompt
    cast = cast_of(series)
    for part in story.cast:
        if part.name in cast:
            row = cast[part.name]
            assert (row.look, row.voice, row.seed) == (part.look, part.voice, part.seed)
    assert set(cast) == {"GRACE", "ADRIAN", "IVY"}


def test_what_somebody_changed_stays_as_they_want_it(folk: People) -> None:
    work = fresh(folk)
    series_update(series=work.episode.series, price_coins=77)
    character_update(character=cast_of(work.episode.series)["IVY"], look="a woman in green")
    fresh(folk)
    assert Series.objects.get().price_coins == 77
    assert cast_of(work.episode.series)["IVY"].look == "a woman in green"


@pytest.mark.django_db
def test_production_is_refused_before_anything_is_made(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(StackError, match="production"):
        people_seed(now=timezone.now())
    with pytest.raises(CommandError, match="RW_ENV"):
        call_command("demo")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_handle_of_somebody_else_is_not_taken_over() -> None:
    make_creator(handle=people.HANDLE)
    with pytest.raises(StackError, match="is taken"):
        people_seed(now=timezone.now())
    assert Creator.objects.count() == 1


def test_an_episode_goes_from_its_text_to_the_screen(
    work: Work, folk: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered(work, folk, monkeypatch)
    assert work.stage is Stage.RENDERING
    stages = [go(work, folk) for _ in range(3)]
    assert stages[-1] is Stage.PUBLISHED
    assert work.over
    assert Episode.objects.get().status == Episode.Status.PUBLISHED
    assert Review.objects.get().decided_by == folk.moderator
    trail = AuditEntry.objects.order_by("pk").values_list("action", "actor")
    assert list(trail) == [("review_opened", None), ("review_approved", folk.moderator.subject)]


def test_a_second_run_asks_for_nothing(work: Work, folk: People, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered(work, folk, monkeypatch)
    second = fresh(folk, 1, stories=SHORT)
    rendered(second, folk, monkeypatch)
    while not (work.over and second.over):
        go(work, folk)
        go(second, folk)
    monkeypatch.setattr(running, "all_stories", lambda: SHORT)
    before, shows = rows(), Quiet()
    works = run(url=URL, shows=shows, episodes=1)
    assert [each.stage for each in works] == [Stage.PUBLISHED] * 2
    assert rows() == before
    assert shows.doors_at == [URL]


def test_an_interrupted_run_goes_on_with_the_same_render(
    work: Work, folk: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch)
    begin(work, people=folk, now=timezone.now())
    again = fresh(folk, stories=SHORT)
    begin(again, people=folk, now=timezone.now())
    assert again.render == work.render
    drain()
    steps = Step.objects.count()
    while not again.over:
        go(again, folk)
    assert (Render.objects.count(), Step.objects.count()) == (1, steps)


def test_a_render_that_failed_is_told_and_asked_for_again_in_the_next_run(
    work: Work, folk: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(kind: str, spec: Any, ctx: Any) -> None:
        if kind == "package":
            raise making.DomainError("The disk is full.", remedy="Make room.")

    install(monkeypatch, broken)
    begin(work, people=folk, now=timezone.now())
    drain()
    assert go(work, folk) is Stage.FAILED
    assert work.note == "The disk is full. Make room."
    again = fresh(folk, stories=SHORT)
    rendered(again, folk, monkeypatch)
    while not again.over:
        go(again, folk)
    assert again.stage is Stage.PUBLISHED
    assert list(Render.objects.order_by("pk").values_list("status", flat=True)) == ["failed", "done"]


def test_a_changed_text_is_what_gets_rendered(work: Work, folk: People, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    begin(work, people=folk, now=timezone.now())
    first = screenplay_latest(episode=work.episode)
    assert first is not None
    newer = Screenplay.objects.create(
        episode=work.episode, version=2, source=first.source.replace("Please", "No"), sha256="0" * 64, title="",
        language="en", shot_count=1, estimated_ms=1,
    )
    again = fresh(folk, stories=SHORT)
    begin(again, people=folk, now=timezone.now())
    assert again.render is not None
    assert (again.render == work.render, again.render.screenplay) == (False, newer)


def test_who_decides_first_is_not_overruled(work: Work, folk: People, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered(work, folk, monkeypatch)
    other = make_moderator()
    monkeypatch.setattr(making, "_approve", lambda *_: None)  # the demo is slow, and somebody opens the console
    go(work, folk)
    reviews_open_pending(now=timezone.now())
    review_reject(review=Review.objects.get(), by=other, reason_code="quality", note="Again.", now=timezone.now())
    monkeypatch.undo()
    assert go(work, folk) is Stage.LEFT
    assert work.note == "rejected"
    assert Review.objects.get().decided_by == other


def test_a_withdrawn_episode_stays_withdrawn(work: Work, folk: People, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered(work, folk, monkeypatch)
    while not work.over:
        go(work, folk)
    episode_withdraw(episode=work.episode, by=Episode.WithdrawnBy.CREATOR, now=timezone.now())
    again = fresh(folk, stories=SHORT)
    assert go(again, folk) is Stage.LEFT
    assert Episode.objects.get().status == Episode.Status.WITHDRAWN


def test_an_approval_by_somebody_else_in_the_same_moment_is_no_failure(
    work: Work, folk: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered(work, folk, monkeypatch)

    def quicker(*, review: Review, by: User, now: Any) -> None:
        review_approve(review=Review.objects.get(), by=other, now=now)
        review_approve(review=review, by=by, now=now)

    other = make_moderator()
    monkeypatch.setattr(making, "review_approve", quicker)
    while not work.over:
        go(work, folk)
    assert work.stage is Stage.PUBLISHED
    assert Review.objects.get().decided_by == other
