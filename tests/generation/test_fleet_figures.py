"""The figures of a simulated day: each says how it is known, and what is said by others says by whom and when read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from generation.budget import rates
from generation.fleet import figures
from generation.fleet.figures import OURS, SOURCED

GOOD = OURS.read_text(encoding="utf-8")


def test_every_figure_says_how_it_is_known_and_what_others_say_where() -> None:
    known = figures()
    for place, figure in known.all():
        assert figure.value >= 0, place
        if figure.known in SOURCED:
            source = known.sources[figure.source]
            assert source.url.startswith("https://"), place
            assert re.fullmatch(r"20\d\d-\d\d-\d\d", source.read_on), place
            assert source.title
        else:
            assert figure.source == "", place
        assert figure.note or figure.known in ("published", "assumed"), place


def test_every_source_is_of_some_figure() -> None:
    known = figures()
    used = {figure.source for _, figure in known.all()}
    assert set(known.sources) == used - {""}


def test_every_model_runs_on_machines_that_have_a_price() -> None:
    known = figures()
    assert set(known.models) == {"wan22-ti2v-5b", "wan22-ti2v-5b-fast", "ltx2"}
    for model in known.models.values():
        assert model.machine in model.on
        for machine in model.on:
            price = rates().machines[machine]
            assert price.gpu
            assert price.spot_micros_per_second


def test_what_is_derived_follows_from_what_is_published() -> None:
    known = figures()
    assert known.seconds("wan22-ti2v-5b", "gpu-4090", "latents") == 9 * 60 - 80
    assert known.seconds("wan22-ti2v-5b-fast", "gpu-h100", "latents") == round(4.67 / 3 * 4, 1)
    assert known.seconds("ltx2", "gpu-h100", "latents") == round(40 * 1.22 * 2)


@pytest.mark.parametrize(("what", "instead", "complaint"), [
    ('is = "published"\nsource = "aws-spot"', 'is = "published"', "what is published names source"),
    ('is = "published"\nsource = "aws-spot"', 'is = "published"\nsource = "hearsay"', "names source"),
    ("value = 0.05", "value = -1", "a value of at least 0"),
    ("value = 0.05", 'value = "some"', "could not convert"),
    ('is = "estimated"', 'is = "certain"', "one of published, derived"),
    ("prompt = { value = 3,", "prompts = { value = 3,", "ltx2 on gpu-h100 has no prompt"),
    ("title = \"LTX-2 with sound", "titel = \"LTX-2 with sound", "title"),
    ("[sources.wan22]", "[sources.wan22", "cannot be read"),
])  # fmt: skip
def test_figures_that_cannot_be_right_are_named(tmp_path: Path, what: str, instead: str, complaint: str) -> None:
    assert what in GOOD
    broken = tmp_path / "figures.toml"
    broken.write_text(GOOD.replace(what, instead, 1), encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match=complaint):
        figures(broken)
