"""What a storm left behind: files, attempts, bills, events. Read from disk and database, not from what steps said."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from tests.chaos.attack import Attacked
from tests.live import Person

ACCEPTED = """
SELECT step_id FROM generation_stepattempt WHERE outcome = 'done' GROUP BY step_id HAVING count(*) > 1
"""
COUNTS = """
SELECT (SELECT count(*) FROM generation_stepattempt), (SELECT coalesce(sum(attempt), 0) FROM generation_step),
       (SELECT count(*) FROM generation_stepattempt WHERE outcome = 'done'), (SELECT count(*) FROM generation_artifact)
"""
FILES = """
SELECT artifact.kind, artifact.key, artifact.prefix, file ->> 'name'
FROM generation_artifact artifact JOIN creators_creator creator ON creator.id = artifact.creator_id,
     jsonb_array_elements(artifact.files) file
WHERE creator.uid = %s
"""


@dataclass(frozen=True)
class Made:
    """The sha256 of every file, by kind, key and name."""

    files: dict[tuple[str, str, str], str]

    def of(self, kind: str) -> dict[str, dict[str, str]]:
        """Key to {name: sha256}."""
        keys = {key for found, key, _ in self.files if found == kind}
        return {key: {name: sha for (_, of, name), sha in self.files.items() if of == key} for key in sorted(keys)}


def made_by(stack: Attacked, creator: str) -> Made:
    """Everything that a creator's steps have left, as it lies on the disk."""
    media = stack.places.state / "media"
    found = {}
    for kind, key, prefix, name in stack.rows(FILES, creator):
        found[kind, key, name] = hashlib.sha256((media / prefix / name).read_bytes()).hexdigest()
    return Made(found)


def twice_accepted(stack: Attacked) -> list[tuple[Any, ...]]:
    """Steps with more than one accepted attempt."""
    return stack.rows(ACCEPTED)


def once_per_attempt(stack: Attacked) -> bool:
    """Whether every claim has its one row of how it ended, and every accepted one its one artifact."""
    ends, claims, accepted, artifacts = stack.rows(COUNTS)[0]
    return bool(ends == claims and accepted == artifacts)


@dataclass(frozen=True)
class Bill:
    """A creator's account against its entries and against the attempts of their steps, in micros."""

    spent: int
    held: int
    promised: int  # held when the renders were asked for
    charges: int  # entries that charge
    charged_steps: int
    charged: int
    accepted: int  # attempts
    cost: int  # of the accepted attempts


BILL = """
SELECT account.spent_micros, account.held_micros,
       coalesce(sum(entry.held_micros) FILTER (WHERE entry.kind = 'hold'), 0)::bigint,
       count(*) FILTER (WHERE entry.kind = 'settle'),
       count(DISTINCT entry.step_id) FILTER (WHERE entry.kind = 'settle'),
       coalesce(sum(entry.spent_micros), 0)::bigint,
       (SELECT count(*) FROM generation_stepattempt attempt JOIN generation_step step ON step.id = attempt.step_id
        WHERE step.creator_id = account.creator_id AND outcome = 'done'),
       (SELECT coalesce(sum(cost_micros), 0)::bigint
        FROM generation_stepattempt attempt JOIN generation_step step ON step.id = attempt.step_id
        WHERE step.creator_id = account.creator_id AND outcome = 'done')
FROM generation_computeaccount account JOIN creators_creator creator ON creator.id = account.creator_id
JOIN generation_computeentry entry ON entry.account_id = account.creator_id
WHERE creator.uid = %s GROUP BY account.creator_id
"""


def bill_of(stack: Attacked, creator: str) -> Bill:
    return Bill(*stack.rows(BILL, creator)[0])


def problems_of_budget(stack: Attacked) -> list[Any]:
    """What the books themselves find wrong."""
    code = "import json; from generation import budget; print(json.dumps(budget.audit(), default=str))"
    asked = stack.platform.manage("shell", "-v", "0", "-c", code)
    assert asked.returncode == 0, asked.stderr
    return list(json.loads(asked.stdout.splitlines()[-1]))


def events_of(person: Person, render: str) -> list[dict[str, Any]]:
    """Every durable event of a render, as the API has it."""
    found: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        page = person.get(f"studio/renders/{render}/events?after={after}")
        found, after = found + page["results"], page["next"]
    return found
