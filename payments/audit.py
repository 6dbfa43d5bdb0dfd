"""Proof of the books, from raw rows: every invariant is one query that names the rows which break it.

Set-based and read-only, in one snapshot, so that a running shop does not look broken. It grows with the books: run it
nightly, on a replica if there is one.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """An invariant that does not hold: its name, what it says, how many rows break it, and some of them."""

    check: str
    says: str
    count: int
    rows: list[str]

    def as_json(self) -> dict[str, Any]:
        return {"check": self.check, "says": self.says, "count": self.count, "rows": self.rows}


# name: (what must be true, a query for the keys of rows where it is not)
CHECKS: dict[str, tuple[str, str]] = {
    "entries_balance": (
        "The legs of every entry sum to zero per asset.",
        "SELECT entry_id || ' ' || asset FROM payments_posting GROUP BY entry_id, asset HAVING sum(amount) <> 0",
    ),
    "entries_have_postings": (
        "Every entry moves something.",
        "SELECT e.idem FROM payments_entry e WHERE NOT EXISTS (SELECT 1 FROM payments_posting WHERE entry_id = e.id)",
    ),
    "nothing_negative": (
        "No wallet, lot or lot use is below zero, and no lot holds more than it was granted.",
        """SELECT 'wallet ' || subject FROM payments_wallet WHERE least(paid, bonus, debt) < 0
           UNION ALL SELECT 'lot ' || uid FROM payments_coinlot WHERE remaining < 0 OR remaining > granted
           UNION ALL SELECT 'use ' || id FROM payments_lotuse WHERE amount <= 0 OR net_micros < 0""",
    ),
    "wallets_match_lots": (
        "A wallet's balances are what its lots have left.",
        """SELECT w.subject::text FROM payments_wallet w
             LEFT JOIN (SELECT wallet_id, coalesce(sum(remaining) FILTER (WHERE kind = 'paid'), 0) AS paid,
                               coalesce(sum(remaining) FILTER (WHERE kind = 'bonus'), 0) AS bonus
                          FROM payments_coinlot GROUP BY wallet_id) l ON l.wallet_id = w.id
            WHERE (w.paid, w.bonus) IS DISTINCT FROM (coalesce(l.paid, 0), coalesce(l.bonus, 0))""",
    ),
    "wallets_match_postings": (
        "A wallet's balances and debt are what its postings sum to, and no posting belongs to nobody.",
        """SELECT coalesce(w.subject, p.subject)::text FROM payments_wallet w
             FULL JOIN (SELECT subject,
                          coalesce(sum(amount) FILTER (WHERE account = 'wallet' AND asset = 'coin.paid'), 0) AS paid,
                          coalesce(sum(amount) FILTER (WHERE account = 'wallet' AND asset = 'coin.bonus'), 0) AS bonus,
                          coalesce(-sum(amount) FILTER (WHERE account = 'debt'), 0) AS debt
                          FROM payments_posting WHERE subject IS NOT NULL GROUP BY subject) p ON p.subject = w.subject
            WHERE w.id IS NULL OR (w.paid, w.bonus, w.debt)
                  IS DISTINCT FROM (coalesce(p.paid, 0), coalesce(p.bonus, 0), coalesce(p.debt, 0))""",
    ),
    "lots_match_uses": (
        "What a lot has left is what it was granted less its uses; an emptied lot has passed on all of its money.",
        """SELECT l.uid::text FROM payments_coinlot l
             LEFT JOIN (SELECT lot_id, sum(amount) AS amount, sum(net_micros) AS net FROM payments_lotuse
                         GROUP BY lot_id) u ON u.lot_id = l.id
            WHERE l.granted - coalesce(u.amount, 0) <> l.remaining
               OR div(l.net_micros::numeric * (l.granted - l.remaining), l.granted) <> coalesce(u.net, 0)""",
    ),
    "unlocks_match_uses": (
        "The coins an unlock took from the wallet are the coins it took from lots.",
        """SELECT e.idem FROM payments_entry e
             LEFT JOIN (SELECT entry_id, sum(amount) AS took FROM payments_lotuse GROUP BY entry_id) u
                    ON u.entry_id = e.id
             LEFT JOIN (SELECT entry_id, -sum(amount) AS paid FROM payments_posting WHERE account = 'wallet'
                         GROUP BY entry_id) p ON p.entry_id = e.id
            WHERE e.kind = 'unlock' AND u.took IS DISTINCT FROM p.paid""",
    ),
    "rights_were_paid": (
        "Every right held for coins names the unlock that paid for it, of that person and episode, not reversed.",
        """SELECT r.id::text FROM payments_entitlement r
             LEFT JOIN payments_entry e ON e.id = r.entry_id
             LEFT JOIN payments_wallet w ON w.user_id = r.user_id
            WHERE r.source = 'coins' AND r.revoked_at IS NULL
              AND (e.id IS NULL OR e.kind <> 'unlock' OR e.episode_id <> r.episode_id
                   OR e.subject IS DISTINCT FROM w.subject
                   OR EXISTS (SELECT 1 FROM payments_entry WHERE reverses_id = e.id))""",
    ),
    "payments_gave_rights": (
        "Every unlock that was not reversed is the one that its person's right names (persons erased aside).",
        """SELECT e.idem FROM payments_entry e JOIN payments_wallet w ON w.subject = e.subject
             LEFT JOIN payments_entitlement r ON r.user_id = w.user_id AND r.episode_id = e.episode_id
                   AND r.entry_id = e.id AND r.revoked_at IS NULL
            WHERE e.kind = 'unlock' AND w.user_id IS NOT NULL AND r.id IS NULL
              AND NOT EXISTS (SELECT 1 FROM payments_entry WHERE reverses_id = e.id)""",
    ),
    "purchases_granted_once": (
        "Every granted purchase has its entry, its money in it, and the lots of its order; no lot has any other.",
        """SELECT p.provider || ' ' || p.txn_id FROM payments_purchase p
             JOIN payments_order o ON o.id = p.order_id
             LEFT JOIN payments_entry e ON e.idem = 'purchase:' || p.provider || ':' || p.txn_id
             LEFT JOIN (SELECT purchase_id, coalesce(sum(granted) FILTER (WHERE kind = 'paid'), 0) AS paid,
                               coalesce(sum(granted) FILTER (WHERE kind = 'bonus'), 0) AS bonus
                          FROM payments_coinlot GROUP BY purchase_id) l ON l.purchase_id = p.id
             LEFT JOIN (SELECT entry_id, sum(amount) AS owed FROM payments_posting WHERE account = 'deferred'
                         GROUP BY entry_id) d ON d.entry_id = e.id
            WHERE p.granted_at IS NOT NULL
              AND (e.id IS NULL OR (l.paid, l.bonus) IS DISTINCT FROM (o.coins::bigint, o.bonus::bigint)
                   OR d.owed IS DISTINCT FROM p.tax_micros - p.gross_micros OR o.status = 'pending')
           UNION ALL
           SELECT l.uid::text FROM payments_coinlot l LEFT JOIN payments_purchase p ON p.id = l.purchase_id
            WHERE l.kind = 'paid' AND l.purchase_id IS NOT NULL AND p.granted_at IS NULL""",
    ),
}

FIGURES = """
SELECT (SELECT count(*) FROM payments_wallet), (SELECT coalesce(sum(paid), 0)::bigint FROM payments_wallet),
       (SELECT coalesce(sum(bonus), 0)::bigint FROM payments_wallet),
       (SELECT coalesce(sum(debt), 0)::bigint FROM payments_wallet),
       (SELECT count(*) FROM payments_coinlot WHERE open), (SELECT count(*) FROM payments_entry),
       (SELECT count(*) FROM payments_posting),
       (SELECT count(*) FROM payments_entitlement WHERE revoked_at IS NULL),
       (SELECT count(*) FROM payments_purchase WHERE granted_at IS NOT NULL),
       (SELECT count(*) FROM payments_providerevent WHERE status = 'received'),
       (SELECT count(*) FROM payments_providerevent WHERE status = 'parked')
"""
NAMES = (
    "wallets", "coins_paid", "coins_bonus", "coins_debt", "open_lots", "entries", "postings", "rights", "purchases",
    "events_waiting", "events_parked",
)
ACCOUNTS = "SELECT account, asset, sum(amount)::bigint FROM payments_posting GROUP BY 1, 2 ORDER BY 1, 2"


def ledger_audit() -> dict[str, Any]:
    """`{"figures": {..., "accounts": [{account, asset, amount}]}, "checks": [names], "findings": [Finding]}`."""
    with transaction.atomic(), connection.cursor() as cursor:
        if not connection.savepoint_ids:  # a transaction of our own: one snapshot for all the questions
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        findings = [found for name in CHECKS if (found := _run(cursor, name))]
        cursor.execute(FIGURES)
        figures: dict[str, Any] = dict(zip(NAMES, cursor.fetchone(), strict=True))
        cursor.execute(ACCOUNTS)
        figures["accounts"] = [dict(zip(("account", "asset", "amount"), row, strict=True)) for row in cursor]
    return {"figures": figures, "checks": list(CHECKS), "findings": findings}


def _run(cursor: Any, name: str) -> Finding | None:
    says, query = CHECKS[name]
    cursor.execute(f"SELECT broken.*, count(*) OVER () FROM ({query}) broken LIMIT {SAMPLES}")  # noqa: S608 - ours
    rows = cursor.fetchall()
    return Finding(name, says, rows[0][1], [row[0] for row in rows]) if rows else None
