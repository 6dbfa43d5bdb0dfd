"""The unlock: one call of one function in the database; here its answers become ours."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from common.canonical import digest
from common.errors import Conflict, DomainError, Invalid, NotFound, PaymentRequired

KEY = re.compile(r"[\x21-\x7e]{8,80}")


@dataclass(frozen=True, slots=True)
class Unlocked:
    """`answer` as the client gets it: status unlocked|already|free, price, charged, taken (per lot), balance."""

    answer: dict[str, Any]
    replayed: bool


def episode_unlock(*, user_id: int, episode_uid: UUID, expected_price: int, key: str, now: datetime) -> Unlocked:
    """Buy the right to one episode for coins, in one round trip. The same key with the same request answers the same.

    Raises `NotFound` (not on show), `Conflict` price_changed | idempotency_key_reused, `PaymentRequired` shortfall |
    wallet_in_debt, `Invalid` for a missing or odd key. Refusals change nothing and do not use the key up.
    """
    if not KEY.fullmatch(key):
        raise Invalid(
            "An unlock needs an Idempotency-Key.", code="idempotency_key_required",
            remedy="Send the header Idempotency-Key: 8 to 80 visible ASCII characters, a new one for each intent.",
        )
    request = digest({"route": "unlock", "episode": str(episode_uid), "expected_price": expected_price})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT payments_unlock(%s, %s, %s, %s, %s, %s)", [user_id, episode_uid, expected_price, key, request, now]
        )
        result = json.loads(cursor.fetchone()[0])
    if "answer" not in result:
        raise _refusal(result)
    return Unlocked(answer=result["answer"], replayed=result["replayed"])


def _refusal(result: dict[str, Any]) -> DomainError:
    outcome = result.pop("outcome")
    if outcome == "not_found":
        return NotFound()
    if outcome == "key_reused":
        return Conflict(
            "That Idempotency-Key belongs to another request.", code="idempotency_key_reused",
            remedy="Use a new key for a new request.",
        )
    if outcome == "price_changed":
        return Conflict(
            "The price has changed.", code="price_changed", remedy="Show the new price and ask again.", **result
        )
    if outcome == "debt":
        return PaymentRequired(
            "The wallet owes coins of a refunded purchase.", code="wallet_in_debt",
            remedy="Buy coins: they settle the debt first.", **result,
        )
    return PaymentRequired("There are too few coins.", code="shortfall", remedy="Buy a coin pack.", **result)
