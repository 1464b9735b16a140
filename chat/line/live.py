"""How far the visitor has read: one word of it is under way, and only the newest waits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

Keep = Callable[[int, int], Awaitable[int]]
"""Keeps that a ticket's messages were seen up to a seq; returns up to where it is kept, which is no further than
there are messages."""


class Seeing:
    """However fast a client counts up, one line asks for one change at a time."""

    def __init__(self, keep: Keep, errand: Callable[[Awaitable[None]], None]) -> None:
        self._keep = keep
        self._errand = errand
        self._said = self._kept = (0, 0)  # a ticket, and the seq there
        self._runs = False

    def upto(self, ticket_id: int, seq: int) -> None:
        """The visitor says so. Less than they have said before is nothing new."""
        ticket, said = self._said
        if ticket_id != ticket or seq > said:
            self._said = (ticket_id, seq)
            if not self._runs:
                self._runs = True
                self._errand(self._catch_up())

    async def _catch_up(self) -> None:
        try:
            while self._said != self._kept:
                asked = self._said
                self._kept = (asked[0], await self._keep(*asked))
                if self._said == asked:
                    self._said = self._kept
        finally:
            self._said = self._kept  # what failed may be said again
            self._runs = False
