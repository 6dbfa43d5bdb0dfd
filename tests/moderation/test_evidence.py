"""The checks read frozen evidence of any shape, and point at places in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.evidence import MAX_FINDINGS, check
from moderation.models import Finding

from .conftest import CLEAN


def codes(evidence, duration_ms=45_000):
    return [(one.severity, one.code, one.place) for one in check(evidence, duration_ms=duration_ms)]


def test_clean_evidence_finds_nothing():
    assert codes(CLEAN) == []


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"shots": [{"lines": [{"text": "Go kill yourself."}]}]},
         ("block", "self_harm_method", "shots.0.lines.0.text")),
        ({"screenplay": {"text": "she is skinned alive"}}, ("warning", "gore", "screenplay.text")),
        ({"language": "zh", "title": "加微信"}, ("info", "off_platform", "title")),
        ({"cast": [{"name": "M", "needs_consent": True}]}, ("block", "consent_missing", "cast.0")),
        ({"cast": [{"name": "M", "real_person": True, "consents": []}]}, ("block", "consent_missing", "cast.0")),
        ({"cast": [{"name": "M", "consents": [{"revoked_at": "2026-01-01"}]}]}, ("block", "consent_revoked", "cast.0")),
        ({"models": [{"name": "x"}]}, ("warning", "licence_missing", "models.0")),
        ({"models": [{"name": "x", "licence": "CC-BY-NC-4.0"}]}, ("block", "licence_not_for_sale", "models.0")),
    ],
)
def test_each_check_finds_what_it_is_for(change, finding):
    assert codes(CLEAN | change) == [finding]


def test_a_consent_that_stands_is_enough():
    member = {"name": "M", "needs_consent": True, "consents": [{"kind": "face", "revoked_at": None}]}
    assert codes(CLEAN | {"cast": [member]}) == []


@pytest.mark.parametrize(
    ("duration", "found"), [(19_999, ["too_short"]), (20_000, []), (120_000, []), (120_001, ["too_long"])]
)
def test_an_odd_length_is_a_warning(duration, found):
    assert codes(CLEAN, duration) == [("warning", code, "duration_ms") for code in found]


def test_the_loudest_comes_first_and_the_list_is_bounded():
    shots = [{"prompt": "shit"} for _ in range(MAX_FINDINGS + 50)] + [{"prompt": "sexy child"}]
    found = codes({"shots": shots})
    assert len(found) == MAX_FINDINGS
    assert found[0][:2] == ("block", "minors_sexual")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda part: st.lists(part, max_size=4)
    | st.dictionaries(st.sampled_from(["title", "shots", "cast", "models", "consents", "text", "language"]), part),
    max_leaves=20,
)


@given(JSON, st.integers(0, 10**7))
def test_no_evidence_is_too_odd(evidence, duration):
    for one in check(evidence, duration_ms=duration):
        assert one.severity in Finding.Severity.values
        assert len(one.place) <= 200
        assert len(one.excerpt) <= 200


def test_evidence_nested_without_end_is_not_followed():
    deep: dict = {"text": "shit"}
    for _ in range(500):
        deep = {"shots": deep}
    assert codes(deep) == []
