"""Grants bind a subject, a prefix, a scope and an end; every change to them is refused."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Invalid
from media import grants
from media.names import is_clean, new_prefix

from .conftest import NOW

PREFIX = "masters/ab/" + "ab" * 16


def signed(**changes):
    return grants.sign(**({"subject": "s", "prefix": PREFIX, "scope": "play", "now": NOW, "seconds": 600} | changes))


def test_a_grant_says_what_was_signed_until_it_ends():
    grant = signed()
    claims = grants.verify(grant.token, now=NOW + timedelta(seconds=599))
    assert claims == grants.Claims("s", PREFIX, "play", NOW + timedelta(seconds=600), "demo")
    assert grant.expires_at == NOW + timedelta(seconds=600)
    assert grant.refresh_after == NOW + timedelta(seconds=450)
    with pytest.raises(grants.GrantRefused):
        grants.verify(grant.token, now=NOW + timedelta(seconds=600))


def test_every_changed_character_is_refused():
    token = signed().token
    for place, letter in enumerate(token):
        other = "B" if letter != "B" else "C"
        with pytest.raises(grants.GrantRefused):
            grants.verify(token[:place] + other + token[place + 1 :], now=NOW)


def test_a_payload_of_ones_own_is_refused():
    key_id, _, mac = signed().token.split(".")
    payload = base64.urlsafe_b64encode(json.dumps(["s", "masters/zz", "play", 9_999_999_999]).encode()).decode()
    with pytest.raises(grants.GrantRefused):
        grants.verify(f"{key_id}.{payload.rstrip('=')}.{mac}", now=NOW)


@given(st.one_of(st.text(max_size=200), st.from_regex(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}")))
def test_no_made_up_token_is_accepted_or_breaks_anything(token):
    with pytest.raises(grants.GrantRefused):
        grants.verify(token, now=NOW)


def test_keys_rotate_without_ending_running_grants(settings):
    settings.GRANT_KEYS = {"old": "o" * 40}
    running = signed().token
    settings.GRANT_KEYS = {"new": "n" * 40, "old": "o" * 40}
    assert grants.verify(running, now=NOW).key_id == "old"
    assert grants.verify(signed().token, now=NOW).key_id == "new"
    settings.GRANT_KEYS = {"new": "n" * 40}
    with pytest.raises(grants.GrantRefused):
        grants.verify(running, now=NOW)


def test_one_keys_token_does_not_pass_under_anothers_name(settings):
    settings.GRANT_KEYS = {"a": "a" * 40, "b": "b" * 40}
    token = signed().token
    with pytest.raises(grants.GrantRefused):
        grants.verify("b" + token[1:], now=NOW)


@pytest.mark.parametrize("changes", [{"scope": "admin"}, {"seconds": 0}, {"seconds": -1}, {"seconds": 86_401}])
def test_what_is_no_grant_is_not_signed(changes):
    with pytest.raises(ValueError, match="no grant"):
        signed(**changes)


@pytest.mark.parametrize("prefix", ["", "/etc", "a//b", "../a", "a/../b", "a/", ".a", "a\\b", "a\x00b", "ä"])
def test_a_prefix_that_is_none_is_not_signed(prefix):
    with pytest.raises(Invalid):
        signed(prefix=prefix)


def test_prefixes_are_clean_and_never_twice_the_same():
    found = {new_prefix("masters") for _ in range(200)}
    assert len(found) == 200
    assert all(is_clean(prefix) and len(prefix.rpartition("/")[2]) == 32 for prefix in found)
