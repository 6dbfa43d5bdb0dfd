"""What nothing refers to is freed, and nothing else: every reason to stay, orphans, both stores, and the command."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from catalog.models import Master
from generation.artifacts import collect as collecting
from generation.artifacts.collect import Hunt, Place, Report, collect
from generation.models import Artifact, Batch, Render, ShotTake
from generation.services import episode_submit
from generation.tasks import collect_artifacts
from media import storage
from tests.builders import make_user
from tests.generation.tiny import asked, drain, install, request_for, written
from tests.media.conftest import twin, twin_of_all, twin_storage  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
KEEP = timedelta(days=14)
LATER = timedelta(days=30)


def short(line: str) -> str:
    """One shot: what is kept or freed does not hang on how many there are."""
    return f"INT. HALLWAY - NIGHT\n\nA wet envelope lies under the door.\n\nMARA\n{line}\n"


def hunt(*, later: timedelta = LATER, dry_run: bool = False) -> Hunt:
    return Hunt(timezone.now() + later, KEEP, dry_run)


def files() -> set[str]:
    root = storage.local_root()
    assert root is not None
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def keys() -> set[str]:
    return set(Artifact.objects.values_list("key", flat=True))


def own(render: Render) -> set[str]:
    return set(render.steps.values_list("key", flat=True))


@pytest.fixture
def edited(monkeypatch):
    """An episode rendered, edited, rendered again: (the old render, the new one), both done."""
    install(monkeypatch)
    episode = written(short("It has my name on it."))
    old = request_for(episode)
    drain()
    new = request_for(written(short("It has no name on it."), episode))
    drain()
    for render in (old, new):
        render.refresh_from_db()
        assert render.status == "done"
    return old, new


def test_what_only_an_older_version_was_made_of_is_freed_but_not_its_package(edited) -> None:
    old, new = edited
    loose = own(old) - own(new) - {old.final_key}
    assert len(loose) >= 3
    report = collect(hunt())
    assert keys() == own(new) | {old.final_key}
    assert report.counts.total() == len(loose)
    kept = {f"{row.prefix}/{file['name']}" for row in Artifact.objects.all() for file in row.files}
    assert files() == kept
    assert collect(hunt()) == Report()


def test_nothing_young_is_freed(edited) -> None:
    before = keys()
    assert collect(hunt(later=timedelta(days=13))) == Report()
    assert keys() == before


def test_a_dry_run_says_what_a_run_would_do_and_does_nothing(edited) -> None:
    before = (keys(), files())
    promised = collect(hunt(dry_run=True))
    assert (keys(), files()) == before
    done = collect(hunt())
    assert (promised.counts, promised.sizes) == (done.counts, done.sizes)


def _open(old: Render) -> None:
    Render.objects.filter(pk=old.pk).update(status="paused", pause_reason="creator", percent=50)


def _batch(old: Render) -> None:
    series = old.episode.series
    batch = Batch.objects.create(creator=old.creator, series=series, profile=old.profile, status="running", report={})
    Render.objects.filter(pk=old.pk).update(status="failed", error_code="x", percent=50, master=None, batch=batch)


def _take(old: Render) -> None:
    Render.objects.filter(pk=old.pk).update(kind="shot", master=None)
    ShotTake.objects.create(episode=old.episode, shot_ref="s", number=2, seed=1, render=old)


def _evidence(old: Render) -> None:
    episode_submit(episode=old.episode, render=old, by=make_user(), now=timezone.now())


def _just_ended(old: Render) -> None:
    Render.objects.filter(pk=old.pk).update(finished_at=timezone.now() + LATER - timedelta(days=1))


@pytest.mark.parametrize("reason", [_open, _batch, _take, _evidence, _just_ended])
def test_every_reason_to_keep_what_a_render_is_made_of_is_one(edited, reason) -> None:
    old, new = edited
    reason(old)
    assert collect(hunt()).counts.total() == 0
    assert keys() == own(old) | own(new)


def test_when_the_batch_has_ended_or_the_render_has_failed_long_ago_it_is_freed(edited) -> None:
    old, new = edited
    _batch(old)
    Batch.objects.update(status="ended")
    collect(hunt())
    assert keys() == own(new) | {old.final_key}


def test_what_is_not_the_newest_of_another_profile_is(edited) -> None:
    old, new = edited
    Render.objects.filter(pk=old.pk).update(profile="draft")
    assert collect(hunt()).counts.total() == 0
    assert keys() == own(old) | own(new)


def test_a_package_goes_when_the_catalogue_does_not_know_it(edited) -> None:
    old, new = edited
    Render.objects.filter(pk=old.pk).update(status="cancelled", master=None, percent=50)
    Master.objects.filter(prefix=Artifact.objects.get(key=old.final_key).prefix).delete()
    collect(hunt())
    assert keys() == own(new)


def test_bytes_without_a_row_go_after_a_day_and_those_with_one_stay(edited) -> None:
    collect(hunt())
    before = files()
    for kind in ("artifacts", "masters"):
        storage.put_bytes(f"{storage.new_prefix(kind)}/clip.mp4", b"x" * 1000, "video/mp4")
    storage.put_bytes("portraits/ab/face.jpg", b"face", "image/jpeg")
    assert collect(hunt(later=timedelta(hours=23))).counts.total() == 0
    report = collect(hunt())
    assert (report.counts, report.sizes["orphan"]) == ({"orphan": 2}, 2000)
    assert files() == before | {"portraits/ab/face.jpg"}


def test_a_database_that_knows_nothing_judges_no_store(db) -> None:
    storage.put_bytes(f"{storage.new_prefix('artifacts')}/clip.mp4", b"x", "video/mp4")
    assert collect(hunt()) == Report()
    assert len(files()) == 1


def test_it_stops_anywhere_and_goes_on_from_there(edited, monkeypatch) -> None:
    old, new = edited
    storage.put_bytes(f"{storage.new_prefix('artifacts')}/clip.mp4", b"x", "video/mp4")
    monkeypatch.setattr(collecting, "PAGE", 1)
    whole = collect(hunt(dry_run=True))
    place, slices, freed = Place(), 0, 0
    while place:
        report = collect(hunt(), place=place, seconds=0)
        slices, freed, place = slices + 1, freed + report.counts.total(), report.next
    assert freed == whole.counts.total()
    assert slices > freed
    assert keys() == own(new) | {old.final_key}


def test_the_nightly_task_goes_on_by_its_own_bell(edited, monkeypatch, settings) -> None:
    settings.KEEP_ARTIFACTS_DAYS = 0
    rung: list[dict[str, Any]] = []
    monkeypatch.setattr(collecting, "PAGE", 1)
    monkeypatch.setattr(collecting, "SLICE_SECONDS", 0.0)
    monkeypatch.setattr("generation.tasks.ring", lambda name, **ids: rung.append(ids))
    collect_artifacts()
    while rung and len(rung) < 100:
        before = len(rung)
        collect_artifacts(**rung[-1])
        if len(rung) == before:
            break
    old, new = edited
    assert keys() == own(new) | {old.final_key}
    assert {ids["stage"] for ids in rung} >= {"rows", "artifacts"}


def test_what_cannot_be_deleted_is_told_and_is_an_orphan_of_the_next_run(edited, monkeypatch) -> None:
    delete = storage.delete_tree
    monkeypatch.setattr(storage, "delete_tree", lambda prefix: (_ for _ in ()).throw(OSError("read only")))
    first = collect(hunt())
    assert first.failed > 0
    assert first.counts.total() == 0
    monkeypatch.setattr(storage, "delete_tree", delete)
    second = collect(hunt())
    assert second.failed == 0
    assert second.counts["orphan"] > 0


def test_the_command_prints_what_it_would_free_and_frees_it(edited, capsys) -> None:
    old, new = edited
    Artifact.objects.update(created_at=timezone.now() - timedelta(days=5))
    Render.objects.update(finished_at=timezone.now() - timedelta(days=5))
    loose = len(own(old) - own(new)) - 1
    call_command("collect_artifacts", "--dry-run", "--older-than", "3")
    assert f"{loose} trees" in capsys.readouterr().out
    call_command("collect_artifacts", "--json", "--older-than", "6")
    assert json.loads(capsys.readouterr().out)["count"] == 0
    call_command("collect_artifacts", "--json", "--older-than", "3")
    told = json.loads(capsys.readouterr().out)
    assert (told["dry_run"], told["count"], told["failed"]) == (False, loose, 0)
    assert sum(kind["bytes"] for kind in told["kinds"].values()) == told["bytes"] > 0
    for wrong in ("-1", "nan", "soon"):
        with pytest.raises((CommandError, SystemExit)):
            call_command("collect_artifacts", "--older-than", wrong)


def test_on_a_bucket_it_lists_page_by_page_and_drops_unfinished_uploads(edited, twin) -> None:  # noqa: F811
    """The rows are another store's; their bytes are not here, which is no error."""
    client = storage.shelf().client  # type: ignore[union-attr]
    orphans = [storage.new_prefix("artifacts") for _ in range(3)]
    for prefix in orphans:
        for name in ("clip.mp4", "last.jpg"):
            client.put_object(Bucket="reels", Key=f"{prefix}/{name}", Body=b"12345")
    client.create_multipart_upload(Bucket="reels", Key=f"{orphans[0]}/big.mp4")
    known = Artifact.objects.order_by("-pk")[0].prefix
    client.put_object(Bucket="reels", Key=f"{known}/clip.mp4", Body=b"1")
    after = sorted(orphans)[0]
    assert [folder.prefix for folder in storage.folders("artifacts", after=after) if folder.prefix != known] == (
        sorted(orphans)[1:]
    )
    report = collect(hunt())
    assert (report.counts["orphan"], report.sizes["orphan"], report.unfinished) == (3, 30, 1)
    assert set(twin.buckets["reels"].objects) == {f"{known}/clip.mp4"}
    assert twin.buckets["reels"].uploads == {}
    twin.fail("*", "AccessDenied", times=1000)
    with pytest.raises(CommandError, match="refuses us"):
        call_command("collect_artifacts")


def test_asked_again_what_was_freed_is_made_again(edited) -> None:
    old, _ = edited
    collect(hunt())
    episode = old.episode
    again = request_for(written(short("It has my name on it."), episode))
    again.refresh_from_db()
    assert again.final_key == old.final_key
    assert again.status == "done"  # its package is a master still: nothing has to run
    Master.objects.filter(pk=again.master_id).update(evidence_sha256="x")
    assert asked(source=short("Never seen.")).status == "queued"
