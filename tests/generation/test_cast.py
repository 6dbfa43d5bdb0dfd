"""Screenplay versions, the characters they bring, and what belongs to them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from common.errors import Conflict, Invalid, NotFound
from generation import cast, voices
from generation.models import Character, Consent, Look, Screenplay
from generation.screenplay import ScreenplayError
from tests.builders import make_episode, make_series, make_user

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ENGLISH = "INT. KITCHEN - NIGHT\n\nANNA\nYou lied.\n\nBEN\nI had to.\n"
CHINESE = "内景 客厅 夜\n李明：你来了。\n旁白：她没有说话。\n"


def save(episode, source=ENGLISH, by=None) -> Screenplay:
    return cast.screenplay_save(episode=episode, source=source, by=by, now=NOW)


@pytest.mark.django_db
def test_a_first_save_makes_version_one_with_what_was_read():
    episode, writer = make_episode(), make_user()
    saved = save(episode, "Title: Ours\n\n" + ENGLISH, writer)
    saved.refresh_from_db()
    assert (saved.version, saved.title, saved.language, saved.created_by) == (1, "Ours", "en", writer)
    assert (saved.created_at, saved.source) == (NOW, "Title: Ours\n\n" + ENGLISH)
    story = cast.story_read(source=saved.source)
    assert (saved.shot_count, saved.estimated_ms) == (len(story.shots), story.estimated_ms)
    assert cast.screenplay_latest(episode=episode) == saved


@pytest.mark.django_db
def test_the_same_text_makes_no_new_version_and_another_one_does():
    episode = make_episode()
    first = save(episode)
    assert save(episode) == first
    assert save(episode, ENGLISH.encode()) == first
    second = save(episode, ENGLISH + "\nBEN\nSorry.\n")
    assert second.version == 2
    assert save(episode).version == 3, "going back is a new version too"
    assert cast.screenplay_version(episode=episode, version=2) == second
    assert cast.screenplay_version(episode=episode).version == 3
    with pytest.raises(NotFound):
        cast.screenplay_version(episode=episode, version=4)


@pytest.mark.django_db
def test_speakers_become_characters_with_a_stable_seed_and_a_voice_of_their_language():
    series = make_series(language="zh")
    save(make_episode(series), CHINESE)
    members = cast.cast_of(series)
    assert set(members) == {"李明", "旁白"}
    li = members["李明"]
    assert li.seed == cast.appearance_seed(series.uid, "李明")
    assert li.voice in voices.available("zh")
    assert li.look == ""
    li.voice = voices.available("zh")[-1]
    li.save()
    save(make_episode(series, 2), CHINESE + "李明：走吧。\n王芳：好。\n")
    again = cast.cast_of(series)
    assert (again["李明"].pk, again["李明"].voice) == (li.pk, li.voice)
    assert len(again) == 3


@pytest.mark.django_db
def test_a_speaker_in_another_case_is_the_same_character():
    series = make_series()
    save(make_episode(series))
    save(make_episode(series, 2), ENGLISH.replace("ANNA", "@Anna"))
    members = cast.cast_of(series)
    assert members["Anna"] == members["ANNA"]
    assert Character.objects.filter(series=series).count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "source", ["", b"\x00", "INT. A - DAY\n\nANNA\n\nx.", "x" * 300_000, "INT. A\n\n" + "[[" * 50_000],
    ids=["empty", "binary", "no words", "big", "hostile"],
)  # fmt: skip
def test_what_cannot_be_read_leaves_nothing_behind(source):
    episode = make_episode()
    first = save(episode)
    with pytest.raises(ScreenplayError) as refused:
        save(episode, source)
    assert refused.value.details["line"] >= 1
    assert cast.screenplay_latest(episode=episode) == first
    assert Character.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("beats", "line"), [(cast.MAX_SHOTS + 1, 603), (2_000, 2 * cast.MAX_ELEMENTS + 1)])
def test_more_shots_than_an_episode_may_have_are_refused(beats, line):
    with pytest.raises(ScreenplayError) as refused:
        save(make_episode(), "INT. A - DAY\n\n" + "Anna runs.\n\n" * beats)
    assert (refused.value.code, refused.value.details) == ("screenplay_too_big", {"line": line})
    assert not Screenplay.objects.exists()


@pytest.mark.django_db
def test_reading_a_cast_is_one_query(django_assert_num_queries):
    series = make_series()
    save(make_episode(series))
    with django_assert_num_queries(1):
        assert len(cast.cast_of(series)) == 2


@pytest.mark.django_db(transaction=True)
def test_two_editors_who_save_together_get_two_versions():
    episode = make_episode()
    texts = [ENGLISH.replace("lied", word) for word in ("lied", "left", "cried", "tried")]
    start, versions, failures = threading.Barrier(len(texts)), [], []

    def work(text: str) -> None:
        try:
            start.wait()
            versions.append(save(episode, text).version)
        except Exception as failure:  # shown by the assertion below
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(text,)) for text in texts]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert failures == []
    assert sorted(versions) == [1, 2, 3, 4]
    assert Character.objects.count() == 2


@pytest.mark.django_db
def test_a_renamed_character_is_still_found_by_the_old_name():
    series = make_series()
    save(make_episode(series))
    anna = cast.cast_of(series)["ANNA"]
    anna = cast.character_update(character=anna, name="Anna Hale", aliases=["Annie"], look="red coat")
    assert (anna.name, anna.aliases, anna.look) == ("Anna Hale", ["ANNA", "Annie"], "red coat")
    members = cast.cast_of(series)
    assert members["ANNA"] == members["Annie"] == members["Anna Hale"] == anna
    save(make_episode(series, 2))
    assert Character.objects.filter(series=series).count() == 2


@pytest.mark.django_db
def test_a_name_that_another_character_has_is_refused():
    series = make_series()
    save(make_episode(series))
    anna = cast.cast_of(series)["ANNA"]
    for change in ({"name": "ben"}, {"aliases": ["Ben"]}):
        with pytest.raises(Conflict):
            cast.character_update(character=anna, **change)
    fresh = Character.objects.get(pk=anna.pk)
    assert (fresh.name, fresh.aliases) == ("ANNA", [])


@pytest.mark.django_db
def test_a_voice_that_is_not_there_is_refused_before_anything_changes():
    series = make_series()
    save(make_episode(series))
    anna = cast.cast_of(series)["ANNA"]
    with pytest.raises(voices.MissingVoice):
        cast.character_update(character=anna, voice="nobody", look="new")
    fresh = Character.objects.get(pk=anna.pk)
    assert (fresh.voice, fresh.look) == (anna.voice, "")


@pytest.mark.django_db
def test_a_series_has_one_look_and_a_default_until_it_is_set():
    series = make_series()
    assert (cast.look_of(series=series).style, Look.objects.count()) == ("cinematic", 0)
    cast.look_set(series=series, style="noir", prompt="rain", negative_prompt="")
    cast.look_set(series=series, style="noir", prompt="fog", negative_prompt="text")
    look = cast.look_of(series=series)
    assert (look.style, look.prompt, look.negative_prompt, Look.objects.count()) == ("noir", "fog", "text", 1)


@pytest.mark.django_db
def test_a_consent_is_withdrawn_once_and_stays_on_record():
    series, owner = make_series(), make_user()
    save(make_episode(series))
    anna = cast.cast_of(series)["ANNA"]
    given = {"character": anna, "subject_name": "A. Person", "document": "consents/1.pdf", "by": owner, "now": NOW}
    consent = cast.consent_grant(kind="face", **given)
    cast.consent_revoke(consent=consent, now=NOW)
    with pytest.raises(Conflict):
        cast.consent_revoke(consent=consent, now=datetime(2027, 1, 1, tzinfo=UTC))
    assert Consent.objects.get().revoked_at == NOW
    with pytest.raises(Invalid):
        cast.consent_grant(kind="soul", **given)
    assert Consent.objects.count() == 1
