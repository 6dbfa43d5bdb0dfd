"""Compute accounts: the price before, the hold at the start, the charge at the end, and a cap that nothing passes."""

from generation.budget.accounts import BudgetExceeded, account_view, cap_set, entries_of
from generation.budget.audit import audit
from generation.budget.costs import attempt_cost, attempt_record, price, render_cost, step_price
from generation.budget.moves import hold, hold_item, hold_items, move_item, release, release_item, settle
from generation.budget.rates import on_gpu, rate, rates, worker_name

__all__ = [
    "BudgetExceeded", "account_view", "attempt_cost", "attempt_record", "audit", "cap_set", "entries_of", "hold",
    "hold_item", "hold_items", "move_item", "on_gpu", "price", "rate", "rates", "release", "release_item",
    "render_cost", "settle", "step_price", "worker_name",
]
