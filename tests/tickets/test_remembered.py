"""What the writer remembers of busy tables is what stands in them, whoever wrote there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlmodel import col

from server.database import Database
from tests.cast import MovedClock, a_database, a_desk, a_ticket
from tests.engine import about_sqlite, meddle_at
from tickets.change import Change
from tickets.desk import Desk
from tickets.errors import Refused
from tickets.people import Customer
from tickets.remembered import UNUSED, Remembered
from tickets.ticket import Ticket


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(a_database(tmp_path)) as database:
        yield database


async def test_what_another_process_wrote_is_seen(database: Database) -> None:
    async with a_desk(database) as desk:
        ticket = await _a_ticket(desk)
        assert "Where is my parcel?" == await _subject(desk, ticket)

        meddle_at(database.url, f"update ticket set subject = 'Parcel' where id = {ticket}")

        assert "Parcel" == await _subject(desk, ticket)


async def test_what_was_written_here_past_the_desk_is_seen(database: Database) -> None:
    async with a_desk(database) as desk:
        ticket = await _a_ticket(desk)

        with database.writes.begin() as connection:
            connection.execute(text("update ticket set subject = 'Parcel'"))

        assert "Parcel" == await _subject(desk, ticket)


async def test_what_was_undone_never_stood_there(database: Database) -> None:
    async with a_desk(database) as desk:
        ticket = await _a_ticket(desk)

        with pytest.raises(Refused):
            await desk.change(_rename, ticket, "Never", then=Refused("No."), by="system", about=ticket)

        assert "Where is my parcel?" == await _subject(desk, ticket)


async def test_what_a_statement_changed_is_seen_by_the_same_change_and_by_the_next(database: Database) -> None:
    async with a_desk(database) as desk:
        ticket = await _a_ticket(desk)

        assert "Parcel" == await desk.change(_claim, ticket, by="system")
        assert "Parcel" == await _subject(desk, ticket)


async def test_what_was_removed_is_not_remembered(database: Database) -> None:
    async with a_desk(database) as desk:
        customer = await desk.change(_a_customer, by="system")

        await desk.change(_remove, customer, by="system")

        assert await desk.change(_is_there, customer, by="system") is False


async def test_what_was_not_there_is_found_once_it_is(database: Database) -> None:
    async with a_desk(database) as desk:
        assert await desk.change(_is_there, 7, by="system") is False
        await desk.change(_a_customer, 7, by="system")
        assert await desk.change(_is_there, 7, by="system") is True


async def test_what_a_change_returned_stays_as_it_was_then(database: Database) -> None:
    """Whoever asked reads it on another thread, while the next changes are under way."""
    async with a_desk(database) as desk:
        ticket = await _a_ticket(desk)
        before = await desk.change(_rename, ticket, "Before", by="system", about=ticket)
        after = await desk.change(_rename, ticket, "After", by="system", about=ticket)

        assert ("Before", "After") == (before.subject, after.subject)


def test_it_forgets_what_was_unused_for_longest() -> None:
    remembered = Remembered(most=2)
    for id in (1, 2):
        remembered.learn(Ticket, id, {"id": id})
    remembered.recall(Ticket, [1])

    remembered.learn(Ticket, 3, {"id": 3})

    assert [2] == remembered.recall(Ticket, [1, 2, 3])[1]


@about_sqlite
def test_what_nobody_asks_for_any_more_is_forgotten(database: Database) -> None:
    """Each customer who had come left some kilobytes, until there were thousands of them."""
    clock = MovedClock()
    remembered = Remembered(clock=lambda: clock.now().timestamp())
    with database.writes.begin() as connection:
        remembered.begin(connection)
        for id in (1, 2):
            remembered.learn(Ticket, id, {"id": id})
        remembered.end(newest=None)
        for _ in range(2):
            clock.moves(seconds=UNUSED)
            remembered.begin(connection)
            assert [] == remembered.recall(Ticket, [1])[1]
            remembered.end(newest=None)

        assert [2] == remembered.recall(Ticket, [1, 2])[1]


async def _a_ticket(desk: Desk) -> int:
    ticket = await desk.change(a_ticket, by="system")
    return ticket.id


async def _subject(desk: Desk, ticket: int) -> str:
    return await desk.change(lambda change: change.take(Ticket, ticket).subject, by="system", about=ticket)


def _rename(change: Change, id: int, subject: str, *, then: Exception | None = None) -> Ticket:
    ticket = change.take(Ticket, id)
    ticket.set_subject(change, subject)
    change.write()
    if then is not None:
        raise then
    return ticket


def _claim(change: Change, id: int) -> str:
    change.claim(update(Ticket).where(col(Ticket.id) == id).values(subject="Parcel"))
    return change.take(Ticket, id).subject


def _a_customer(change: Change, id: int | None = None) -> int:
    id = id or change.new_id()
    return change.add(Customer(id=id, name="Sam Okafor", created_at=change.now)).id


def _remove(change: Change, id: int) -> None:
    change.remove(change.take(Customer, id))


def _is_there(change: Change, id: int) -> bool:
    return change.find(Customer, id) is not None
