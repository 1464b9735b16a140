"""The desk keeps its word: what it says is saved is saved, once, in order, and whole."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from server.database import Database
from tests.cast import a_customer, a_database, a_desk, a_ticket
from tests.engine import about_sqlite, rows_at
from tests.tickets.batches import Ask, together
from tickets import log
from tickets.change import Change
from tickets.desk import Desk
from tickets.errors import Conflict, NotFound, Refused, Unavailable
from tickets.ids import IdBlock
from tickets.message import Message
from tickets.people import Customer
from tickets.ticket import Ticket

SAM = "customer:91"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = a_database(tmp_path)
    yield database
    database.close()


def say(change: Change, ticket_id: int, text: str, *, client_id: str) -> int:
    return change.take(Ticket, ticket_id).receive(change, text, client_id=client_id).seq


def opened(change: Change) -> int:
    return a_ticket(change).id


def renamed_then_refused(change: Change, ticket_id: int) -> None:
    change.take(Ticket, ticket_id).set_subject(change, "never")
    raise Refused("No.")


def a_saying(ticket_id: int, text: str, id: str, *, by: str = SAM) -> Ask:
    return Ask(say, (ticket_id, text), by=by, about=ticket_id, kwargs={"client_id": id})


def timeline(session: Session, ticket_id: int) -> list[tuple[int, str]]:
    rows = session.exec(select(Message).where(Message.ticket_id == ticket_id).order_by(col(Message.seq)))
    return [(message.seq, message.text) for message in rows]


def positions(session: Session) -> list[int]:
    return [row.pos for row in log.after(session, 0, limit=100_000)]


def from_outside(database: Database, statement: str) -> list[tuple[object, ...]]:
    """What another program sees, on a connection of its own."""
    return rows_at(database.url, statement)


async def test_acknowledged_means_committed(database: Database) -> None:
    async with a_desk(database) as desk:
        ticket = await desk.change(opened, by=SAM)
        for n in range(20):
            await desk.change(say, ticket, f"text {n}", client_id=str(n), by=SAM)
            assert [(f"text {n}",)] == from_outside(database, "select text from message order by seq desc limit 1")


@about_sqlite
async def test_every_commit_reaches_the_disk(database: Database) -> None:
    with database.writes.connect() as connection:
        pragmas = [
            connection.exec_driver_sql(f"pragma {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    assert ["wal", 2, 1] == pragmas


async def test_a_verb_sees_its_own_batch(database: Database) -> None:
    async with a_desk(database) as desk:
        numbers = await together(desk, [Ask(lambda change: a_ticket(change).number) for _ in range(5)])
        assert [1001, 1002, 1003, 1004, 1005] == numbers

        ticket = await desk.change(opened, by=SAM)
        seqs = await together(desk, [a_saying(ticket, "a", "1"), a_saying(ticket, "b", "2")])
        assert [1, 2] == seqs


async def test_what_a_change_added_is_found_by_it_and_by_the_next_in_the_batch(database: Database) -> None:
    def opened_and_taken(change: Change) -> str:
        ticket = a_ticket(change)
        return change.take(Ticket, ticket.id).subject + change.take(Customer, ticket.customer_id).name

    async with a_desk(database) as desk:
        assert ["Where is my parcel?Sam Okafor"] * 2 == await together(desk, [Ask(opened_and_taken)] * 2)


@pytest.mark.parametrize("same_batch", [True, False])
async def test_a_resend_gets_the_first_answer(database: Database, same_batch: bool) -> None:
    async with a_desk(database) as desk:
        ticket = await desk.change(opened, by=SAM)
        asks = [
            a_saying(ticket, "Hello?", "c-1"),
            a_saying(ticket, "Anyone?", "c-2"),
            a_saying(ticket, "Hello?", "c-1"),
        ]
        seqs = await together(desk, asks) if same_batch else [(await together(desk, [ask]))[0] for ask in asks]

        assert [1, 2, 1] == seqs
        assert [(1, "Hello?"), (2, "Anyone?")] == await desk.read(timeline, ticket)


@pytest.mark.parametrize("same_batch", [True, False])
async def test_the_same_id_with_another_text_is_a_conflict(database: Database, same_batch: bool) -> None:
    async with a_desk(database) as desk:
        ticket = await desk.change(opened, by=SAM)
        asks = [
            a_saying(ticket, "Hello?", "c-1"),
            a_saying(ticket, "Goodbye.", "c-1"),
            a_saying(ticket, "Third", "c-3"),
        ]
        came = await together(desk, asks) if same_batch else [(await together(desk, [ask]))[0] for ask in asks]

        assert [1, 2] == [came[0], came[2]]
        assert isinstance(came[1], Conflict)
        assert [(1, "Hello?"), (2, "Third")] == await desk.read(timeline, ticket)


async def test_many_writers_leave_no_gap(database: Database) -> None:
    """64 at once on three tickets; every timeline and the log itself count from 1."""

    async def writes(desk: Desk, n: int, tickets: list[int]) -> list[int]:
        return [
            await desk.change(
                say, tickets[(n + i) % 3], f"{n}.{i}", client_id=str(i), by=f"customer:{n}", about=tickets[(n + i) % 3]
            )
            for i in range(6)
        ]

    async with a_desk(database) as desk:
        tickets = [await desk.change(opened, by=SAM) for _ in range(3)]
        await asyncio.gather(*(writes(desk, n, tickets) for n in range(64)))
        lines = [await desk.read(timeline, ticket) for ticket in tickets]
        logged = await desk.read(positions)

    assert [list(range(1, 129))] * 3 == [[seq for seq, _ in line] for line in lines]
    for n in range(64):  # each writer's own order is kept
        assert all(
            texts == sorted(texts) for texts in ([t for _, t in line if t.startswith(f"{n}.")] for line in lines)
        )
    assert list(range(1, 3 + 384 + 1)) == logged


async def test_positions_rise_in_the_order_of_commits(database: Database) -> None:
    """Whoever is told first finds their event before the other's."""
    async with a_desk(database) as desk:
        ticket = await desk.change(opened, by=SAM)
        answered: list[int] = []

        async def writes(n: int) -> None:
            answered.append(await desk.change(say, ticket, "x", client_id=str(n), by=SAM))

        await asyncio.gather(*(writes(n) for n in range(50)))
        rows = await desk.read(log.after, 1)

    assert answered == [row.event.seq for row in rows]  # type: ignore[attr-defined]


async def test_what_failed_never_happened(database: Database) -> None:
    async with a_desk(database) as desk:
        ticket = await desk.change(opened, by=SAM)
        before = await desk.read(log.newest)

        came = await together(desk, [Ask(renamed_then_refused, (ticket,)), a_saying(ticket, "Hello", "1")])

        assert [Refused, int] == [type(one) for one in came]
        assert ["MessageReceived"] == [row.kind for row in await desk.read(log.after, before)]
        assert [("Where is my parcel?",)] == from_outside(database, "select subject from ticket")


async def test_a_row_that_was_returned_is_whole_though_a_later_change_in_its_batch_was_undone(
    database: Database,
) -> None:
    """It used to raise DetachedInstanceError at the first look."""
    async with a_desk(database) as desk:
        ticket = await desk.change(opened, by=SAM)
        row, refused = await together(
            desk, [Ask(lambda change: change.take(Ticket, ticket)), Ask(renamed_then_refused, (ticket,))]
        )

    assert ("Where is my parcel?", Refused) == (row.subject, type(refused))


async def test_the_bell_rings_once_for_a_batch_and_not_for_nothing(database: Database) -> None:
    rings: list[int] = []
    async with Desk(database.writes, database.reads, bell=lambda: rings.append(1)) as desk:
        ticket = await desk.change(opened, by=SAM)
        rings.clear()

        await together(desk, [a_saying(ticket, str(n), str(n)) for n in range(20)])
        assert 1 == len(rings)

        await together(desk, [Ask(renamed_then_refused, (ticket,)), a_saying(ticket, "0", "0")])
        assert 1 == len(rings)


async def test_the_bell_rings_after_the_commit(database: Database) -> None:
    seen: list[object] = []

    def bell() -> None:
        seen.append(from_outside(database, "select count(*) from log")[0][0])

    async with Desk(database.writes, database.reads, bell=bell) as desk:
        await desk.change(opened, by=SAM)

    assert [1] == seen


async def test_who_stops_waiting_harms_nobody(database: Database) -> None:
    """The change itself is done or not, as a resend will find."""
    async with a_desk(database) as desk:
        ticket = await desk.change(opened, by=SAM)
        leaving = asyncio.create_task(desk.change(say, ticket, "bye", client_id="1", by=SAM))
        await asyncio.sleep(0)
        leaving.cancel()

        assert 2 == await desk.change(say, ticket, "still here", client_id="2", by=SAM)
        assert 1 == await desk.change(say, ticket, "bye", client_id="1", by=SAM)


async def test_a_row_that_is_gone_is_a_sentence_for_a_person(database: Database) -> None:
    async with a_desk(database) as desk:
        with pytest.raises(NotFound, match="This does not exist any more"):
            await desk.change(say, 404, "Hello", client_id="1", by=SAM)


async def test_reads_cannot_write(database: Database) -> None:
    """The one write path is not a matter of good will."""

    def rename(session: Session) -> None:
        session.add(IdBlock(name="mine", next=1))
        session.commit()

    async with a_desk(database) as desk:
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            await desk.read(rename)
        assert "Sam Okafor" == (await desk.change(a_customer, by=SAM)).name


async def test_a_closing_desk_finishes_what_waits_and_takes_nothing_more(database: Database) -> None:
    """Those too that are taken up together with the word that it closes."""
    desk, held, gate = a_desk(database), threading.Event(), threading.Event()

    def hold(_: Change) -> None:
        held.set()
        assert gate.wait(10)

    async with asyncio.timeout(30):
        await desk.__aenter__()
        holding = desk.begin(hold, by="system")
        await asyncio.to_thread(held.wait, 10)
        waiting = [desk.begin(opened, by=SAM) for _ in range(7)]
        closing = asyncio.create_task(desk.__aexit__())
        while desk._lanes[0]._waiting.qsize() <= len(waiting):  # noqa: ASYNC110  (no event of its own)
            await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(holding, closing)

        assert 7 == len({await one for one in waiting})
    with pytest.raises(Unavailable):
        await asyncio.wait_for(desk.change(opened, by=SAM), 1)
