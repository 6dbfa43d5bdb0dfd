"""Base of every table that people see."""

from django.db import models

from common.ids import uuid7


class Timestamped(models.Model):
    """Adds `created_at` and `updated_at` (UTC). Bulk updates must set `updated_at` themselves; `move()` does."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Public(Timestamped):
    """A row that has an address in the API: `uid` goes out, the dense integer `id` never does."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)

    class Meta:
        abstract = True
