"""Which mailbox an address belongs to: asked for every recipient of every mail, so what is found holds for a second."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from tickets.desk import Desk
from tickets.email.mailbox import taking

KNOWN_FOR = 1.0  # seconds: so long a mailbox that was closed may still take mail


class Recipients:
    """One process's. That there is no such mailbox is not remembered: whoever adds one may write to it at once."""

    def __init__(self, desk: Desk, *, clock: Callable[[], float] = monotonic) -> None:
        self._desk = desk
        self._clock = clock
        self._known: dict[str, int] = {}
        self._until = 0.0

    async def mailbox_of(self, address: str) -> int | None:
        """Its id; None where there is none, or none that takes mail."""
        if self._clock() >= self._until:
            self._known.clear()
            self._until = self._clock() + KNOWN_FOR
        known = self._known.get(address)
        if known is None and address.isprintable():
            mailbox = await self._desk.read(taking, address, self._desk.rules.seals)
            if mailbox is not None:
                known = self._known[address] = mailbox.id
        return known
