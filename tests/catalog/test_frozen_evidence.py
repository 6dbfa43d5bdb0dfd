"""The database itself keeps what was judged."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from catalog import services
from catalog.models import Master
from tests.builders import make_episode, make_master

from .conftest import EVIDENCE, NOW

pytestmark = pytest.mark.django_db


def submitted():
    episode = make_episode()
    master = make_master(episode)
    services.episode_submit(episode=episode, master=master, evidence=EVIDENCE, now=NOW)
    return master


@pytest.mark.parametrize(
    "change",
    ["evidence = '{}'", "evidence = NULL", "evidence_sha256 = ''", "evidence_sha256 = 'f'", "submitted_at = NULL",
     "prefix = 'masters/x'", "version = 9"],
)
def test_what_was_submitted_cannot_be_changed_even_by_sql(change):
    master = submitted()
    before = Master.objects.values().get(pk=master.pk)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE catalog_master SET {change} WHERE id = %s", [master.pk])
    assert Master.objects.values().get(pk=master.pk) == before


def test_a_submitted_master_cannot_be_deleted_and_a_draft_one_can():
    master = submitted()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_episode SET status = 'draft', master_id = NULL")
        cursor.execute("DELETE FROM catalog_rendition; DELETE FROM catalog_subtitle")
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM catalog_master WHERE id = %s", [master.pk])
    assert Master.objects.filter(pk=master.pk).exists()
    make_master(make_episode()).delete()
    assert Master.objects.count() == 1


def test_what_does_not_belong_to_the_evidence_may_still_change():
    master = submitted()
    assert Master.objects.filter(pk=master.pk).update(loudness_lufs=-14.0) == 1
