"""What follows from an event inside the same change: placing, offering, clocks, mail, rules."""

from collections.abc import Callable, Iterable
from typing import Any

from tickets.change import Change
from tickets.events import Event

Reaction = Callable[[Change, Any], None]
MOST_EVENTS = 50  # each in answer to the one before: such reactions answer each other
MOST_AT_ONCE = 10_000  # however many people a change concerns


class Reactions:
    """Which function reacts to which kind of event, in the order in which they were registered."""

    def __init__(self, pairs: Iterable[tuple[type[Event], Reaction]] = ()) -> None:
        self._of: dict[type[Event], list[Reaction]] = {}
        for kind, reaction in pairs:
            self._of.setdefault(kind, []).append(reaction)

    def settle(self, change: Change) -> None:
        """Let every recorded event be answered, and the answers' own events too, until nothing more is recorded.

        Raises RuntimeError where more than 50 in a row answer the one before: two reactions are answering each other.
        What concerns many people at once may tell of each of them.
        """
        heard, in_a_row = 0, 0
        with change.acting_as("system"):
            while heard < len(change.events):
                in_a_row, upto = in_a_row + 1, len(change.events)
                if in_a_row > MOST_EVENTS or upto > MOST_AT_ONCE:
                    most = MOST_EVENTS if in_a_row > MOST_EVENTS else MOST_AT_ONCE
                    last = ", ".join(event.kind for _, event in change.events[-6:])
                    raise RuntimeError(f"a change recorded more than {most} events; the last were {last}")
                for _, event in change.events[heard:upto]:
                    for reaction in self._of.get(type(event), ()):
                        reaction(change, event)
                heard = upto


def actor_of(change: Change, event: Event) -> str:
    """Who did it, whoever reacts to it."""
    return next(by for by, one in reversed(change.events) if one is event)
