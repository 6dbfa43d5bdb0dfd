"""Who still needs an artifact. What nobody here names may be collected."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.models import Master
from generation.models import Artifact, Batch, Render, RenderStep

OPEN_BATCHES = (Batch.Status.ADMITTING, Batch.Status.PILOT, Batch.Status.RUNNING)


def unreferenced(found: QuerySet[Artifact], *, cutoff: datetime) -> QuerySet[Artifact]:
    """Those of `found`, stored before `cutoff`, that no render needs and that are no master's package.

    A package is never collected while the catalogue knows its prefix: viewers, reviewers and purchases hang on it.
    """
    linked = RenderStep.objects.filter(step__creator=OuterRef("creator"), step__key=OuterRef("key"))
    masters = Master.objects.filter(prefix=OuterRef("prefix"))
    return found.filter(~Exists(linked.filter(_needing(cutoff))), ~Exists(masters), created_at__lt=cutoff)


def _needing(cutoff: datetime) -> Q:
    """Renders (of a link) that keep what they are made of."""
    newer = Render.objects.filter(
        episode=OuterRef("render__episode"), profile=OuterRef("render__profile"), kind=Render.Kind.EPISODE,
        status=Render.Status.DONE, pk__gt=OuterRef("render_id"),
    )
    newest = Q(render__status=Render.Status.DONE, render__kind=Render.Kind.EPISODE) & ~Exists(newer)
    return (
        Q(render__status__in=Render.OPEN)
        | newest  # the next edit of the episode is made of it
        | Q(render__finished_at__gte=cutoff)  # it may be retried, or looked at
        | Q(render__batch__status__in=OPEN_BATCHES)  # its failed ones may be retried as long as it is open
        | Q(render__take__isnull=False)  # a take is kept until it is thrown away: it may be chosen again
        | (Q(render__master__isnull=False) & ~Q(render__master__evidence_sha256=""))  # evidence names its artifacts
    )
