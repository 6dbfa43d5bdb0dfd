"""The audit trail."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from accounts.models import User
from moderation.models import AuditEntry


def audit(
    *,
    action: AuditEntry.Action,
    by: User | None,
    now: datetime,
    episode_uid: uuid.UUID | None = None,
    review_uid: uuid.UUID | None = None,
    person: uuid.UUID | None = None,
    **data: Any,
) -> AuditEntry:
    """Write down what was decided. Call it inside the transaction of the decision; `data` must be JSON."""
    return AuditEntry.objects.create(
        at=now, action=action, actor=by.subject if by else None, episode_uid=episode_uid, review_uid=review_uid,
        person=person, data=data,
    )
