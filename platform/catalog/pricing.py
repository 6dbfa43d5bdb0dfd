"""What an episode costs: one rule, in the database, so that a list, an unlock and a report can never disagree."""

from django.db.models import F, Func, IntegerField

from catalog.models import Episode


def price_expression() -> Func:
    """The price in coins (0 is free) of an `Episode` row, for `annotate(price=price_expression())`."""
    return Func(
        F("number"), F("price_coins"), F("series__free_episodes"), F("series__price_coins"),
        function="rw_episode_price", output_field=IntegerField(),
    )


def episode_price(episode: Episode) -> int:
    """The price in coins: the `price` annotation of the selectors if it is there, one question otherwise."""
    annotated = getattr(episode, "price", None)
    if annotated is not None:
        return int(annotated)
    return int(Episode.objects.values_list(price_expression(), flat=True).get(pk=episode.pk))
