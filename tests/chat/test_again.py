"""A line that has refused something for now takes it, and nothing in its place, until it was said again."""

from __future__ import annotations

from chat.line.again import Again
from tickets.errors import overloaded, unavailable


class Seconds:
    """A clock that is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_first_that_was_refused_is_waited_for_and_then_all_is_taken() -> None:
    again = Again(Seconds())
    assert not again.holds("c-1")
    again.strand.failed = unavailable()
    for client_id in ("c-2", "c-3"):
        again.refused(client_id, unavailable())

    assert [True, True, False, False] == [bool(again.holds(f"c-{n}")) for n in (3, 4, 2, 3)]


def test_whoever_does_not_say_it_again_is_heard_after_a_while() -> None:
    """A client that has given it up is not shut out by that."""
    seconds = Seconds()
    again = Again(seconds)
    again.refused("c-1", unavailable(retry_after=2.0))
    assert again.holds("c-2")
    seconds.now = 2.0
    assert not again.holds("c-2")


def test_of_two_the_one_that_was_said_first_is_waited_for() -> None:
    """One that is turned away at the door is refused sooner than what waits behind it."""
    again = Again(Seconds())
    before = again.strand
    again.refused("c-9", overloaded())
    before.failed = unavailable()
    again.refused("c-5", unavailable())

    assert again.strand is not before
    assert [True, False] == [bool(again.holds(client_id)) for client_id in ("c-9", "c-5")]
