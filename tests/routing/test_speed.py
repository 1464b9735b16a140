"""Service level, speed of answer and who gave up, as semantics.md part 8 defines them; each number has its rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from routing import presence
from routing.callbacks.turning import to_email
from routing.presence import Intent
from routing.queues import Queue
from routing.wallboard import entries
from routing.wallboard import figures as board
from routing.wallboard.entries import Asked
from routing.wallboard.speed import FIGURES, Speed, speeds
from routing.wallboard.today import as_of
from tests.cast import UnitChange, a_change, a_ticket
from tests.routing.floor import ALL, a_floor, a_queue
from tickets.errors import Refused
from tickets.log import LogRow
from tickets.people import Agent
from tickets.status import Channel
from tickets.ticket import Ticket


def happens(change: UnitChange) -> None:
    """The house reacts, and all of it is in the log."""
    change.settle(ALL)
    for by, event in change.events:
        pos = change.new_id()
        change.append(
            LogRow(pos=pos, at=change.now, kind=event.kind, ticket_id=event.ticket, by=by, data=event.encoded())
        )
    change.events.clear()
    change.write()


def a_line(change: UnitChange) -> tuple[Queue, Agent]:
    """Ada takes by hand whom she likes; nothing rings."""
    queue, (ada,) = a_floor(change, "Ada")
    presence.set_intent(change, ada.id, Intent.AWAY)
    happens(change)
    return queue, ada


def comes(change: UnitChange, queue: Queue, *, live: bool = True) -> Ticket:
    ticket = a_ticket(change, live=live, queue_id=queue.id)
    happens(change)
    return ticket


def taken_after(change: UnitChange, queue: Queue, ada: Agent, seconds: float) -> Ticket:
    ticket = comes(change, queue)
    change.moves(seconds=seconds)
    ticket.assign(change, ada)
    happens(change)
    return ticket


def left_after(change: UnitChange, queue: Queue, seconds: float) -> Ticket:
    ticket = comes(change, queue)
    change.moves(seconds=seconds)
    ticket.end_live(change)
    happens(change)
    return ticket


def told(change: UnitChange, queue: Queue) -> Speed:
    """What the figures say; the rows behind them are as many."""
    at = as_of(change.session, change.now)
    found = speeds(change.session, at).get(queue.id, Speed())
    taken, left, came = (entries.total(change.session, FIGURES, Asked(name, queue.id), at) for name in FIGURES)
    assert (found.taken, found.soon) == (taken.n, taken.good)
    assert (found.left, found.left_late) == (left.n, left.bad)
    assert (found.came, found.left) == (came.n, came.bad)
    for names in (["taken-today", "left-today"], ["came-today"]):
        asked = [entries.page(change.session, FIGURES, Asked(name, None), at) for name in names]
        rows = [(row.ticket_id, row.queue_id) for one in asked for row in one]
        assert len(set(rows)) == len(rows), "nobody is counted twice"
    return found


def aims(change: UnitChange, queue: Queue, **said: Any) -> None:
    usual = {"soon_seconds": 20, "soon_percent": 80, "short_seconds": 0, "sent_on_counts": False}
    queue.set_aim(change, **{**usual, **said})
    change.write()


def test_the_example_of_the_page() -> None:
    """docs/wallboard.md, Waiting times."""
    change = a_change()
    queue, ada = a_line(change)
    taken_after(change, queue, ada, 10)
    taken_after(change, queue, ada, 50)
    left_after(change, queue, 15)
    left_after(change, queue, 60)

    found = told(change, queue)

    assert (33, 30, 50) == (found.level, found.mean, found.share_left)


def test_twenty_seconds_are_soon_and_a_little_more_is_not() -> None:
    change = a_change()
    queue, ada = a_line(change)
    taken_after(change, queue, ada, 20)
    taken_after(change, queue, ada, 20.000_001)

    assert Speed(came=2, taken=2, soon=1, seconds=40.000_001) == told(change, queue)


def test_each_chat_counts_once_by_its_first_wait() -> None:
    """Over, given back and taken again, left and back: what came later is no wait of a newcomer."""
    change = a_change()
    queue, ada = a_line(change)
    again = taken_after(change, queue, ada, 10)
    change.moves(seconds=60)
    again.release(change)
    change.moves(seconds=60)
    again.assign(change, ada)
    again.resolve(change)
    happens(change)
    back = left_after(change, queue, 30)
    change.moves(seconds=60)
    back.begin_live(change)
    change.moves(seconds=60)
    back.assign(change, ada)
    happens(change)

    assert Speed(came=2, taken=1, soon=1, seconds=10, left=1, left_late=1) == told(change, queue)


def test_who_left_twice_before_anybody_had_answered_is_counted_as_lost_once() -> None:
    change = a_change()
    queue, _ = a_line(change)
    lost = left_after(change, queue, 30)
    change.moves(seconds=60)
    lost.begin_live(change)
    happens(change)
    change.moves(seconds=60)
    lost.end_live(change)
    happens(change)

    at = as_of(change.session, change.now)
    assert 1 == entries.total(change.session, board.FIGURES, Asked("abandoned-today", queue.id), at).n


def test_who_still_waits_was_turned_away_or_changed_to_mail_counts_neither_way() -> None:
    """Who waits still has come."""
    change = a_change()
    queue, ada = a_line(change)
    comes(change, queue)
    left_after(change, queue, 0)
    left_after(change, queue, 30).channel = Channel.EMAIL.value
    letter = comes(change, queue, live=False)
    change.moves(seconds=30)
    letter.assign(change, ada)
    happens(change)

    assert Speed(came=1) == told(change, queue)


def test_everybody_came_who_was_taken_left_was_sent_on_or_answered_in_another_way() -> None:
    """semantics.md part 8: abandoned ÷ offered."""
    change = a_change()
    queue, ada = a_line(change)
    other = a_queue(change, "Billing", ada)
    taken_after(change, queue, ada, 5)
    left_after(change, queue, 30)
    comes(change, queue).move(change, other.id)
    happens(change)
    comes(change, queue).resolve(change)
    to_email(change, comes(change, queue).id, "sam@shop.example")
    happens(change)

    assert Speed(came=5, taken=1, soon=1, seconds=5, left=1, left_late=1) == told(change, queue)
    assert 20 == told(change, queue).share_left
    assert Speed(came=1) == told(change, other), "there they wait still"


def test_a_queue_is_judged_by_its_own_aim() -> None:
    """A change of it judges the day anew; another queue keeps its own."""
    change = a_change()
    queue, ada = a_line(change)
    other = a_queue(change, "Billing", ada)
    for place in (queue, other):
        taken_after(change, place, ada, 30)
        left_after(change, place, 25)
    aims(change, queue, soon_seconds=30)

    assert (100, 0) == ((judged := told(change, queue)).level, judged.left_late)
    assert (0, 1) == ((judged := told(change, other)).level, judged.left_late)


def test_who_leaves_at_once_or_is_sent_on_counts_as_the_queue_says() -> None:
    """semantics.md part 8, the options: short abandons, flow-outs. At the threshold itself somebody has waited."""
    change = a_change()
    queue, ada = a_line(change)
    other = a_queue(change, "Billing", ada)
    taken_after(change, queue, ada, 10)
    for seconds in (4.999_999, 5, 60):
        left_after(change, queue, seconds)
    comes(change, queue).move(change, other.id)
    happens(change)
    usual = told(change, queue)
    assert (5, 3, 50, 60) == (usual.came, usual.left, usual.level, usual.share_left)

    aims(change, queue, short_seconds=5, sent_on_counts=True)

    judged = told(change, queue)
    assert (4, 2, 33, 50) == (judged.came, judged.left, judged.level, judged.share_left)


@pytest.mark.parametrize(
    ("field", "n"), [("soon_seconds", 0), ("soon_seconds", 3601), ("soon_percent", 101), ("short_seconds", 301)]
)
def test_an_aim_that_cannot_be_meant_is_refused(field: str, n: int) -> None:
    change = a_change()
    queue, _ = a_line(change)
    with pytest.raises(Refused) as refusal:
        aims(change, queue, **{field: n})
    assert field == refusal.value.field


def test_a_day_and_a_queue_of_its_own() -> None:
    """Yesterday's are no more; a talk that goes on counts, and one that is over."""
    change = a_change()
    queue, ada = a_line(change)
    other = a_queue(change, "Billing", ada)
    taken_after(change, queue, ada, 10)
    change.moves(days=1)
    taken_after(change, queue, ada, 30).end_live(change)
    taken_after(change, queue, ada, 10)
    taken_after(change, other, ada, 5)
    happens(change)

    assert Speed(came=2, taken=2, soon=1, seconds=40) == told(change, queue)
    assert Speed(came=1, taken=1, soon=1, seconds=5) == told(change, other)
    change.moves(days=1)
    assert Speed() == told(change, queue)


def test_nobody_came_yet() -> None:
    change = a_change()
    assert {} == speeds(change.session, as_of(change.session, change.now + timedelta(days=1)))
    assert (None, None, None) == (Speed().level, Speed().mean, Speed().share_left)
