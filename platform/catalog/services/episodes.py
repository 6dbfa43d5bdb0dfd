"""Episodes: made and changed while they are text. Their status is moved in `submission` and `release`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from catalog.models import Episode, Series
from common.errors import Conflict, Invalid

EDITABLE = ("title", "price_coins")
MAX_NUMBER = 2_000
MAX_PRICE = 100_000


@transaction.atomic
def episode_create(*, series: Series, number: int | None = None, title: str = "") -> Episode:
    """The next episode of a series, or the one with `number` (from 1).

    Raises `Conflict` if the number is taken, `Invalid` if it is out of range or the title is too long.
    """
    # the series row is the lock: two editors who press the button together get two numbers
    Series.objects.select_for_update(no_key=True).get(pk=series.pk)
    if number is None:
        number = (Episode.objects.filter(series=series).aggregate(last=Max("number"))["last"] or 0) + 1
    elif Episode.objects.filter(series=series, number=number).exists():
        raise Conflict(f"Episode {number} is there already.", code="number_taken", remedy="Take another number.")
    if not 1 <= number <= MAX_NUMBER:
        raise Invalid(f"An episode's number is 1 to {MAX_NUMBER}.", code="bad_episode_number")
    episode = Episode(series=series, number=number, title=title)
    _check(episode)
    episode.save()
    return episode


def episode_update(*, episode: Episode, **changes: Any) -> Episode:
    """Change title or price (None: the series' price; 0: free). Raises `Invalid`."""
    if unknown := set(changes) - set(EDITABLE):
        raise Invalid(f"An episode has no editable {', '.join(sorted(unknown))}.", code="not_editable")
    for name, value in changes.items():
        setattr(episode, name, value)
    _check(episode)
    if changes:
        episode.save(update_fields=[*changes, "updated_at"])
    return episode


def _check(episode: Episode) -> None:
    if episode.price_coins is not None and not 0 <= episode.price_coins <= MAX_PRICE:
        raise Invalid(f"A price is 0 to {MAX_PRICE} coins.", code="bad_price")
    others = {field.name for field in episode._meta.fields} - set(EDITABLE)
    try:
        episode.clean_fields(exclude=others)
    except ValidationError as wrong:
        raise Invalid("Some fields are not right.", code="invalid_episode", fields=wrong.message_dict) from wrong
