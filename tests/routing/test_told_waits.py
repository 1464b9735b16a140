"""Those in line are told how long it may take; it is kept as a promise, and judged when they wait no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from routing import told_waits
from routing.events import WaitsTold
from routing.told_waits import EVERY, TELL, Held, WaitPromise
from routing.wait import Band
from tests.cast import UnitChange
from tests.routing.floor import a_chat, a_queue, accept, offer_of, rings_at, settle
from tests.routing.waiting import a_busy_floor, talked
from tickets.people import Agent
from tickets.ticket import Ticket


def test_who_waits_is_told_and_the_first_word_is_a_promise() -> None:
    change, queue, _ = a_busy_floor(talks=20, lasting=300)
    sam, priya = a_chat(change, queue), a_chat(change, queue)

    look(change)

    assert {sam.id: Band(68, 480), priya.id: Band(249, 896)} == told_waits.told(change.session, [sam.id, priya.id])
    assert (68, 480, change.now) == _said(change, sam)
    assert [WaitsTold(queue=queue.id)] == change.recorded


def test_nobody_is_told_what_is_not_known() -> None:
    change, queue, _ = a_busy_floor(talks=19)
    sam = a_chat(change, queue)

    look(change)

    assert {} == told_waits.told(change.session, [sam.id])
    assert [] == change.recorded


def test_a_line_is_looked_at_every_few_seconds_and_by_one_process() -> None:
    change, queue, _ = a_busy_floor(talks=20)
    a_chat(change, queue)
    change.write()

    due = TELL.due(change.session, change.now)
    for key in [*due, *due]:
        TELL.act(change, key)

    assert [queue.id] == due
    assert 1 == change.kinds.count("WaitsTold")
    change.write()
    assert [] == TELL.due(change.session, change.now + EVERY - timedelta(seconds=1))
    assert [queue.id] == TELL.due(change.session, change.now + EVERY)


def test_what_is_said_falls_at_once_rises_once_a_minute_and_what_was_promised_stays() -> None:
    change, queue, ada = a_busy_floor(talks=20, lasting=300)
    sam = a_chat(change, queue)
    look(change)
    promised = _said(change, sam)

    talked(change, queue, ada, ended=change.now, lasting=6000, times=20)
    look(change)
    assert {sam.id: Band(68, 480)} == told_waits.told(change.session, [sam.id]), "not within the minute"
    change.moves(minutes=1)
    look(change)
    assert Band(709, 5039) == told_waits.told(change.session, [sam.id])[sam.id]
    assert promised == _said(change, sam)


@pytest.mark.parametrize(
    ("waited", "held"), [(10, Held.SOONER), (68, Held.WITHIN), (480, Held.WITHIN), (481, Held.LATER)]
)
def test_an_answer_is_judged_by_the_moment_it_came(waited: int, held: Held) -> None:
    """However late it is looked at: Ada takes it, and the line is told only then."""
    change, queue, ada = a_busy_floor(talks=20, lasting=300)
    sam = a_chat(change, queue)
    look(change)
    began = change.now

    change.moves(seconds=waited)
    _takes_next(change, ada, sam)
    change.moves(hours=1)
    look(change)

    (promise,) = change.rows(select(WaitPromise))
    assert (held, began + timedelta(seconds=waited)) == (promise.held, promise.ended_at)
    assert {} == told_waits.told(change.session, [sam.id])


@pytest.mark.parametrize(("waited", "held"), [(60, Held.LEFT), (600, Held.LATER)])
def test_who_gives_up_after_a_longer_wait_than_was_said_had_a_promise_broken(waited: int, held: Held) -> None:
    change, queue, _ = a_busy_floor(talks=20, lasting=300)
    sam = a_chat(change, queue)
    look(change)

    change.moves(seconds=waited)
    sam.end_live(change)
    look(change)

    assert [held] == change.rows(select(WaitPromise.held))


def test_another_line_is_another_promise() -> None:
    change, queue, _ = a_busy_floor(talks=20, lasting=300)
    sam = a_chat(change, queue)
    look(change)

    sam.move(change, a_queue(change, "Billing").id)
    settle(change)
    look(change)

    assert [Held.MOVED] == change.rows(select(WaitPromise.held))


def look(change: UnitChange) -> None:
    """The scheduler looks, a few seconds later, but for what the story counts."""
    settle(change)
    change.now = change.clock.moves(seconds=0)
    for one in change.rows(select(told_waits.LineTold)):
        one.told_at -= EVERY
    change.write()
    for key in TELL.due(change.session, change.now):
        TELL.act(change, key)
    change.write()


def _said(change: UnitChange, ticket: Ticket) -> tuple[object, ...]:
    (one,) = change.rows(select(WaitPromise).where(WaitPromise.ticket_id == ticket.id))
    return one.promised_low, one.promised_high, one.promised_at


def _takes_next(change: UnitChange, ada: Agent, ticket: Ticket) -> None:
    for held in change.rows(select(Ticket).where(Ticket.agent_id == ada.id)):
        held.resolve(change)
    settle(change)
    assert ada.id == rings_at(change, ticket)
    accept(change, ada, offer_of(change, ticket))
