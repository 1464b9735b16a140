"""Handling time, occupancy and who was sent on, as semantics.md part 8 defines them: no second is counted twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from routing import presence, silence, wrapping
from routing.medium import Medium
from routing.presence import Intent
from routing.queues import Queue
from routing.wallboard import entries
from routing.wallboard.entries import Asked
from routing.wallboard.flow import FIGURES as FLOWS
from routing.wallboard.flow import flows
from routing.wallboard.hands import FIGURES, Handling, Hands, Occupancy, hands
from routing.wallboard.today import as_of
from tests.cast import UnitChange, a_change, a_ticket
from tests.routing.floor import a_floor, a_queue, open_assignments
from tests.routing.talks import sets
from tests.routing.test_speed import comes, happens, taken_after
from tickets.people import Agent
from tickets.status import Status
from tickets.ticket import Ticket

MINUTE = 60


def a_new_day() -> tuple[UnitChange, Queue, Agent]:
    """Ada is there and available, and has a minute to write after each chat; a day has just begun."""
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    sets(change, Medium.CHAT, wrap_seconds=MINUTE, silent_minutes=10)
    midnight = change.now.replace(hour=0, minute=0) + timedelta(days=1)
    change.moves(seconds=(midnight - change.now).total_seconds())
    happens(change)
    return change, queue, ada


@pytest.fixture
def floor() -> tuple[UnitChange, Queue, Agent]:
    return a_new_day()


Floor = tuple[UnitChange, Queue, Agent]


def takes(change: UnitChange, ticket: Ticket, ada: Agent) -> Ticket:
    ticket.assign(change, ada)
    happens(change)
    return ticket


def passes(change: UnitChange, minutes: float) -> None:
    change.moves(minutes=minutes)


def is_done(change: UnitChange, ticket: Ticket, *, wraps: float = 0) -> None:
    """Resolved, and written down after so many minutes."""
    (held,) = open_assignments(change, ticket)
    ticket.resolve(change)
    happens(change)
    passes(change, wraps)
    wrapping.end(change, held)
    happens(change)


def falls_silent(change: UnitChange, chat: Ticket) -> None:
    """Answered, and for ten minutes not a word."""
    chat.reply(change, "With you.", client_id="a-1", name="Ada")
    happens(change)
    passes(change, 10)
    (held,) = open_assignments(change, chat)
    silence.look(change, held.id)
    happens(change)


def goes_on_for_two_minutes(change: UnitChange, chat: Ticket) -> None:
    """After its silence, and is done."""
    chat.receive(change, "Sorry", client_id="c-9")
    happens(change)
    passes(change, 2)
    is_done(change, chat)


def told(change: UnitChange) -> Hands:
    """The rows behind each number of talks are as many."""
    at = as_of(change.session, change.now)
    found = hands(change.session, at)
    for name, figure in FIGURES.items():
        rows = entries.total(change.session, FIGURES, Asked(name, None), at)
        assert rows.n == sum(one.n for (_, medium), one in found.talks.items() if medium == figure.what)
    return found


def chats(change: UnitChange, queue: Queue) -> Handling:
    return told(change).talks.get((queue.id, Medium.CHAT.value), Handling())


def chats_and_a_letter() -> Floor:
    """docs/wallboard.md, Handling and occupancy: the example."""
    change, queue, ada = a_new_day()
    passes(change, 10)  # with nothing
    first = takes(change, comes(change, queue), ada)
    passes(change, 4)
    second = takes(change, comes(change, queue), ada)
    passes(change, 4)  # with both
    is_done(change, first)
    passes(change, 3)
    is_done(change, second, wraps=1)
    letter = takes(change, a_ticket(change, queue_id=queue.id), ada)
    passes(change, 8)
    letter.set_status(change, Status.PENDING)
    happens(change)
    passes(change, 6)  # it waits for its customer
    return change, queue, ada


def test_the_example_of_the_page() -> None:
    change, queue, ada = chats_and_a_letter()

    found = told(change)

    assert Handling(2, 11 * MINUTE, MINUTE) == found.talks[queue.id, "chat"]
    assert (330, 30, 360) == (chats(change, queue).talk, chats(change, queue).wrap, chats(change, queue).mean)
    assert {ada.id: Occupancy(12 * MINUTE, 8 * MINUTE, 16 * MINUTE)} == found.people
    assert (55, 33) == (found.together.share, found.together.in_talks)


def test_a_talk_that_goes_on_or_is_being_written_down_is_not_handled_yet(floor: Floor) -> None:
    change, queue, ada = floor
    chat = takes(change, comes(change, queue), ada)
    passes(change, 5)
    assert Handling() == chats(change, queue)

    (held,) = open_assignments(change, chat)
    chat.resolve(change)
    happens(change)
    passes(change, 0.5)
    assert Handling() == chats(change, queue)
    assert told(change).together.talks == 5.5 * MINUTE, "but it is work"

    wrapping.end(change, held)
    happens(change)
    assert Handling(1, 5 * MINUTE, 0.5 * MINUTE) == chats(change, queue)


def test_a_silent_chat_is_neither_handled_nor_work(floor: Floor) -> None:
    """It counts by the time in which it was active (semantics.md part 8)."""
    change, queue, ada = floor
    chat = takes(change, comes(change, queue), ada)
    falls_silent(change, chat)
    passes(change, 20)
    assert Handling() == chats(change, queue)

    goes_on_for_two_minutes(change, chat)

    assert Handling(1, 12 * MINUTE) == chats(change, queue)
    assert Occupancy(talks=12 * MINUTE, idle=20 * MINUTE) == told(change).together


def test_who_is_away_is_not_idle_and_nobody_works_who_cannot_be_reached(floor: Floor) -> None:
    """Letters in the hands of somebody who is at lunch do not occupy them; a talk that they finish does."""
    change, queue, ada = floor
    letter = a_ticket(change, queue_id=queue.id)
    takes(change, letter, ada)
    presence.set_intent(change, ada.id, Intent.LUNCH)
    happens(change)
    passes(change, 30)
    assert {} == told(change).people

    takes(change, comes(change, queue), ada)
    passes(change, 5)
    presence.of(change, ada.id).connect(change, False)
    happens(change)
    passes(change, 30)

    assert Occupancy(talks=5 * MINUTE) == told(change).together


def test_a_day_of_its_own(floor: Floor) -> None:
    """What began yesterday counts whole on the day on which it ended; of people only what was today."""
    change, queue, ada = floor
    passes(change, 24 * 60 - 10)
    chat = takes(change, comes(change, queue), ada)
    passes(change, 30)
    is_done(change, chat, wraps=1)

    assert Handling(1, 30 * MINUTE, MINUTE) == chats(change, queue)
    assert Occupancy(talks=21 * MINUTE) == told(change).together
    change.moves(days=1)
    assert Handling() == chats(change, queue)


def test_who_was_sent_on_counts_where_they_left(floor: Floor) -> None:
    """Not who was taken before, who had gone, or who was only placed."""
    change, queue, ada = floor
    other = a_queue(change, "Billing", ada)
    comes(change, queue).move(change, other.id)
    happens(change)
    taken_after(change, queue, ada, 10).move(change, other.id)
    gone = comes(change, queue)
    gone.end_live(change)
    happens(change)
    gone.move(change, other.id)
    a_ticket(change, queue_id=queue.id).move(change, other.id)
    happens(change)
    at = as_of(change.session, change.now)

    assert {queue.id: 1} == flows(change.session, at)
    assert 1 == entries.total(change.session, FLOWS, Asked("sent-on-today", queue.id), at).n
    change.moves(days=1)
    assert {} == flows(change.session, as_of(change.session, change.now))


def test_work_that_changes_hands_is_told_apart(floor: Floor) -> None:
    """Each stay in an agent's hands is one talk, with what it took there."""
    change, queue, ada = floor
    chat = takes(change, comes(change, queue), ada)
    passes(change, 5)
    chat.release(change)
    happens(change)
    passes(change, 5)
    takes(change, chat, ada)
    passes(change, 3)
    is_done(change, chat)

    assert Handling(2, 8 * MINUTE) == chats(change, queue)


def test_a_talk_over_midnight_is_told_whole_and_shared_as_it_was(floor: Floor) -> None:
    """What it took yesterday counts, before it fell silent too; and a second one beside it, that was over by midnight,
    took its half of that time."""
    change, queue, ada = floor
    passes(change, 24 * 60 - 60)
    chat = takes(change, comes(change, queue), ada)
    passes(change, 10)
    beside = takes(change, comes(change, queue), ada)
    passes(change, 10)
    is_done(change, beside)
    falls_silent(change, chat)
    passes(change, 40)
    goes_on_for_two_minutes(change, chat)

    assert Handling(1, (10 + 5 + 10 + 2) * MINUTE) == chats(change, queue)
    assert Occupancy(talks=2 * MINUTE, idle=10 * MINUTE) == told(change).together
