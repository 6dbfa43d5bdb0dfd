"""Rights to watch that last. Passes and memberships, which end, get tables of their own."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models import Episode
from common.models import Timestamped


class Entitlement(Timestamped):
    """A person may watch this episode for good. Unique, so that whatever races, a right is paid for once.

    A refund sets `revoked_at`; buying again clears it, names the new entry and counts up `grants`.
    """

    class Source(models.TextChoices):
        COINS = "coins"
        GIFT = "gift"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="entitlements", db_index=False
    )
    # no database constraint: its check would lock the episode's row, which every viewer of a hit shares
    episode = models.ForeignKey(
        Episode, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    entry = models.ForeignKey(
        "Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="entitlements", db_index=False
    )
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.COINS)
    grants = models.PositiveSmallIntegerField(default=1)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        # for the makers' numbers: without it they would read every right there is
        indexes = [
            models.Index(fields=["episode"], name="right_by_episode", condition=Q(revoked_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "episode"], name="one_right_per_person_and_episode"),
            models.CheckConstraint(
                condition=~Q(source="coins") | Q(entry__isnull=False), name="right_for_coins_names_its_entry"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} may watch {self.episode_id}"
