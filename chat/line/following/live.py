"""What a visitor's line is told live: what it missed comes first, and a line that cannot have all of it ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import structlog

from chat.protocol import OUR_FAULT, Hello
from tickets.errors import Refused
from tickets.live import Follows, Greet, Outbox, Topic

TOPIC_LANGUAGE = "en"  # frames to visitors hold no words of ours, so that one rendering serves every language

_log = structlog.get_logger("frontdesk.chat")


class Following:
    """One line's place in the feed. `finish` closes the line."""

    def __init__(self, feed: Follows, outbox: Outbox, finish: Callable[[int], None]) -> None:
        self._feed = feed
        self._outbox = outbox
        self._finish = finish
        self._behind = 0
        self._left = False
        self._one_by_one = asyncio.Lock()  # else what was missed of one chat could follow the welcome of the next

    @property
    def is_steady(self) -> bool:
        """Whether all that the feed has delivered is in the outbox, or was. A line that failed never is again."""
        return self._behind == 0

    def surely(self, catching_up: Callable[[], Awaitable[None]]) -> Coroutine[Any, Any, None]:
        """From this moment the line is behind, until `catching_up` is done.

        Where that fails or is given up, the line ends: its client comes back with the place that it has. It must not
        wait for another line, which may be waiting for this one.
        """
        self._behind += 1
        return self._surely(catching_up)

    @contextlib.asynccontextmanager
    async def greeting(self) -> AsyncIterator[None]:
        """The line is behind until the block has been left; for good, where it fails."""
        self._behind += 1
        async with self._one_by_one:
            yield
        self._behind -= 1

    async def _surely(self, catching_up: Callable[[], Awaitable[None]]) -> None:
        try:
            async with self._one_by_one:
                await catching_up()
        except BaseException as error:
            self._finish(OUR_FAULT)
            if not isinstance(error, Exception):
                raise
            if not isinstance(error, Refused):
                _log.exception("line cannot follow")
        else:
            self._behind -= 1

    async def follow(self, ticket_id: int | None, cursor: int, hello: Hello, greet: Greet) -> bool:
        """See tickets.live.Follows: this ticket's events from `cursor` on."""
        topics = {Topic(f"chat:{ticket_id}", TOPIC_LANGUAGE)} if ticket_id is not None else set()
        try:
            return await self._feed.follow(
                self._outbox, frozenset(topics), cursor=cursor, epoch=hello.epoch, greet=greet, counted=hello.counted
            )
        finally:
            if self._left:  # while it was on its way in
                self.leave()

    def leave(self) -> None:
        """The line is over, even where somebody still renews it."""
        self._left = True
        self._feed.leave(self._outbox)
