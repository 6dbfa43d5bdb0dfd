"""One line of a 40-shot episode is edited, and exactly the steps that it touches run: asserted by key, on real rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from generation.engines.base import LookSpec
from generation.models import Character, Look, Render, Step, StepAttempt
from generation.quotes import render_quote
from tests.builders import make_creator, make_episode, make_series, make_user
from tests.generation.tiny import drain, request_for, statuses, written

pytestmark = pytest.mark.django_db
SHOTS, FEW = 40, 12
WHOLE = {"sound", "join", "poster", "package"}


def talk(shots: int = FEW, *, line: str = "This is what I said at door 3.", title: str = "The Long Way") -> str:
    """Rooms of two shots: the room with somebody in it, and what they say. IRIS is in every third."""
    parts = [f"Title: {title}\n"]
    for n in range(shots // 2):
        who = "IRIS" if n % 3 == 0 else "MARA"
        said = line if n == 3 else f"This is door number {n} of many."
        parts.append(f"INT. ROOM {n} - DAY\n\n{who} looks at door {n}.\n\n{who}\n{said}\n")
    return "\n".join(parts)


def quote(episode: Any) -> dict[str, Any]:
    return render_quote(episode=episode, profile="animatic", now=timezone.now())


def keys_by_label(render: Render) -> dict[str, str]:
    return dict(render.links.values_list("label", "step__key"))


def ran_since(attempts: int) -> list[str]:
    """Keys of the steps that ran after so many attempts, in order."""
    return list(StepAttempt.objects.order_by("pk").values_list("step__key", flat=True)[attempts:])


@pytest.fixture
def made(tiny: list[str], request: Any) -> tuple[Any, Render]:
    """The episode, rendered once."""
    shots = getattr(request, "param", FEW)
    episode = written(talk(shots))
    render = request_for(episode)
    drain()
    render.refresh_from_db()
    assert render.status == "done"
    assert len([label for label in statuses(render) if label.startswith("shot")]) == shots
    tiny.clear()
    return episode, render


def edited(episode: Any, source: str) -> tuple[Render, dict[str, Any], set[str]]:
    """Save, ask for the price, render; returns render, quote, and the labels that ran, which must be as quoted."""
    written(source, episode)
    said, before = quote(episode), StepAttempt.objects.count()
    render = request_for(episode)
    drain()
    render.refresh_from_db()
    assert render.status == "done"
    labels = {key: label for label, key in keys_by_label(render).items()}
    keys = ran_since(before)
    assert len(keys) == len(set(keys)) == said["steps_to_run"] == sum(kind["steps"] for kind in said["kinds"])
    return render, said, {labels[key] for key in keys}


@pytest.mark.parametrize("made", [SHOTS], indirect=True)
def test_one_edited_line_of_forty_shots_runs_exactly_its_steps_by_key(made: Any, tiny: list[str]) -> None:
    episode, first = made
    old = keys_by_label(first)
    render, said, ran = edited(episode, talk(SHOTS, line="Nobody ever said this at door 3."))
    new = keys_by_label(render)
    (voice,) = (label for label in ran if label.startswith("voice"))
    n = int(voice.split()[1].split(".")[0])
    assert ran == {voice, f"shot {n}", f"ladder {n}", *WHOLE}
    assert {label for label in new if new[label] != old[label]} == ran
    assert sorted(tiny) == sorted(label.split()[0] for label in ran)
    assert (said["shots_touched"], said["shots_dragged"], said["shots_total"]) == ([n], [], SHOTS)
    assert said["reasons"] == [{"shot": n, "why": "words"}]
    assert said["steps_total"] == len(new)
    assert StepAttempt.objects.exclude(outcome="done").count() == 0


def test_a_title_writes_the_package_anew_and_nothing_with_a_picture(made: Any, tiny: list[str]) -> None:
    episode, first = made
    render, said, ran = edited(episode, talk(title="The Longer Way"))
    assert (ran, tiny, said["shots_touched"]) == ({"package"}, ["package"], [])
    assert render.master_id != first.master_id


def test_a_note_and_an_empty_line_run_nothing(made: Any, tiny: list[str]) -> None:
    episode, first = made
    render, said, ran = edited(episode, talk().replace("INT. ROOM 2", "\n[[slower]]\n\n\nINT. ROOM 2"))
    assert (ran, tiny, said["steps_to_run"], said["cost_micros"]) == (set(), [], 0, 0)
    assert (render.final_key, render.master_id) == (first.final_key, first.master_id)
    assert said["finish_seconds"] == 0


def test_a_new_look_of_somebody_runs_the_shots_that_show_them(made: Any, tiny: list[str]) -> None:
    episode, first = made
    Character.objects.filter(series=episode.series, name="IRIS").update(look="silver hair, a white coat")
    _, said, ran = edited(episode, talk())
    shown = {
        link.shot for link in first.links.filter(step__kind="shot").select_related("step")
        if "IRIS" in [member["name"] for member in link.step.spec["cast"]]
    }
    assert len(shown) == FEW // 3
    assert ran == {f"{kind} {n}" for n in shown for kind in ("shot", "ladder")} | WHOLE
    assert (set(said["shots_touched"]), {row["why"] for row in said["reasons"]}) == (shown, {"character"})
    assert "voice" not in tiny


def test_the_look_of_the_series_costs_nothing_where_the_engine_does_not_read_it(made: Any, tiny: list[str]) -> None:
    episode, _ = made
    look = LookSpec("noir", "hard light", "")
    Look.objects.update_or_create(series=episode.series, defaults={"style": look.style, "prompt": look.prompt})
    assert quote(episode)["steps_to_run"] == 0


def test_going_back_to_the_old_words_runs_nothing(made: Any, tiny: list[str]) -> None:
    episode, first = made
    edited(episode, talk(line="Nobody ever said this at door 3."))
    tiny.clear()
    render, said, ran = edited(episode, talk())
    assert (ran, tiny, said["steps_to_run"], render.final_key) == (set(), [], 0, first.final_key)


def test_another_creators_same_words_are_made_for_them_alone(made: Any, tiny: list[str]) -> None:
    _, first = made
    other = written(talk(), episode=make_episode(make_series(make_creator(make_user()))))
    assert quote(other)["steps_to_run"] == quote(other)["steps_total"]
    render = request_for(other)
    assert render.links.filter(reused=True).count() == 0
    mine = Step.objects.filter(creator=first.creator_id)
    assert not mine.filter(pk__in=render.links.values("step_id")).exists()
