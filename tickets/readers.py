"""The threads that look at the database for those who must not wait themselves, each on a line of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol


class Reply(Protocol):
    """Where somebody waits, perhaps no longer."""

    def cancelled(self) -> bool: ...


Tell = Callable[[Any, Any, BaseException | None], None]


class Readers:
    """Threads that look; `begin` is called first on each, and `tell(reply, found, error)` there after each look.

    A hundred thousand times a minute: the standard library's way there and back, a future of threads beside that of the
    loop, costs three times as much.
    """

    def __init__(self, number: int, *, begin: Callable[[], None], tell: Tell) -> None:
        self._begin = begin
        self._tell = tell
        self._waiting: queue.SimpleQueue[_Wanted | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name=f"frontdesk-reader_{n}", daemon=True) for n in range(number)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is waiting, then end. Blocks until then."""
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def ask(self, look: Callable[[], Any], reply: Reply) -> None:
        self._waiting.put(_Wanted(look, reply))

    def _run(self) -> None:
        self._begin()
        while (wanted := self._waiting.get()) is not None:
            if not wanted.reply.cancelled():
                self._answer(wanted)
            del wanted  # what it asked for must not live until the next

    def _answer(self, wanted: _Wanted) -> None:
        """They hear of it whatever happens, for somebody waits there."""
        try:
            found = wanted.look()
        except BaseException as error:
            self._tell(wanted.reply, None, error)
        else:
            self._tell(wanted.reply, found, None)


class _Wanted(NamedTuple):
    look: Callable[[], Any]
    reply: Reply
