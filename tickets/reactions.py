"""What follows from an event inside the same change: placing, offering, clocks, mail, rules."""

from collections.abc import Callable, Iterable
from typing import Any

from tickets.change import Change
from tickets.events import Event

Reaction = Callable[[Change, Any], None]
MOST_EVENTS = 50


class Reactions:
    """Which function reacts to which kind of event, in the order in which they were registered."""

    def __init__(self, pairs: Iterable[tuple[type[Event], Reaction]] = ()) -> None:
        self._of: dict[type[Event], list[Reaction]] = {}
        for kind, reaction in pairs:
            self._of.setdefault(kind, []).append(reaction)

    def settle(self, change: Change) -> None:
        """Let every recorded event be answered, and the answers' own events too, until nothing more is recorded.

        Raises RuntimeError after 50 events: two reactions are answering each other.
        """
        heard = 0
        with change.acting_as("system"):
            while heard < len(change.events):
                if heard >= MOST_EVENTS:
                    last = ", ".join(event.kind for _, event in change.events[-6:])
                    raise RuntimeError(f"a change recorded more than {MOST_EVENTS} events; the last were {last}")
                _, event = change.events[heard]
                heard += 1
                for reaction in self._of.get(type(event), ()):
                    reaction(change, event)


def actor_of(change: Change, event: Event) -> str:
    """Who did it, whoever reacts to it."""
    return next(by for by, one in reversed(change.events) if one is event)
