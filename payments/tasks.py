"""Doorbells of money. Losing or doubling one changes nothing: the rows wait, and beat rings again."""

from celery import Task, shared_task
from django.utils import timezone

from payments import services

TWIN_RETRIES = (2, 10, 60)  # seconds; a provider tries again when nobody answers


@shared_task(name="payments.process_events", ignore_result=True)
def process_events() -> None:
    """Work off the provider events that are due."""
    now = timezone.now()
    for event_id in services.events_due(now=now):
        services.event_process(event_id=event_id, now=now)


@shared_task(name="payments.twin_deliver", bind=True, ignore_result=True)
def twin_deliver(self: "Task[..., None]", session: str, deliveries: list[int]) -> None:
    """Set each delivery to its time."""
    for seconds in deliveries:
        twin_post.apply_async(kwargs={"session": session}, countdown=seconds)


@shared_task(name="payments.twin_post", bind=True, max_retries=len(TWIN_RETRIES), ignore_result=True)
def twin_post(self: "Task[..., None]", session: str) -> None:
    """Deliver once; try again later if nobody answers."""
    if not services.twin_deliver(session=session, now=timezone.now()) and self.request.retries < len(TWIN_RETRIES):
        raise self.retry(countdown=TWIN_RETRIES[self.request.retries])
