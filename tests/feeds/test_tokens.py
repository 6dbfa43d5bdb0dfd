"""What clients carry for us can be neither made nor changed nor lent."""

from __future__ import annotations

import uuid

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from feeds.tokens import Cursor, Shown, read_cursor, read_token, write_cursor, write_token

ME, OTHER, EPISODE = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()


@given(st.uuids(), st.integers(0, 2**32 - 1))
def test_a_cursor_comes_back_as_it_was(slate: uuid.UUID, offset: int) -> None:
    cursor = Cursor(slate, offset)
    assert read_cursor(write_cursor(cursor, subject=ME), subject=ME) == cursor


@pytest.mark.parametrize("kind", ["hook", "continue"])
def test_a_token_says_where_the_item_stood(kind: str) -> None:
    shown = Shown(uuid.uuid4(), 17, kind)
    token = write_token(shown, subject=ME, episode=EPISODE)
    assert read_token(token, subject=ME, episode=EPISODE) == shown


def test_a_token_is_good_for_one_viewer_and_one_episode_only() -> None:
    token = write_token(Shown(uuid.uuid4(), 17, "hook"), subject=ME, episode=EPISODE)
    assert read_token(token, subject=OTHER, episode=EPISODE) is None
    assert read_token(token, subject=ME, episode=uuid.uuid4()) is None


def test_a_cursor_is_no_token_and_the_other_way_round() -> None:
    cursor = write_cursor(Cursor(uuid.uuid4(), 3), subject=ME)
    token = write_token(Shown(uuid.uuid4(), 3, "hook"), subject=ME, episode=EPISODE)
    assert read_token(cursor, subject=ME, episode=EPISODE) is None
    assert read_cursor(token, subject=ME) is None
    assert read_cursor(cursor, subject=OTHER) is None


def test_every_changed_letter_is_noticed() -> None:
    token = write_token(Shown(uuid.uuid4(), 17, "hook"), subject=ME, episode=EPISODE)
    for place, letter in enumerate(token):
        for other in "AQgw_-":
            changed = token[:place] + other + token[place + 1 :]
            if other != letter:
                assert read_token(changed, subject=ME, episode=EPISODE) is None, (place, other)


@given(st.text(max_size=120))
def test_any_other_text_is_refused_without_an_error(text: str) -> None:
    assert read_cursor(text, subject=ME) is None
    assert read_token(text, subject=ME, episode=EPISODE) is None


def test_another_secret_key_ends_them() -> None:
    cursor = write_cursor(Cursor(uuid.uuid4(), 3), subject=ME)
    with override_settings(SECRET_KEY="another key altogether, long enough to be one"):
        assert read_cursor(cursor, subject=ME) is None
