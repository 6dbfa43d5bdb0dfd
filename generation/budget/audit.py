"""Whether the books are right: every account against its entries, its steps, its items and its attempts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

MOST = 1000  # problems of one sort

# Each finds rows that must not be there: (creator, what it is about, should be, is).
CHECKS: Mapping[str, str] = {
    "held_is_not_the_sum_of_entries": """
        SELECT account.creator_id, NULL, coalesce(sum(entry.held_micros), 0), account.held_micros
        FROM generation_computeaccount account
        LEFT JOIN generation_computeentry entry ON entry.account_id = account.creator_id
        GROUP BY account.creator_id HAVING coalesce(sum(entry.held_micros), 0) <> account.held_micros
    """,
    "spent_is_not_the_sum_of_entries": """
        SELECT account.creator_id, NULL, coalesce(sum(entry.spent_micros), 0), account.spent_micros
        FROM generation_computeaccount account
        LEFT JOIN generation_computeentry entry ON entry.account_id = account.creator_id
        GROUP BY account.creator_id HAVING coalesce(sum(entry.spent_micros), 0) <> account.spent_micros
    """,
    "spent_by_other_than_settling": """
        SELECT account_id, id, 0, spent_micros FROM generation_computeentry
        WHERE spent_micros <> 0 AND kind <> 'settle'
    """,
    "held_is_not_what_work_holds": """
        WITH holds AS (
            SELECT creator_id, held_micros FROM generation_step WHERE held_micros > 0
            UNION ALL
            SELECT batch.creator_id, item.held_micros FROM generation_batchitem item
            JOIN generation_batch batch ON batch.id = item.batch_id WHERE item.held_micros > 0
        ), sums AS (SELECT creator_id, sum(held_micros) AS held FROM holds GROUP BY creator_id)
        SELECT coalesce(account.creator_id, sums.creator_id), NULL, coalesce(sums.held, 0),
               coalesce(account.held_micros, 0)
        FROM generation_computeaccount account FULL JOIN sums ON sums.creator_id = account.creator_id
        WHERE coalesce(sums.held, 0) <> coalesce(account.held_micros, 0)
    """,
    "ended_step_still_holds": """
        SELECT creator_id, id, 0, held_micros FROM generation_step
        WHERE held_micros > 0 AND status NOT IN ('blocked', 'ready', 'paused', 'leased')
    """,
    "item_that_became_a_render_still_holds": """
        SELECT batch.creator_id, item.id, 0, item.held_micros FROM generation_batchitem item
        JOIN generation_batch batch ON batch.id = item.batch_id
        WHERE item.held_micros > 0 AND item.render_id IS NOT NULL
    """,
    "charged_without_an_accepted_attempt": """
        SELECT entry.account_id, entry.id, 0, entry.spent_micros FROM generation_computeentry entry
        WHERE entry.kind = 'settle' AND NOT EXISTS (
            SELECT 1 FROM generation_stepattempt attempt
            WHERE attempt.step_id = entry.step_id AND attempt.attempt = entry.attempt AND attempt.outcome = 'done')
    """,
    "charged_more_than_was_held": """
        SELECT account_id, id, -held_micros, spent_micros FROM generation_computeentry
        WHERE kind = 'settle' AND spent_micros > -held_micros
    """,
    "charged_more_than_it_cost": """
        SELECT entry.account_id, entry.id, attempt.cost_micros, entry.spent_micros FROM generation_computeentry entry
        JOIN generation_stepattempt attempt
          ON attempt.step_id = entry.step_id AND attempt.attempt = entry.attempt
        WHERE entry.kind = 'settle' AND entry.spent_micros > attempt.cost_micros
    """,
    "capped_is_not_what_the_figures_say": """
        SELECT creator_id, NULL, cap_micros, spent_micros - counted_from_micros + held_micros
        FROM generation_computeaccount
        WHERE capped <> coalesce(spent_micros - counted_from_micros + held_micros > cap_micros, false)
    """,
}


ONE = "(SELECT '{}', creator::bigint, about::bigint, expected::bigint, found::bigint FROM ({}) AS wrong {} LIMIT {})"
COLUMNS = "(creator, about, expected, found)"
# one statement sees one moment, while work goes on
AUDIT = " UNION ALL ".join(ONE.format(problem, query, COLUMNS, MOST) for problem, query in CHECKS.items())


def audit() -> list[dict[str, Any]]:
    """Every problem as {problem, creator, about, expected, found}: none if the books are right.

    `about` is the id of the step, item or entry, None for the account as a whole. Reads everything: for operators and
    tests, not for requests.
    """
    with connection.cursor() as cursor:
        cursor.execute(AUDIT)
        rows = cursor.fetchall()
    return [dict(zip(("problem", "creator", "about", "expected", "found"), row, strict=True)) for row in rows]
