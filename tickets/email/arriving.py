"""The bytes of a mail on their way in: a small one is held, a large one goes to the disk piece by piece."""

from __future__ import annotations

from typing import NamedTuple

from tickets.email.raw import fingerprint
from tickets.files.store import Incoming, Store, Stored

HELD = 256 * 1024  # bytes


class Laid(NamedTuple):
    """A mail that lies in the store. The fingerprint is that of tickets.email.raw."""

    stored: Stored
    fingerprint: str


class Arriving:
    """Use as a context manager: what is not finished leaves nothing behind."""

    def __init__(self, store: Store, *, largest: int) -> None:
        self.size = 0  # bytes of the mail
        self.seen = 0  # bytes that came in, those beyond the limit included
        self._store = store
        self._largest = largest
        self._held: list[bytes] = []
        self._holding = 0
        self._incoming: Incoming | None = None

    def __enter__(self) -> Arriving:
        return self

    def __exit__(self, *_: object) -> None:
        if self._incoming is not None:
            self._incoming.close()

    @property
    def too_big(self) -> bool:
        return self.size > self._largest

    def add(self, piece: bytes) -> None:
        """Cheap: nothing touches the disk. What is too big is counted and forgotten."""
        self.seen += len(piece)
        self.size += len(piece)
        if self.too_big:
            self._held.clear()
            self._holding = 0
        else:
            self._held.append(piece)
            self._holding += len(piece)

    def spill(self) -> None:
        """Write down what is held, if it is much. On a thread."""
        if self._holding > HELD:
            self._write()

    def lay(self) -> Laid:
        """All of it is written under its hash; durable once the store has settled it. On a thread."""
        if self._incoming is None:
            content = b"".join(self._held)
            return Laid(self._store.lay(content), fingerprint(content))
        self._write()
        stored = self._incoming.lay()
        return Laid(stored, fingerprint(self._store.path(stored.sha256).read_bytes()))

    def finish(self) -> Laid:
        """The mail is durable when this returns. On a thread."""
        laid = self.lay()
        self._store.settle([laid.stored.sha256])
        return laid

    def _write(self) -> None:
        if self._incoming is None:
            self._incoming = self._store.receive(largest=self._largest)
        self._incoming.write(b"".join(self._held))
        self._held.clear()
        self._holding = 0
