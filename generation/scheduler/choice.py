"""The one place that decides whose step is next, in SQL: reads a bounded number of rows however long the queue is.

Order: lane, then the head with the least `served`. Heads are read without locks, so that two claimers may choose one
creator; the step is taken with SKIP LOCKED, and only then are the creator's heads (of each lane) locked, to be charged.
Those locks also put the claims of one creator in line, which lets its limit be held exactly.
"""

from __future__ import annotations

from generation.models import Step

LOOKAHEAD_HEADS = 8
LOOKAHEAD_STEPS = 8
AFFINITY_SLACK = 60.0  # virtual seconds by which a warm model may jump the line; loading one takes about as long
LEAST_COST = 0.05  # a step said to cost nothing would leave its creator first in line for ever

HEADS = """
WITH heads AS MATERIALIZED (
    SELECT head.id, head.lane, head.creator_id, head.served, coalesce(account.weight, 1) AS weight,
        coalesce(account.max_running, %(max_running)s) AS max_running
    FROM generation_queuehead head
    LEFT JOIN generation_computeaccount account ON account.creator_id = head.creator_id
    WHERE head.queue = %(queue)s AND head.active AND NOT coalesce(account.capped, false)
    AND (SELECT count(*) FROM (
            SELECT FROM generation_step busy
            WHERE busy.status = 'leased' AND busy.creator_id = head.creator_id AND busy.queue = %(queue)s
            LIMIT coalesce(account.max_running, %(max_running)s)
        ) running) < coalesce(account.max_running, %(max_running)s)
    ORDER BY head.lane, head.served, head.id LIMIT %(heads)s
)"""

# A nested loop in the order of `heads`, ended by the first step that can be locked: no row of another head is touched.
FIRST = """, next AS MATERIALIZED (
    SELECT heads.*, step.id AS step_id, step.estimated_seconds FROM heads CROSS JOIN LATERAL (
        SELECT id, estimated_seconds FROM generation_step
        WHERE status = 'ready' AND queue = %(queue)s AND lane = heads.lane AND creator_id = heads.creator_id
        AND ready_at <= %(now)s
        ORDER BY ready_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
    ) step LIMIT 1
)"""

# The same, for a step whose model is warm, and whose head is not far behind the one whose turn it is.
WARM = """, seen AS MATERIALIZED (
    SELECT heads.*, step.id AS step_id, step.ready_at, step.affinity FROM heads CROSS JOIN LATERAL (
        SELECT id, ready_at, affinity FROM generation_step
        WHERE status = 'ready' AND queue = %(queue)s AND lane = heads.lane AND creator_id = heads.creator_id
        AND ready_at <= %(now)s
        ORDER BY ready_at, id LIMIT %(steps)s
    ) step
), least AS (SELECT lane, served FROM seen ORDER BY lane, served LIMIT 1
), next AS MATERIALIZED (
    SELECT seen.*, step.estimated_seconds
    FROM seen JOIN least ON seen.lane = least.lane AND seen.served <= least.served + %(slack)s
    JOIN generation_step step ON step.id = seen.step_id
    WHERE seen.affinity = ANY(%(warm)s) AND step.status = 'ready' AND step.ready_at <= %(now)s
    ORDER BY seen.served, seen.id, step.ready_at, step.id LIMIT 1 FOR NO KEY UPDATE OF step SKIP LOCKED
)"""

TAKE = """
UPDATE generation_step step
SET status = 'leased', attempt = step.attempt + 1, tries = step.tries + 1, worker = %(worker)s, leased_at = %(now)s,
    lease_expires_at = %(expires)s, fraction = 0, updated_at = %(now)s
FROM next WHERE step.id = next.step_id
RETURNING step.*, next.weight, next.max_running,
    (SELECT count(*) FROM heads
     WHERE (heads.lane, heads.served, heads.id) < (next.lane, next.served, next.id)) AS passed
"""

CLAIM = HEADS + FIRST + TAKE
CLAIM_WARM = HEADS + WARM + TAKE
BOUNDS = {"heads": LOOKAHEAD_HEADS, "steps": LOOKAHEAD_STEPS, "slack": AFFINITY_SLACK}
LANES = list(Step.Lane.values)

# Two statements, sent as one: while the first waits for the heads, other claims of the creator commit, and only the
# second, which looks afresh, counts them. The heads stay locked for its answer and the commit, no longer.
CHARGE = """
WITH held AS MATERIALIZED (
    SELECT id, lane FROM generation_queuehead
    WHERE creator_id = %(creator)s AND queue = %(queue)s AND lane = ANY(%(lanes)s) ORDER BY lane FOR NO KEY UPDATE
)
UPDATE generation_queuehead head SET served = head.served + %(cost)s / %(weight)s::float8
FROM held WHERE head.id = held.id AND held.lane = %(lane)s;
SELECT count(*), EXISTS (
    SELECT FROM generation_renderstep link JOIN generation_render render ON render.id = link.render_id
    WHERE link.step_id = %(step)s AND render.status = 'queued')
FROM generation_step WHERE status = 'leased' AND creator_id = %(creator)s AND queue = %(queue)s
"""
