"""An episode whose model's licence forbids what the house does is refused, by shot; and nothing changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.models import Episode
from generation.engines.diffusion.cards import model_card
from generation.models import Artifact, Render
from generation.services import episode_submit
from moderation.models import AuditEntry, Review
from moderation.services import review_approve
from safety.gate import LicenceForbids
from tests.builders import make_user
from tests.generation.tiny import asked, drain, install

pytestmark = pytest.mark.django_db


def done_with(model: str, monkeypatch: pytest.MonkeyPatch, shots: tuple[int, ...]) -> Render:
    """A done render of which some shots say that a model made them."""
    install(monkeypatch)
    render = asked()
    drain()
    made = [{"name": model, "licences": [one.to_json() for one in model_card(model).licences()]}]
    for number in shots:
        key = render.links.get(label=f"shot {number}").step.key
        artifact = Artifact.objects.get(key=key)
        artifact.meta = artifact.meta | {"provenance": {"engine": "diffusion", "models": made}}
        artifact.save(update_fields=["meta"])
    render.refresh_from_db()
    return render


def submit(render: Render) -> Episode:
    return episode_submit(episode=render.episode, render=render, by=make_user(), now=timezone.now())


@pytest.mark.parametrize(
    ("model", "code"), [("hunyuan15", "licence_territory"), ("ltx2", "licence_revenue")]
)
def test_a_forbidding_licence_refuses_the_episode_and_names_the_shots(
    model: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    render = done_with(model, monkeypatch, (2, 4))
    with pytest.raises(LicenceForbids, match="Shot 2, 4: ") as refused:
        submit(render)
    told = refused.value.details["objections"]
    assert {(one["shot"], one["model"]) for one in told} == {(2, model), (4, model)}
    assert code in {one["code"] for one in told}
    episode = Episode.objects.get(pk=render.episode_id)
    assert (episode.status, episode.master) == (Episode.Status.DRAFT, None)
    assert not Review.objects.exists()


def test_the_same_episode_is_taken_where_the_licence_holds(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.HOUSE_USE = {"territories": ("US",), "commercial": True, "revenue_usd": 100_000}
    card = model_card("hunyuan15")
    verified = replace(card, licence=replace(card.licence, verified=True))
    monkeypatch.setattr("tests.diffusion.test_publish_gate.model_card", lambda name: verified)
    assert submit(done_with("hunyuan15", monkeypatch, (1,))).status == Episode.Status.IN_REVIEW


def test_no_note_of_a_moderator_overrules_a_licence(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """The house may have begun to show in Germany between submission and approval."""
    settings.HOUSE_USE = {"territories": ("US",)}
    card = model_card("hunyuan15")
    verified = replace(card, licence=replace(card.licence, verified=True))
    monkeypatch.setattr("tests.diffusion.test_publish_gate.model_card", lambda name: verified)
    episode = submit(done_with("hunyuan15", monkeypatch, (3,)))
    review = Review.objects.create(master=episode.master, episode=episode, rules_version="1")
    settings.HOUSE_USE = {"territories": ("US", "DE")}
    trail = AuditEntry.objects.count()
    moderator: User = make_user()
    with pytest.raises(LicenceForbids, match=r"Shot 3: .* does not hold in DE"):
        review_approve(review=review, by=moderator, now=timezone.now(), note="let it pass")
    review.refresh_from_db()
    episode.refresh_from_db()
    assert (review.status, episode.status, AuditEntry.objects.count()) == ("pending", "in_review", trail)


def test_an_episode_of_open_models_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert submit(done_with("wan22-ti2v-5b", monkeypatch, (1, 2))).status == Episode.Status.IN_REVIEW
