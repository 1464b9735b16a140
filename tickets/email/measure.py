"""How much mail one sender, one domain, and everybody together may bring before they are asked for patience."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic

from tickets.limit import Limit


class Measure:
    """Nobody counts the mails of nobody (a bounce names no sender): they count only with everybody's."""

    def __init__(
        self,
        *,
        per_sender_per_hour: int,
        per_domain_per_hour: int,
        per_second: int,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._sender = Limit(per_sender_per_hour, 3600, clock)
        self._domain = Limit(per_domain_per_hour, 3600, clock)
        self._all = Limit(per_second, 1, clock)

    def shared(self) -> Iterator[tuple[str, Limit]]:
        """What all processes count together, under its name."""
        yield from (("mail sender", self._sender), ("mail domain", self._domain), ("mail", self._all))

    def wait(self, sender: str) -> int:
        """Seconds until this sender may bring another one; 0 for now."""
        waits = [self._all.wait("")]
        waits += [self._sender.wait(sender.lower()), self._domain.wait(_domain(sender))] if sender else []
        longest = max(waits)
        return int(longest) + 1 if longest > 0 else 0

    def count(self, sender: str) -> None:
        self._all.take("")
        if sender:
            self._sender.take(sender.lower())
            self._domain.take(_domain(sender))


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].lower()
