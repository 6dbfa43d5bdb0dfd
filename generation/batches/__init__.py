"""Many episodes of a series as one wish: admitted all or not at all, carried out item by item, told as one.

What a creator asks for is a row (`admission`, `orders`). Whoever attends (`attending`: a task by doorbell, and a sweep)
does the rest in short transactions, and any number of them may, and may die, at any time.
"""

from generation.batches.admission import batch_create
from generation.batches.attending import attend
from generation.batches.orders import batch_cancel, batch_go, batch_pause, batch_resume, batch_retry
from generation.batches.showing import batch_for_member, batch_view, batches_of

__all__ = [
    "attend", "batch_cancel", "batch_create", "batch_for_member", "batch_go", "batch_pause", "batch_resume",
    "batch_retry", "batch_view", "batches_of",
]
