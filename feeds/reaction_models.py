"""What viewers say about what they saw. One row per viewer and thing: saying it twice is saying it."""

from django.conf import settings
from django.db import models

from catalog.models import Episode, Series
from common.models import Public


class Like(Public):
    """A viewer likes an episode."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    # no constraint in the database: its check would lock the row that every viewer of a hit shares
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="+", db_constraint=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "episode"], name="one_like_per_episode")]

    def __str__(self) -> str:
        return f"{self.user_id} likes {self.episode_id}"


class Saved(Public):
    """A series on a viewer's list."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    series = models.ForeignKey(Series, models.CASCADE, related_name="+", db_constraint=False)

    class Meta:
        verbose_name_plural = "saved"
        constraints = [models.UniqueConstraint(fields=["user", "series"], name="one_place_on_the_list")]
        indexes = [models.Index(fields=["user", "-uid"], name="saved_latest")]

    def __str__(self) -> str:
        return f"{self.user_id} saved {self.series_id}"


class NotInterested(Public):
    """A viewer wants no more of a series in the feed."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    series = models.ForeignKey(Series, models.CASCADE, related_name="+", db_constraint=False)
    # whether this row put the series among the seen ones; if so, taking the row back takes that back
    hid = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "not interested"
        constraints = [models.UniqueConstraint(fields=["user", "series"], name="one_refusal_per_series")]

    def __str__(self) -> str:
        return f"{self.user_id} wants no {self.series_id}"
