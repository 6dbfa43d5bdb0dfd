"""`rw_claim`: the choice of the next step, its lease and the charge to its creator, in one call to the server.

A function, because its plans are kept by each connection: planning these statements takes longer than running them.
What it does is told in `generation/scheduler/choice.py`; a change to it is a new migration with the whole function.
"""

from django.db import migrations

HEADS = """
WITH heads AS MATERIALIZED (
    SELECT head.id, head.lane, head.creator_id, head.served, coalesce(account.weight, 1) AS weight,
        coalesce(account.max_running, p_max_running) AS max_running
    FROM generation_queuehead head
    LEFT JOIN generation_computeaccount account ON account.creator_id = head.creator_id
    WHERE head.queue = p_queue AND head.active AND NOT coalesce(account.capped, false)
    AND (SELECT count(*) FROM (
            SELECT FROM generation_step busy
            WHERE busy.status = 'leased' AND busy.creator_id = head.creator_id AND busy.queue = p_queue
            LIMIT coalesce(account.max_running, p_max_running)
        ) running) < coalesce(account.max_running, p_max_running)
    ORDER BY head.lane, head.served, head.id LIMIT p_heads
)"""

# A nested loop in the order of `heads`, ended by the first step that can be locked: no row of another head is touched.
FIRST = """, next AS MATERIALIZED (
    SELECT heads.*, step.id AS step_id FROM heads CROSS JOIN LATERAL (
        SELECT id FROM generation_step
        WHERE status = 'ready' AND queue = p_queue AND lane = heads.lane AND creator_id = heads.creator_id
        AND ready_at <= p_now
        ORDER BY ready_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
    ) step LIMIT 1
)"""

# The same, for a step whose model is warm, and whose head is not far behind the one whose turn it is.
WARM = """, seen AS MATERIALIZED (
    SELECT heads.*, step.id AS step_id, step.ready_at, step.affinity FROM heads CROSS JOIN LATERAL (
        SELECT id, ready_at, affinity FROM generation_step
        WHERE status = 'ready' AND queue = p_queue AND lane = heads.lane AND creator_id = heads.creator_id
        AND ready_at <= p_now
        ORDER BY ready_at, id LIMIT p_steps
    ) step
), least AS (SELECT lane, served FROM seen ORDER BY lane, served LIMIT 1
), next AS MATERIALIZED (
    SELECT seen.* FROM seen JOIN least ON seen.lane = least.lane AND seen.served <= least.served + p_slack
    JOIN generation_step step ON step.id = seen.step_id
    WHERE seen.affinity = ANY(p_warm) AND step.status = 'ready' AND step.ready_at <= p_now
    ORDER BY seen.served, seen.id, step.ready_at, step.id LIMIT 1 FOR NO KEY UPDATE OF step SKIP LOCKED
)"""

TAKE = """
UPDATE generation_step step
SET status = 'leased', attempt = step.attempt + 1, tries = step.tries + 1, worker = p_worker, leased_at = p_now,
    lease_expires_at = p_expires, fraction = 0, updated_at = p_now
FROM next WHERE step.id = next.step_id
RETURNING step.id, step.attempt, step.key, step.kind, step.lane, step.creator_id, step.spec, step.estimated_seconds,
    step.affinity, next.weight, next.max_running,
    (SELECT count(*) FROM heads
     WHERE (heads.lane, heads.served, heads.id) < (next.lane, next.served, next.id)) AS passed
INTO taken;"""

# While the charge waits for the heads, other claims of the creator commit; only the statement after it, which looks
# afresh, counts them. The heads stay locked until the commit.
CHARGE = """
WITH held AS MATERIALIZED (
    SELECT id, lane FROM generation_queuehead
    WHERE creator_id = taken.creator_id AND queue = p_queue AND lane = ANY(p_lanes) ORDER BY lane FOR NO KEY UPDATE
)
UPDATE generation_queuehead head
SET served = head.served + greatest(taken.estimated_seconds, p_least_cost) / taken.weight::float8
FROM held WHERE head.id = held.id AND held.lane = taken.lane;
SELECT count(*) FROM generation_step
WHERE status = 'leased' AND creator_id = taken.creator_id AND queue = p_queue INTO running;
SELECT EXISTS (
    SELECT FROM generation_renderstep link JOIN generation_render render ON render.id = link.render_id
    WHERE link.step_id = taken.id AND render.status = 'queued') INTO waited_for;"""

FUNCTION = f"""
CREATE FUNCTION rw_claim(
    p_queue text, p_worker text, p_now timestamptz, p_expires timestamptz, p_warm text[], p_max_running integer,
    p_heads integer, p_steps integer, p_slack float8, p_least_cost float8, p_lanes smallint[]
) RETURNS TABLE (
    step_id bigint, attempt integer, key text, kind text, creator_id bigint, spec jsonb, estimated_seconds float8,
    affinity text, max_running integer, passed bigint, running bigint, waited_for boolean
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    taken record;
    found_one boolean := false;
BEGIN
    IF cardinality(p_warm) > 0 THEN
        {HEADS}{WARM}{TAKE}
        found_one := FOUND;
    END IF;
    IF NOT found_one THEN
        {HEADS}{FIRST}{TAKE}
        IF NOT FOUND THEN RETURN; END IF;
    END IF;
    {CHARGE}
    RETURN QUERY SELECT taken.id, taken.attempt, taken.key::text, taken.kind::text, taken.creator_id, taken.spec,
        taken.estimated_seconds, taken.affinity::text, taken.max_running, taken.passed, running, waited_for;
END $$
"""
GONE = "DROP FUNCTION rw_claim"


class Migration(migrations.Migration):
    dependencies = [("generation", "0008_queues_are_swept_clean_often")]
    operations = [migrations.RunSQL(FUNCTION, GONE)]
