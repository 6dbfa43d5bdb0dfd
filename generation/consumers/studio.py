"""All renders of a person's studio accounts, live, in one socket."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async
from django.utils import timezone

from creators.selectors import member_creator_ids
from generation.consumers.base import Listener
from generation.progress import studio_group
from generation.watching import Mark, renders_named, studio_look, studio_renders

MOST_AT_ONCE = 200
Rows = tuple[list[dict[str, Any]], dict[str, int]]


class StudioConsumer(Listener):
    """`ws/studio/`: see `docs/sockets.md`.

    A render that was requested later comes by a `snapshot` of its own. Somebody who belongs to no studio account hears
    an empty snapshot; whoever has left one is closed with 4404, and starts anew with what is left.
    """

    async def welcome(self) -> bool:
        self.creators = await self._creators()
        await self.join(*map(studio_group, self.creators))
        await self._show(*await self._renders())
        return True

    async def look(self) -> bool:
        told = {uid: track.pk for uid, track in self.board.tracks.items()}
        now_mine, marks = await self._marks(list(told.values()))
        if not self.creators <= now_mine:
            return False
        self.creators = now_mine
        await self.join(*map(studio_group, self.creators))
        for mark in marks:
            self._compare(mark)
        self.board.forget(set(told) - {mark.uid for mark in marks})
        return True

    def _compare(self, mark: Mark) -> None:
        track = self.board.tracks.get(mark.uid)
        if track is None:
            self.board.unknown.add(mark.uid)
        elif mark.seq > track.seq:
            self.board.behind.add(mark.uid)
        elif mark.over:
            self.board.forget([mark.uid])

    async def read_unknown(self) -> None:
        wanted = set(list(self.board.unknown)[:MOST_AT_ONCE])
        self.board.unknown -= wanted
        try:
            cards, pks = await self._named(wanted)
        except BaseException:
            self.board.unknown |= wanted
            raise
        if cards:
            await self._show(cards, pks)

    async def _show(self, cards: list[dict[str, Any]], pks: dict[str, int]) -> None:
        for card in cards:
            self.board.follow(card["uid"], pk=pks[card["uid"]], seq=card["seq"], percent=card["percent"])
        await self.say("", {"type": "snapshot", "renders": cards})

    def shape(self, uid: str, message: dict[str, Any]) -> dict[str, Any]:
        return {"render": uid} | message if uid else message

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _creators(self) -> set[int]:
        return set(member_creator_ids(user=self.scope["user"]))

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _renders(self) -> Rows:
        return studio_renders(creator_ids=sorted(self.creators), now=timezone.now())

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _marks(self, told: list[int]) -> tuple[set[int], list[Mark]]:
        return studio_look(user=self.scope["user"], told=told, now=timezone.now())

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _named(self, uids: set[str]) -> Rows:
        return renders_named(creator_ids=sorted(self.creators), uids=uids, now=timezone.now())
