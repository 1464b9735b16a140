"""A batch is as good as its changes one by one: whatever goes wrong in it undoes only itself."""

import asyncio
import itertools
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session, select

from server.database import Database
from tests.cast import a_database, a_desk, a_ticket
from tests.engine import about_sqlite
from tests.tickets.batches import Ask, together
from tickets import log, writer
from tickets.change import Change
from tickets.errors import Full, Refused, Unavailable
from tickets.events import TicketReleased
from tickets.ids import OutOfIds
from tickets.message import Message
from tickets.ticket import Ticket

SAM = "customer:91"
_ids = itertools.count()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = a_database(tmp_path)
    yield database
    database.close()


def opened(change: Change) -> int:
    return a_ticket(change).id


def say(change: Change, ticket_id: int, text: str) -> int:
    return change.take(Ticket, ticket_id).receive(change, text, client_id=f"c-{next(_ids)}").seq


def texts(session: Session) -> Sequence[str]:
    return session.exec(select(Message.text)).all()


def refused(change: Change, ticket_id: int) -> None:
    say(change, ticket_id, "refused")
    raise Refused("No.")


def broken(change: Change, ticket_id: int) -> None:
    say(change, ticket_id, "broken")
    raise ZeroDivisionError


def ended(change: Change, ticket_id: int) -> None:
    say(change, ticket_id, "ended")
    next(iter(()))


def leaving(change: Change, ticket_id: int) -> None:
    say(change, ticket_id, "leaving")
    raise SystemExit(1)


def cancelled(change: Change, ticket_id: int) -> None:
    say(change, ticket_id, "cancelled")
    raise asyncio.CancelledError


def wrong_statement(change: Change, ticket_id: int) -> None:
    """A mistake in SQL is our bug, though SQLite calls it by the same name as a full disk."""
    say(change, ticket_id, "wrong")
    change.execute(text("insert into nowhere values (1)"), [{}])


def double(change: Change, ticket_id: int) -> None:
    """Two rows of one number: found by the database, at the very end."""
    say(change, ticket_id, "double")
    change.take(Ticket, a_ticket(change).id).number = change.take(Ticket, ticket_id).number


def unwritable_text(change: Change, ticket_id: int) -> None:
    say(change, ticket_id, "unwritable")
    change.take(Ticket, ticket_id).language = "\ud800"


def unwritable_event(change: Change, ticket_id: int) -> None:
    """It used to take the whole batch with it."""
    say(change, ticket_id, "unlogged")
    change.record(TicketReleased(ticket=ticket_id, agent=7, why="\ud800"))


TROUBLE = {
    refused: Refused,
    broken: ZeroDivisionError,
    ended: RuntimeError,
    leaving: RuntimeError,
    cancelled: RuntimeError,
    wrong_statement: DBAPIError,
    double: Exception,
    unwritable_text: UnicodeEncodeError,
    unwritable_event: UnicodeEncodeError,
}


@pytest.mark.parametrize("trouble", TROUBLE, ids=lambda verb: verb.__name__)
async def test_trouble_undoes_only_itself(database: Database, trouble: Any) -> None:
    async with a_desk(database) as desk:
        ticket, other = [await desk.change(opened, by=SAM) for _ in range(2)]
        before = await desk.read(log.newest)

        came = await asyncio.wait_for(
            together(
                desk,
                [
                    Ask(say, (ticket, "one"), by=SAM),
                    Ask(trouble, (ticket,), by=SAM, about=ticket),
                    Ask(say, (other, "two"), by=SAM, about=other),
                    Ask(say, (ticket, "three"), by=SAM, about=ticket),
                ],
            ),
            10,
        )

        assert isinstance(came[1], TROUBLE[trouble])
        assert [1, 1, 2] == [came[0], came[2], came[3]]
        assert ["one", "two", "three"] == list(await desk.read(texts))
        logged = await desk.read(log.after, before)
        assert [("MessageReceived", before + n) for n in (1, 2, 3)] == [(row.kind, row.pos) for row in logged]


def all_undone(change: Change, ticket_id: int) -> None:
    """As SQLite does by itself where a write fails in the middle of a transaction: every savepoint is gone."""
    say(change, ticket_id, "undone")
    change.execute(text("rollback"), [{}])
    raise OperationalError("insert", None, sqlite3.OperationalError("disk I/O error"))


@about_sqlite
async def test_what_the_database_undid_is_not_acknowledged(database: Database) -> None:
    """What stood before it in the batch was told to be there, under the same number as what came after it."""
    async with a_desk(database) as desk:
        ticket, other = [await desk.change(opened, by=SAM) for _ in range(2)]
        before = await desk.read(log.newest)

        came = await together(
            desk,
            [
                Ask(say, (ticket, "one"), by=SAM),
                Ask(refused, (other,), by=SAM),
                Ask(all_undone, (other,), by=SAM),
                Ask(say, (ticket, "two"), by=SAM),
            ],
        )

        assert {Unavailable} == {type(one) for one in came}
        assert ([], []) == (list(await desk.read(texts)), list(await desk.read(log.after, before)))
        assert 1 == await desk.change(say, ticket, "again", by=SAM)


async def test_a_batch_of_nothing_but_trouble_changes_nothing(database: Database) -> None:
    async with a_desk(database) as desk:
        ticket = await desk.change(opened, by=SAM)
        came = await together(desk, [Ask(trouble, (ticket,), by=SAM) for trouble in TROUBLE])

        assert not [one for one in came if not isinstance(one, Exception)]
        assert ([], 1) == (list(await desk.read(texts)), await desk.read(log.newest))


@about_sqlite
async def test_a_full_disk_is_a_sentence_and_no_lasting_harm(database: Database) -> None:
    room = 1_000_000  # pages

    @event.listens_for(database.writes, "begin")
    def has_no_more_room_than_that(connection: Connection) -> None:
        connection.exec_driver_sql(f"pragma max_page_count={room}")

    async with a_desk(database) as desk:
        ticket = await desk.change(opened, by=SAM)
        await desk.change(say, ticket, "before", by=SAM)

        room = 1  # no smaller than it is: nothing can be added
        came = await together(desk, [Ask(say, (ticket, "x" * 9000), by=SAM) for _ in range(20)])
        assert {(Full, 507)} == {(type(one), getattr(one, "status", 0)) for one in came}
        assert 5.0 == came[0].retry_after

        room = 1_000_000
        assert 2 == await desk.change(say, ticket, "after", by=SAM)
        assert ["before", "after"] == list(await desk.read(texts))
        assert [1, 2, 3] == [row.pos for row in await desk.read(log.after, 0)]


@about_sqlite
async def test_a_locked_database_is_a_sentence_and_is_waited_for_once(database: Database, tmp_path: Path) -> None:
    with database.writes.connect() as connection:
        connection.exec_driver_sql("pragma busy_timeout=100")
    other = Database(database.url)

    async with a_desk(database) as desk:
        ticket = await desk.change(opened, by=SAM)
        with other.writes.begin():
            asks = [Ask(say, (ticket, "x"), by=SAM) for _ in range(40)]
            came = await asyncio.wait_for(
                asyncio.gather(*(desk.change(ask.verb, *ask.args, by=SAM) for ask in asks), return_exceptions=True), 2
            )
        assert {Unavailable} == {type(one) for one in came}
        assert 1 == await desk.change(say, ticket, "after", by=SAM)
    other.close()


async def test_a_commit_whose_outcome_is_unknown_is_not_tried_again(database: Database) -> None:
    """It may have happened: the sender asks again with the same id."""
    runs: list[int] = []

    def counted(change: Change, ticket_id: int) -> int:
        runs.append(1)
        return say(change, ticket_id, "perhaps")

    def lost(connection: Connection) -> None:
        raise ConnectionResetError

    async with a_desk(database) as desk:
        ticket = await desk.change(opened, by=SAM)
        event.listen(database.writes, "commit", lost)
        with pytest.raises(ConnectionResetError):
            await desk.change(counted, ticket, by=SAM)
        event.remove(database.writes, "commit", lost)

        assert [1] == runs
        assert 1 == await desk.change(say, ticket, "later", by=SAM)


async def test_a_long_batch_is_cut_and_goes_on_in_the_same_order(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "LONGEST_BATCH", 0.0)
    rings: list[int] = []
    async with a_desk(database) as desk:
        desk._bell = lambda: rings.append(1)
        ticket = await desk.change(opened, by=SAM)
        rings.clear()

        seqs = await together(desk, [Ask(say, (ticket, str(n)), by=SAM, about=ticket) for n in range(10)])

    assert list(range(1, 11)) == seqs
    assert 10 == len(rings)


@pytest.mark.parametrize("many", [1, writer.LOW_WATER, writer.BLOCK + 1])
async def test_a_change_may_need_any_number_of_ids(database: Database, many: int) -> None:
    """An import of ten thousand rows used to fail on its two thousandth."""

    def takes(change: Change) -> set[int]:
        return {change.new_id() for _ in range(many)}

    async with a_desk(database) as desk:
        first, second = await together(desk, [Ask(takes), Ask(takes)])

    assert 2 * many == len(first | second)


async def test_a_change_that_takes_ids_for_ever_ends(database: Database) -> None:
    def greedy(change: Change) -> None:
        while True:
            change.new_id()

    async with a_desk(database) as desk:
        with pytest.raises(OutOfIds):
            await desk.change(greedy, by="system")
        assert await desk.change(opened, by=SAM)


async def test_ids_never_meet_those_of_another_process(database: Database) -> None:
    """`frontdesk agent add` beside a running server."""

    def takes(change: Change) -> list[int]:
        return [change.new_id() for _ in range(500)]

    async with a_desk(database) as desk:
        here = await desk.change(takes, by="system")
        there = await asyncio.to_thread(_in_another_process, database.url)
        here += await desk.change(takes, by="system")

    assert (1000, 500) == (len(set(here)), len(set(there)))
    assert not set(here) & set(there)


def _in_another_process(url: str) -> list[int]:
    run = subprocess.run(
        [sys.executable, "-c", _TAKES_IDS, url], capture_output=True, text=True, check=True, timeout=60
    )
    return [int(id) for id in run.stdout.split()]


_TAKES_IDS = """
import asyncio, sys
from server.database import Database
from tickets.desk import Desk

async def main():
    database = Database(sys.argv[1])
    async with Desk(database.writes, database.reads) as desk:
        print(*await desk.change(lambda change: [change.new_id() for _ in range(500)], by="system"))

asyncio.run(main())
"""
