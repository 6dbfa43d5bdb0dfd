"""Takes: a shot rolled again, kept, chosen, and gone back from; nothing else is made for it."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from catalog.models import Master
from common.errors import Conflict, NotFound
from creators.models import Member
from generation.boards import render_shots, renders_of
from generation.models import Artifact, Render, ShotTake, Step
from generation.services import episode_submit
from generation.takes import MAX_TAKES, take_choose, take_request, takes_of
from media.grants import verify
from tests.builders import make_creator, make_episode, make_guest, make_series, make_user
from tests.generation import tiny as work
from tests.generation.tiny import drain, request_for, statuses, story, written

pytestmark = pytest.mark.django_db


def shown(episode: Any) -> list[dict[str, Any]]:
    return takes_of(episode=episode, profile="animatic", subject="me", now=timezone.now())


def rolled(episode: Any, shot: int, profile: str = "animatic") -> ShotTake:
    ref = shown(episode)[shot - 1]["shot_ref"]
    return take_request(episode=episode, shot_ref=ref, profile=profile, by=None, now=timezone.now())


def choose(episode: Any, ref: str, number: int) -> None:
    take_choose(episode=episode, shot_ref=ref, number=number, by=None, now=timezone.now())


def spoken_shot(episode: Any) -> int:
    """A shot in which somebody speaks."""
    render = request_for(episode)
    return int(next(label.split()[1].split(".")[0] for label in statuses(render) if label.startswith("voice")))


def test_a_take_is_the_voices_and_the_clip_of_its_shot_and_no_master(tiny: list[str]) -> None:
    episode = written()
    shot = next(row["shot"] for row in shown(episode))
    take = rolled(episode, shot)
    assert (take.number, take.render.kind, take.render.status) == (2, "shot", "queued")
    assert set(take.render.links.values_list("step__kind", flat=True)) <= {"voice", "shot"}
    drain()
    take.render.refresh_from_db()
    assert (take.render.status, take.render.percent, take.render.master) == ("done", 100.0, None)
    assert tiny.count("shot") == 1
    assert set(tiny) <= {"voice", "shot"}
    assert [event.kind for event in take.render.events.order_by("seq")][-1] == "done"
    assert Master.objects.count() == 0


def test_a_chosen_take_is_what_the_next_render_draws_and_going_back_makes_nothing_anew(tiny: list[str]) -> None:
    episode = written()
    shot = spoken_shot(episode)
    drain()
    first = Render.objects.get()
    take = rolled(episode, shot)
    drain()
    assert tiny.count("shot") == len(shown(episode)) + 1
    tiny.clear()
    assert (request_for(episode).final_key, drain()) == (first.final_key, 0)  # rolled is not chosen

    choose(episode, take.shot_ref, 2)
    second = request_for(episode)
    ran = set(second.links.filter(reused=False).values_list("label", flat=True))
    assert ran == {f"ladder {shot}", "sound", "join", "poster", "package"}  # the clip is the take's own
    drain()
    assert second.links.get(label=f"shot {shot}").step.key == take.render.final_key
    tiny.clear()

    choose(episode, take.shot_ref, 1)
    third = request_for(episode)
    assert third.final_key == first.final_key
    assert third.links.filter(reused=False).count() == 0
    assert (third.status, drain(), tiny) == ("done", 0, [])
    assert episode.masters.count() == 2


def test_a_take_outlives_an_edit_of_its_words_and_of_another_scene(tiny: list[str]) -> None:
    episode = written()
    shot = spoken_shot(episode)
    drain()
    take = rolled(episode, shot)
    drain()
    choose(episode, take.shot_ref, 2)
    front = "INT. CELLAR - DAY\n\nMARA\nSomebody was here before me.\n\nINT. HALLWAY - NIGHT"
    written(story("It has his name on it.").replace("INT. HALLWAY - NIGHT", front), episode)
    render = request_for(episode)
    seeds = {link.step.spec["seed"] for link in render.links.filter(step__kind="shot").select_related("step")}
    assert take.seed in seeds
    assert next(row for row in shown(episode) if row["shot_ref"] == take.shot_ref)["chosen"] == 2


def test_the_takes_of_a_shot_are_told_with_signed_pictures(tiny: list[str]) -> None:
    episode = written()
    before = shown(episode)
    assert {row["chosen"] for row in before} == {1}
    assert [take["status"] for row in before for take in row["takes"]] == ["none"] * len(before)
    request_for(episode)
    assert {take["status"] for row in shown(episode) for take in row["takes"]} == {"queued"}
    drain()
    take = rolled(episode, 1)
    Artifact.objects.filter(kind="shot").update(files=[{"name": "clip.mp4", "size": 1, "sha256": ""}])
    one, two = shown(episode)[0]["takes"]
    assert (one["number"], one["status"], one["render"], one["duration_ms"]) == (1, "done", None, 3000)
    assert (two["number"], two["status"], two["render"], two["clip"]) == (2, "queued", str(take.render.uid), None)
    assert two["seed"] == take.seed != one["seed"]
    token, name = one["clip"].removeprefix("/m/").split("/")
    claims = verify(token, now=timezone.now())
    assert (claims.scope, claims.subject, name, one["preview"]) == ("preview", "me", "clip.mp4", None)
    drain()
    assert [t["status"] for t in shown(episode)[0]["takes"]] == ["done", "done"]
    assert [t["status"] for t in shown(episode)[1]["takes"]] == ["done"]


def test_telling_takes_asks_as_often_for_many_as_for_few(tiny: list[str], django_assert_max_num_queries: Any) -> None:
    episode = written()
    request_for(episode)
    drain()
    with django_assert_max_num_queries(7):
        shown(episode)
    for shot in (1, 1, 2, 2, 3):
        choose(episode, (take := _made(rolled(episode, shot))).shot_ref, take.number)
    with django_assert_max_num_queries(7):
        shown(episode)


def _made(take: ShotTake) -> ShotTake:
    drain()
    return take


def test_a_shot_has_so_many_takes_and_what_is_not_there_is_refused_and_nothing_stored(tiny: list[str]) -> None:
    episode = written()
    with pytest.raises(NotFound):
        take_request(episode=episode, shot_ref="f" * 64, profile="animatic", by=None, now=timezone.now())
    ref = shown(episode)[0]["shot_ref"]
    with pytest.raises(NotFound):
        choose(episode, ref, 2)
    assert (Render.objects.count(), Step.objects.count()) == (0, 0)
    take = rolled(episode, 1)
    with pytest.raises(Conflict) as early:
        choose(episode, ref, 2)
    assert early.value.code == "take_not_done"
    assert not ShotTake.objects.filter(chosen=True).exists()
    ShotTake.objects.filter(pk=take.pk).update(number=MAX_TAKES)
    with pytest.raises(Conflict) as full:
        rolled(episode, 1)
    assert (full.value.code, ShotTake.objects.count(), Render.objects.count()) == ("too_many_takes", 1, 1)


def test_a_take_is_no_episode_it_is_not_listed_and_cannot_be_submitted(tiny: list[str]) -> None:
    episode = written()
    take = rolled(episode, 2)
    drain()
    take.render.refresh_from_db()
    assert renders_of(episode=episode) == []
    assert [row["number"] for row in render_shots(render=take.render, subject="me", now=timezone.now())] == [2]
    with pytest.raises(Exception, match="one shot"):
        episode_submit(episode=episode, render=take.render, by=make_user(), now=timezone.now())
    episode.refresh_from_db()
    assert episode.status == "draft"


def test_only_members_see_roll_and_choose(api: Any, tiny: list[str]) -> None:
    owner, editor = make_user(), make_user()
    episode = written(episode=make_episode(make_series(make_creator(owner))))
    Member.objects.create(creator=episode.series.creator, user=editor, role="editor")
    path = f"/api/v1/studio/episodes/{episode.uid}/takes"
    ref = shown(episode)[0]["shot_ref"]
    two = {"shot_ref": ref, "number": 2}
    calls = [("get", path, {}), ("post", path, {"shot_ref": ref}), ("put", f"{path}/choice", two)]
    for user, code in ((None, 401), (make_guest(), 403), (make_user(), 404)):
        for method, where, body in calls:
            client = api(user) if user else api()
            assert getattr(client, method)(where, body, format=None if method == "get" else "json").status_code == code
    assert (Render.objects.count(), ShotTake.objects.count()) == (0, 0)

    made = api(editor).post(path, {"shot_ref": ref, "profile": "animatic"}, format="json")
    assert (made.status_code, made.json()["number"], made.json()["status"]) == (201, 2, "queued")
    assert api(editor).put(calls[2][1], calls[2][2], format="json").json()["error"]["code"] == "take_not_done"
    drain()
    assert api(editor).put(calls[2][1], calls[2][2], format="json").status_code == 200
    answer = api(owner).get(path, {"profile": "animatic"}).json()["shots"][0]
    assert (answer["shot"], answer["shot_ref"], answer["chosen"]) == (1, ref, 2)
    assert [take["status"] for take in answer["takes"]] == ["none", "done"]


@pytest.mark.parametrize(("body", "code"), [
    ({"shot_ref": "../x"}, "invalid"), ({"shot_ref": "f" * 64}, "not_found"), ({}, "invalid"),
    ({"shot_ref": "f" * 64, "profile": "imax"}, "unknown_profile"),
])
def test_a_bad_roll_is_refused(studio: Any, body: dict[str, str], code: str) -> None:
    client, episode = studio
    answer = client.post(f"/api/v1/studio/episodes/{episode.uid}/takes", body, format="json")
    assert answer.json()["error"]["code"] == code
    assert Render.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_roll_at_once_get_two_takes(tiny: list[str]) -> None:
    episode = written()
    ref = shown(episode)[0]["shot_ref"]
    barrier, failed = threading.Barrier(4), []

    def roll() -> None:
        try:
            barrier.wait()
            take_request(episode=episode, shot_ref=ref, profile="animatic", by=None, now=timezone.now())
        except Exception as error:  # a thread's failure has to be seen
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=roll) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert list(ShotTake.objects.order_by("number").values_list("number", flat=True)) == [2, 3, 4, 5]
    assert ShotTake.objects.values("seed").distinct().count() == 4
    assert work.drain() > 0
    assert set(Render.objects.values_list("status", flat=True)) == {"done"}
