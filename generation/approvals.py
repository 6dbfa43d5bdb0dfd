"""Which sheets of the cast a person has approved: asked before anything is rendered that is shown them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from common.errors import Conflict
from generation.models import SheetApproval
from generation.plan import Plan, PlannedStep
from generation.plan.stages import OF

KIND = "sheet"


class SheetsUnapproved(Conflict):
    """Somebody's looks have not been approved; `names` says whose."""

    code = "sheets_unapproved"
    message = "The looks of the cast are not approved yet."
    remedy = "Have the sheets made, look at them, and approve them."


def sheets_in(plan: Plan) -> list[PlannedStep]:
    """The sheets that a plan shows to its shots."""
    return [step for step in plan.steps if step.kind == KIND]


def name_of(step: PlannedStep) -> str:
    """Whose sheet it is, as the text calls them."""
    return step.label.removeprefix(f"{KIND}{OF}")


def approved_among(creator_id: int, keys: Collection[str]) -> set[str]:
    """Those of the sheets that are approved. One query, and none for no keys."""
    if not keys:
        return set()
    return set(
        SheetApproval.objects.filter(creator_id=creator_id, key__in=keys).values_list("key", flat=True)
    )


def unapproved(creator_id: int, plans: Sequence[Plan]) -> dict[str, str]:
    """Key to name of every sheet of these plans that is not approved. At most one query."""
    known = {step.key: name_of(step) for plan in plans for step in sheets_in(plan)}
    approved = approved_among(creator_id, known)
    return {key: name for key, name in known.items() if key not in approved}


def require_sheets(creator_id: int, plan: Plan) -> None:
    """Raise `SheetsUnapproved` if the plan is shown a sheet that nobody has approved."""
    if missing := unapproved(creator_id, [plan]):
        names = sorted(missing.values())
        raise SheetsUnapproved(f"Nobody has approved how they look: {', '.join(names)}.", names=names)
