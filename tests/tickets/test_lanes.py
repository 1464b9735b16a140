"""Several lanes of several processes write to one PostgreSQL: nobody can tell that it was not one writer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from sqlmodel import Session, col, select

from server.database import Database
from tests.cast import a_customer, a_ticket
from tests.servers.postgres import a_migrated_database
from tickets import log
from tickets.change import Change
from tickets.desk import Desk
from tickets.errors import Refused
from tickets.message import Message
from tickets.people import Customer
from tickets.ticket import Ticket
from tickets.turns import within_ticket

SAM = "customer:91"


@contextlib.asynccontextmanager
async def two_processes() -> AsyncIterator[tuple[Desk, Desk]]:
    """As far as the database can tell."""
    here = Database(a_migrated_database())
    there = Database(here.url)
    async with Desk(here.writes, here.reads) as one, Desk(there.writes, there.reads) as other:
        yield one, other
    here.close()
    there.close()


def opened(change: Change) -> Ticket:
    return a_ticket(change)


def opened_twice(change: Change) -> tuple[int, int]:
    sam = a_customer(change)
    return a_ticket(change, sam).id, a_ticket(change, sam).id


@within_ticket
def say(change: Change, ticket_id: int, text: str, *, client_id: str) -> tuple[int, int]:
    message = change.take(Ticket, ticket_id).receive(change, text, client_id=client_id)
    return message.id, message.seq


@within_ticket
def call_them(change: Change, ticket_id: int, mark: str) -> None:
    """Reaches further than its ticket, and goes by what it reads there."""
    ticket = change.take(Ticket, ticket_id)
    ticket.receive(change, "Call me otherwise.", client_id=mark)
    customer = change.take(Customer, ticket.customer_id)
    customer.name += mark


@within_ticket
def no(change: Change, ticket_id: int) -> None:
    say(change, ticket_id, "never", client_id="never")
    raise Refused("No.")


async def test_numbers_rise_by_one_whoever_opens() -> None:
    async with two_processes() as desks:
        tickets = await asyncio.gather(*(desk.change(opened, by="system") for _ in range(30) for desk in desks))

        assert list(range(1001, 1061)) == sorted(ticket.number for ticket in tickets)
        assert 60 == len({ticket.id for ticket in tickets})


async def test_a_resend_to_another_process_gets_the_first_answer() -> None:
    """Both come at once, and the second to the other machine: one message, one answer."""
    async with two_processes() as desks:
        ticket = (await desks[0].change(opened, by="system")).id
        answers = await asyncio.gather(
            *(_ask(desk, say, ticket, f"text {n}", client_id=f"c-{n}") for n in range(20) for desk in (*desks, *desks))
        )

        assert [set(answers[n * 4 : n * 4 + 4]) for n in range(20)] == [{answers[n * 4]} for n in range(20)]
        assert list(range(1, 21)) == sorted({seq for _, seq in answers})
        assert 20 == len(await desks[0].read(_messages))


async def test_a_client_id_is_known_whatever_ticket_it_is_sent_to() -> None:
    """A resend that meanwhile belongs to another ticket gets the first answer, though both are written at once."""
    async with two_processes() as desks:
        pairs = await asyncio.gather(*(desks[0].change(opened_twice, by="system") for _ in range(20)))
        for n, pair in enumerate(pairs):
            one, other = await asyncio.gather(
                *(
                    _ask(desk, say, ticket, "Hello?", client_id=f"c-{n}")
                    for desk, ticket in zip(desks, pair, strict=True)
                )
            )
            assert one == other
        assert 20 == len(await desks[0].read(_messages))


async def test_whoever_reads_the_log_as_it_grows_misses_nothing() -> None:
    """Positions appear in the order of the commits, whoever commits."""
    async with two_processes() as desks:
        tickets = await asyncio.gather(*(desk.change(opened, by="system") for desk in desks * 4))
        sending = asyncio.gather(
            *(
                _ask(desk, say, ticket.id, f"text {n}", client_id=f"{ticket.id}-{n}")
                for n in range(40)
                for desk, ticket in zip(desks * 4, tickets, strict=True)
            ),
            *(desk.change(opened, by="system") for desk in desks * 20),
        )
        seen: list[int] = []
        while not sending.done():
            rows = await desks[0].read(log.after, seen[-1] if seen else 0)
            seen += [row.pos for row in rows]
        await sending
        seen += [row.pos for row in await desks[0].read(log.after, seen[-1] if seen else 0, limit=10_000)]

        assert seen == [row.pos for row in await desks[0].read(log.after, 0, limit=10_000)]
        assert 8 + 320 + 40 == len(seen)
        for ticket in tickets:
            assert list(range(1, 41)) == await desks[1].read(_seqs, ticket.id)


async def test_what_reaches_further_than_its_ticket_is_done_alone_and_whole() -> None:
    """Sixty read a name and add a mark to it, on two tickets of one customer, in two processes: none is lost."""
    async with two_processes() as desks:
        pair = await desks[0].change(opened_twice, by="system")
        marks = [f"-{n}" for n in range(60)]
        await asyncio.gather(
            *(_ask(desks[n % 2], call_them, pair[n // 2 % 2], mark) for n, mark in enumerate(marks)),
        )
        (name,) = await desks[0].read(_names)

        assert sorted(marks) == sorted(f"-{mark}" for mark in name.split("-")[1:])
        assert 60 == len(await desks[0].read(_messages))


async def test_a_refusal_in_a_lane_undoes_only_itself() -> None:
    async with two_processes() as desks:
        ticket = (await desks[0].change(opened, by="system")).id
        came = await asyncio.gather(
            _ask(desks[0], say, ticket, "one", client_id="1"),
            _ask(desks[0], no, ticket),
            _ask(desks[0], say, ticket, "two", client_id="2"),
            return_exceptions=True,
        )

        assert isinstance(came[1], Refused)
        assert ["one", "two"] == [text for _, text in await desks[0].read(_messages)]


def _ask(desk: Desk, verb: Callable[..., Any], ticket: int, *args: Any, **kwargs: Any) -> asyncio.Future[Any]:
    return asyncio.ensure_future(desk.change(verb, ticket, *args, by=SAM, about=ticket, **kwargs))


def _messages(session: Session) -> list[tuple[int, str]]:
    return [(m.id, m.text) for m in session.exec(select(Message).order_by(col(Message.seq)))]


def _seqs(session: Session, ticket: int) -> list[int]:
    return [m.seq for m in session.exec(select(Message).where(Message.ticket_id == ticket).order_by(col(Message.seq)))]


def _names(session: Session) -> list[str]:
    return [customer.name for customer in session.exec(select(Customer))]
