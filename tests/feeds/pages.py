"""Pages of the feed, as tests read them."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from feeds.services import FeedPage, feed_page
from tests.feeds.shelf import NOW


def page_of(user: User, cursor: str | None = None, limit: int = 10, now: datetime = NOW) -> FeedPage:
    return feed_page(user=user, cursor=cursor, limit=limit, now=now)


def uids(page: FeedPage) -> list[str]:
    return [str(item.card.episode.uid) for item in page.items]


def titles(page: FeedPage) -> list[str]:
    return [item.card.episode.series.title for item in page.items]


def everything(user: User, limit: int = 10) -> list[FeedPage]:
    pages = [page_of(user, limit=limit)]
    while pages[-1].next_cursor:
        assert len(pages) < 300, "the feed never ends"
        pages.append(page_of(user, pages[-1].next_cursor, limit))
    return pages
