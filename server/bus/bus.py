"""Says "the log has grown", and carries what is worth saying but not worth keeping."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from tickets.limit import Limit

Whisper = dict[str, Any]


class Bus(Protocol):
    """The seam between one process and many. A lost ring costs a second, a lost whisper a hint; neither costs data."""

    reconnects: int
    """How often a line to the others was lost."""

    dropped: int
    """Whispers that were not passed on."""

    @property
    def connected(self) -> bool | None:
        """Whether what is said here reaches the other processes now; None where there are none."""

    def ring(self) -> None:
        """The log has grown. Called on the event loop after a commit; must not block."""

    def whisper(self, topic: str, frame: Whisper) -> None:
        """Tell every process's followers of `topic`. Must not block."""

    def listen(self, *, rung: Callable[[], None], whispered: Callable[[str, Whisper], None]) -> None:
        """Call `rung` for each ring and `whispered` for each whisper, from whichever process, on the event loop."""

    limits: dict[str, Limit]
    """All that are counted together."""

    def share(self, name: str, limit: Limit, *, aloud: bool) -> None:
        """Count this limit together with all processes. `aloud`: those that have taken nothing yet must know too."""


class LocalBus:
    """The bus of a house with one process: a ring is a function call."""

    def __init__(self) -> None:
        self.reconnects = self.dropped = 0
        self.limits: dict[str, Limit] = {}
        self._rung: list[Callable[[], None]] = []
        self._whispered: list[Callable[[str, Whisper], None]] = []

    @property
    def connected(self) -> bool | None:
        return None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[LocalBus]:
        yield self

    def ring(self) -> None:
        for rung in self._rung:
            rung()

    def whisper(self, topic: str, frame: Whisper) -> None:
        for whispered in self._whispered:
            whispered(topic, frame)

    def listen(self, *, rung: Callable[[], None], whispered: Callable[[str, Whisper], None]) -> None:
        self._rung.append(rung)
        self._whispered.append(whispered)

    def share(self, name: str, limit: Limit, *, aloud: bool) -> None:
        self.limits[name] = limit  # there is nobody to count with


def bus_at(url: str, secret: bytes) -> AbstractAsyncContextManager[Bus]:
    """The bus that `bus.url` names, at work as long as the block lasts."""
    if not url:
        return LocalBus().running()
    from server.bus.redis_bus import RedisBus  # no business of a desk with one process
    from server.bus.redis_url import RedisAddress

    return RedisBus(RedisAddress.parse(url), secret=secret, process=secrets.token_hex(8)).running()
