"""Says "the log has grown", and carries what is worth saying but not worth keeping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

Whisper = dict[str, Any]


class Bus(Protocol):
    """The seam between one process and many. A lost ring costs a second, a lost whisper a hint; neither costs data."""

    def ring(self) -> None:
        """The log has grown. Called on the event loop after a commit; must not block."""

    def whisper(self, topic: str, frame: Whisper) -> None:
        """Tell every process's followers of `topic`. Must not block."""

    def listen(self, *, rung: Callable[[], None], whispered: Callable[[str, Whisper], None]) -> None:
        """Call `rung` for each ring and `whispered` for each whisper, from whichever process, on the event loop."""


class LocalBus:
    """The bus of a house with one process: a ring is a function call."""

    def __init__(self) -> None:
        self._rung: list[Callable[[], None]] = []
        self._whispered: list[Callable[[str, Whisper], None]] = []

    def ring(self) -> None:
        for rung in self._rung:
            rung()

    def whisper(self, topic: str, frame: Whisper) -> None:
        for whispered in self._whispered:
            whispered(topic, frame)

    def listen(self, *, rung: Callable[[], None], whispered: Callable[[str, Whisper], None]) -> None:
        self._rung.append(rung)
        self._whispered.append(whispered)
