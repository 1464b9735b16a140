"""How long callers waited: gross and net, by queue and day, of those with whom we spoke."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from routing.callbacks.callback import CANCELLED, EXPIRED, Callback, State
from routing.wallboard.call_waits import CallWaits, Spread, call_waits, spread
from routing.wallboard.days import chosen
from tests.cast import UnitChange, a_change, a_ticket
from tests.routing.callbacks.calls import a_call_floor, at, reached_at_the_second_try
from tickets.status import Channel


def ended(
    change: UnitChange,
    queue_id: int,
    *,
    gross: int = 600,
    net: int = 300,
    outcome: str = "reached",
    when: datetime | None = None,
) -> None:
    """A call that ended like this, now unless it is said when; the waits are in seconds."""
    ticket, when = a_ticket(change), when or change.now
    ticket.channel, ticket.queue_id = Channel.CALLBACK.value, queue_id
    asked_at = when - timedelta(seconds=gross)
    change.add(
        Callback(
            ticket_id=ticket.id,
            queue_id=queue_id,
            phone=f"+4930{ticket.id}",
            start=asked_at,
            end=when,
            not_before=asked_at,
            state=State.DONE.value,
            outcome=outcome,
            form_key=f"k-{ticket.id}",
            asked_at=asked_at,
            ended_at=when,
            gross_seconds=gross,
            net_seconds=net,
        )
    )
    change.write()


def of_days(change: UnitChange, days: int = 1) -> dict[int | None, CallWaits]:
    """So many of them, today included."""
    today = change.now.date()
    return dict(call_waits(change.session, chosen(change.session, change.now, today - timedelta(days=days - 1), today)))


def test_the_example_of_the_docs() -> None:
    """Asked at eleven for one; in line for an hour, nobody answers, again twenty minutes later."""
    change = a_change()
    callback = reached_at_the_second_try(change).callback
    change.write()

    assert {callback.queue_id: CallWaits([12000], [3900])} == of_days(change)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [([], None), ([40], Spread(40, 40)), ([30, 10], Spread(10, 30)), (list(range(1, 11)), Spread(5, 9))],
)
def test_half_and_nine_of_ten_waited_no_longer_than_that(seconds: list[int], expected: Spread | None) -> None:
    assert expected == spread(seconds)


def test_only_who_was_spoken_with_has_waited_and_who_called_it_off_is_not_counted() -> None:
    change = a_change()
    queue, _ = a_call_floor(change)
    ended(change, queue.id, gross=60, net=30)
    for outcome in ("gave_up", "wrong_number", EXPIRED, CANCELLED):
        ended(change, queue.id, gross=90_000, outcome=outcome)

    assert {queue.id: CallWaits([60], [30], unreached=3)} == of_days(change)


def test_days_begin_at_midnight_where_the_queue_is() -> None:
    """In Berlin, an hour before UTC."""
    change = a_change()
    queue, _ = a_call_floor(change)
    ended(change, queue.id, gross=1, when=at("2026-11-23T00:30"))
    ended(change, queue.id, gross=2, when=at("2026-11-22T23:30"))
    ended(change, queue.id, gross=3, when=at("2026-11-17T00:30"))
    ended(change, queue.id, gross=4, when=at("2026-11-16T23:30"))

    def of(days: int) -> list[int]:
        return sorted(of_days(change, days)[queue.id].gross)

    assert ([1], [1, 2, 3], [1, 2, 3, 4]) == (of(1), of(7), of(8))
