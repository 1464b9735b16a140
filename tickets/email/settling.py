"""Mails that come in at the same moment wait for the disk together: one wait serves them all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor

from tickets.email.arriving import Arriving, Laid
from tickets.files.store import Store

Outcome = Laid | Exception


class Settling:
    """While some settle, those that come meanwhile gather, and are next."""

    def __init__(self, store: Store, threads: Executor) -> None:
        self._store = store
        self._threads = threads
        self._waiting: list[tuple[Arriving, asyncio.Future[Laid]]] = []
        self._at_work: asyncio.Task[None] | None = None

    async def kept(self, arriving: Arriving) -> Laid:
        """The mail is durable when this returns. Raises OSError where the disk does not take it."""
        reply: asyncio.Future[Laid] = asyncio.get_running_loop().create_future()
        self._waiting.append((arriving, reply))
        if self._at_work is None or self._at_work.done():
            self._at_work = asyncio.create_task(self._work())
        return await reply

    async def _work(self) -> None:
        while self._waiting:
            some, self._waiting = self._waiting, []
            for (_, reply), outcome in zip(some, await self._settled([one for one, _ in some]), strict=True):
                if reply.done():  # whoever waited for it has hung up
                    continue
                if isinstance(outcome, Exception):
                    reply.set_exception(outcome)
                else:
                    reply.set_result(outcome)

    async def _settled(self, mails: Sequence[Arriving]) -> Sequence[Outcome]:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, settled, self._store, mails)
        except Exception as error:
            return [error] * len(mails)


def settled(store: Store, mails: Sequence[Arriving]) -> Sequence[Outcome]:
    """Each of them durable, or why it is not. On a thread. Raises OSError where none is."""
    outcomes = [_laid(one) for one in mails]
    store.settle(one.stored.sha256 for one in outcomes if not isinstance(one, Exception))
    return outcomes


def _laid(mail: Arriving) -> Outcome:
    try:
        return mail.lay()
    except Exception as error:
        return error
