"""How much mail a sender, a domain, a caller and everybody together may bring before they are asked for patience."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic

from tickets.limit import Limit


class Measure:
    """Nobody counts the mails of nobody (a bounce names no sender): they count only with everybody's.

    A sender is whoever a mail says that it is, and can be another one each time: so half of what all may bring is the
    most for those who call from one network. The server next door, which brings what comes from everywhere, names none.
    """

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
        self._network = Limit(max(per_second / 2, 1), 1, clock)
        self._all = Limit(per_second, 1, clock)

    def shared(self) -> Iterator[tuple[str, Limit]]:
        """What all processes count together, under its name."""
        yield from (("mail sender", self._sender), ("mail domain", self._domain))
        yield from (("mail network", self._network), ("mail", self._all))

    def wait(self, sender: str, network: str = "") -> int:
        """Seconds until this sender may bring another one; 0 for now."""
        waits = [self._all.wait(""), self._network.wait(network) if network else 0.0]
        waits += [self._sender.wait(sender.lower()), self._domain.wait(_domain(sender))] if sender else []
        longest = max(waits)
        return int(longest) + 1 if longest > 0 else 0

    def count(self, sender: str, network: str = "") -> None:
        self._all.take("")
        if network:
            self._network.take(network)
        if sender:
            self._sender.take(sender.lower())
            self._domain.take(_domain(sender))


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].lower()
