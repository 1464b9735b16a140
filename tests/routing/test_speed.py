"""Service level, speed of answer and who gave up, as semantics.md part 8 defines them; each number has its rows."""

from __future__ import annotations

from datetime import timedelta

from routing import presence
from routing.presence import Intent
from routing.queues import Queue
from routing.wallboard import entries
from routing.wallboard.entries import Asked
from routing.wallboard.speed import FIGURES, Speed, speeds
from routing.wallboard.today import as_of
from tests.cast import UnitChange, a_change, a_ticket
from tests.routing.floor import ALL, a_floor, a_queue
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
    taken, left = (entries.total(change.session, FIGURES, Asked(name, queue.id), at) for name in FIGURES)
    assert (found.taken, found.soon) == (taken.n, taken.good)
    assert (found.left, found.left_late) == (left.n, left.bad)
    rows = [row.ticket_id for name in FIGURES for row in entries.page(change.session, FIGURES, Asked(name, None), at)]
    assert len(set(rows)) == len(rows), "nobody is counted twice"
    return found


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

    assert Speed(taken=2, soon=1, seconds=40.000_001) == told(change, queue)


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

    assert Speed(taken=1, soon=1, seconds=10, left=1, left_late=1) == told(change, queue)


def test_who_still_waits_was_turned_away_or_changed_to_mail_counts_neither_way() -> None:
    change = a_change()
    queue, ada = a_line(change)
    comes(change, queue)
    left_after(change, queue, 0)
    left_after(change, queue, 30).channel = Channel.EMAIL.value
    letter = comes(change, queue, live=False)
    change.moves(seconds=30)
    letter.assign(change, ada)
    happens(change)

    assert Speed() == told(change, queue)


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

    assert Speed(taken=2, soon=1, seconds=40) == told(change, queue)
    assert Speed(taken=1, soon=1, seconds=5) == told(change, other)
    change.moves(days=1)
    assert Speed() == told(change, queue)


def test_nobody_came_yet() -> None:
    change = a_change()
    assert {} == speeds(change.session, as_of(change.session, change.now + timedelta(days=1)))
    assert (None, None, None) == (Speed().level, Speed().mean, Speed().share_left)
