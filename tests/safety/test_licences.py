"""A licence is held against what the house does, shot by shot."""

from __future__ import annotations

import pytest

from safety.licences import Use, objections

OPEN = {"name": "Apache-2.0", "commercial": "yes", "territories_excluded": [], "verified": True}
SHUT = {"name": "Hunyuan", "commercial": "yes", "territories_excluded": ["EU", "GB", "KR"], "verified": True}
SMALL = {"name": "LTX", "commercial": "below_revenue", "revenue_limit_usd": 10_000_000, "verified": True}
FREE = {"name": "CC-BY-NC-SA-4.0", "commercial": "no", "verified": True}


def evidence(*licences: dict) -> dict:
    """One shot a licence."""
    return {
        "shots": [
            {"number": n, "provenance": {"models": [{"name": f"m{n}", "licences": [licence]}]}}
            for n, licence in enumerate(licences, start=1)
        ]
    }


CASES = [
    (OPEN, Use(), []),
    (SHUT, Use(), ["licence_territory"]),
    (SHUT, Use(("US", "SG")), []),
    (SHUT, Use(("US", "FR")), ["licence_territory"]),
    (SHUT, Use(("KR",)), ["licence_territory"]),
    (SMALL, Use(), ["licence_revenue"]),
    (SMALL, Use(revenue_usd=9_999_999), []),
    (SMALL, Use(revenue_usd=10_000_000), ["licence_revenue"]),
    (FREE, Use(), ["licence_commercial"]),
    (FREE, Use(commercial=False), []),
    (OPEN | {"verified": False}, Use(), ["licence_unverified"]),
    ({}, Use(), ["licence_unverified", "licence_commercial"]),
]


@pytest.mark.parametrize(("licence", "use", "codes"), CASES)
def test_what_a_licence_has_against_a_use(licence: dict, use: Use, codes: list[str]) -> None:
    assert [one.code for one in objections(evidence(licence), use)] == codes


def test_the_shot_and_its_model_are_named() -> None:
    [one] = objections(evidence(OPEN, SHUT, OPEN), Use(("US", "DE", "FR")))
    assert (one.shot, one.model, one.why) == (2, "m2", "Hunyuan does not hold in DE, FR")


def test_a_lora_counts_as_much_as_the_model_below_it() -> None:
    shot = {"number": 4, "provenance": {"models": [{"name": "wan", "licences": [OPEN, FREE]}]}}
    assert [(one.shot, one.code) for one in objections({"shots": [shot]}, Use())] == [(4, "licence_commercial")]


ODD = [None, [], {}, {"shots": "x"}, {"shots": [None, {"provenance": 3}, {"provenance": {}}]}]


@pytest.mark.parametrize("odd", ODD)
def test_evidence_that_names_no_model_is_not_refused(odd: object) -> None:
    assert objections(odd, Use()) == ()
