"""Reading what attempts took and cost: two queries, for one episode and for a series of any length.

A step that several renders share is paid once, so its attempts are counted once: for the episode that asked first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from catalog.models import Episode, Master, Series
from generation.budget.rates import SLASH, rates
from generation.costs.bill import EpisodeCost, Film, Row, SeriesCost, episode_sum, series_sum
from generation.models import RenderStep, StepAttempt

# An episode's film is what is shown or under review, else the newest package. A render that made it holds its steps.
ROWS = """
WITH mine AS (
    SELECT DISTINCT link.step_id FROM generation_render render
    JOIN generation_renderstep link ON link.render_id = render.id
    WHERE render.episode_id = ANY(%(episodes)s)
), links AS (
    SELECT link.id, link.step_id, link.render_id FROM mine JOIN generation_renderstep link USING (step_id)
), renders AS (
    SELECT render.id, render.episode_id, coalesce(render.master_id = coalesce(episode.master_id, (
        SELECT master.id FROM catalog_master master WHERE master.episode_id = episode.id
        ORDER BY master.version DESC LIMIT 1
    )), false) AS made_film
    FROM generation_render render JOIN catalog_episode episode ON episode.id = render.episode_id
    WHERE render.id IN (SELECT render_id FROM links)
), steps AS (
    SELECT links.step_id, bool_or(renders.made_film) AS in_film,
        (array_agg(renders.episode_id ORDER BY links.id))[1] AS episode_id
    FROM links JOIN renders ON renders.id = links.render_id GROUP BY links.step_id
)
SELECT steps.episode_id, step.kind, step.queue,
    CASE WHEN strpos(attempt.worker, %(slash)s) > 0 THEN split_part(attempt.worker, %(slash)s, 1) || %(slash)s
        ELSE '' END AS says,
    attempt.outcome, steps.in_film, count(*),
    sum(greatest(0, extract(epoch FROM attempt.ended_at - attempt.started_at))), sum(attempt.cost_micros)
FROM steps JOIN generation_step step ON step.id = steps.step_id
JOIN generation_stepattempt attempt ON attempt.step_id = steps.step_id
WHERE steps.episode_id = ANY(%(episodes)s)
GROUP BY 1, 2, 3, 4, 5, 6
"""


def episode_cost(*, episode: Episode) -> EpisodeCost:
    """What an episode has cost. Two queries."""
    [film] = _films(Episode.objects.filter(pk=episode.pk))
    return episode_sum(film, _rows([film.pk]))


def series_cost(*, series: Series) -> SeriesCost:
    """What a series has cost, episode by episode. Two queries."""
    films = _films(Episode.objects.filter(series=series).order_by("number"))
    return series_sum(films, _rows([film.pk for film in films]))


def attempts_of(*, episode: Episode) -> QuerySet[StepAttempt]:
    """Every attempt that `episode_cost` counts, with `label` and `shot` of its step, `kind` and `queue`."""
    links = RenderStep.objects.filter(step=OuterRef("step")).order_by("pk")
    mine = RenderStep.objects.filter(render__episode=episode).values("step_id")
    return StepAttempt.objects.filter(step__in=mine).annotate(
        first=Subquery(links.values("render__episode")[:1]), label=Subquery(links.values("label")[:1]),
        shot=Subquery(links.values("shot")[:1]), kind=F("step__kind"), queue=F("step__queue"), key=F("step__key"),
    ).filter(first=episode.pk)


def _films(episodes: QuerySet[Episode]) -> list[Film]:
    newest = Master.objects.filter(episode=OuterRef("pk")).order_by("-version").values("duration_ms")[:1]
    found = episodes.annotate(finished=Coalesce(F("master__duration_ms"), Subquery(newest), 0))
    return [Film(*row) for row in found.values_list("pk", "uid", "number", "title", "finished")]


def _rows(episodes: Sequence[int]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"episodes": list(episodes), "slash": SLASH})
        return list(_read(cursor.fetchall()))


def _read(rows: Iterable[tuple[int, str, str, str, str, bool, int, float, int]]) -> Iterable[Row]:
    known = rates()
    for episode, kind, queue, says, outcome, in_film, attempts, seconds, micros in rows:
        machine = known.class_of(worker=says, queue=queue)
        gpu = known.machine(machine).gpu
        yield Row(episode, kind, machine, gpu, outcome, in_film, attempts, float(seconds), int(micros))
