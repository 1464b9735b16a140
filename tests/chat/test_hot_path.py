"""Saying something in a chat that goes on looks up nothing of its own: so thousands a second are possible."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Connection

from chat import talk
from chat.visitor import Visitor
from routing.reactions import REACTIONS
from routing.sla.policy import Terms, add_policy
from tests.cast import a_database, a_desk
from tests.chat.shop import a_site, a_visitor
from tests.engine import scaled
from tickets.change import Change
from tickets.ticket import Ticket


async def test_messages_said_at_once_share_their_queries(tmp_path: Path) -> None:
    """One query for what was said before, whatever its size. Where others write too, one for the tickets of a batch
    and one for the log besides: they may be another by now."""
    database = a_database(tmp_path)
    selects: list[str] = []

    def note(_: Connection, __: object, statement: str, *___: object) -> None:
        if statement.startswith("SELECT"):  # what is asked of a table; not whose turn it is
            selects.append(statement)

    async with a_desk(database) as desk:
        sam = await desk.change(_open, by="system")
        first = await desk.change(talk.say, by="system", visitor_id=sam.id, client_id="c-0", text="Hello?")
        event.listen(database.writes, "before_cursor_execute", note)
        for size in (1, 40):
            selects.clear()
            said = [
                desk.change(
                    talk.say,
                    by=f"customer:{first.customer_id}",
                    about=first.ticket_id,
                    visitor_id=sam.id,
                    ticket_id=first.ticket_id,
                    client_id=f"c-{size}-{n}",
                    text="Hello?",
                )
                for n in range(size)
            ]
            answers = await asyncio.gather(*said)
            tables = sorted({statement.split("FROM ")[1].split()[0] for statement in selects})
            assert (["log", "message", "ticket"] if scaled() else ["message"]) == tables
            assert len(selects) <= 3 * _batches(size)
            assert size == len({answer.message.seq for answer in answers})
        event.remove(database.writes, "before_cursor_execute", note)
    database.close()


async def test_a_message_costs_its_clocks_one_look_at_most(tmp_path: Path) -> None:
    """None where nothing changes; the policy, once for a batch, where a turn begins, and its clocks where it ends: both
    unless nobody but this writer can have changed them."""
    database = a_database(tmp_path)
    looked: list[str] = []

    def note(_: Connection, __: object, statement: str, *___: object) -> None:
        if statement.startswith("SELECT") and "sla_" in statement.split("FROM ")[1]:
            looked.append(statement.split("FROM ")[1].split()[0])

    async with a_desk(database, reactions=REACTIONS) as desk:
        sam = await desk.change(_open, by="system", promised=True)
        said = await desk.change(talk.say, by="system", visitor_id=sam.id, client_id="c-0", text="Hello?")
        ticket_id = said.ticket_id
        event.listen(database.writes, "before_cursor_execute", note)

        async def says(verb: Callable[..., object], client_id: str, **more: object) -> list[str]:
            looked.clear()
            await desk.change(_takes, ticket_id, verb, by="system", about=ticket_id, client_id=client_id, **more)
            return looked.copy()

        assert [] == await says(Ticket.receive, "c-1"), "he waits already"
        await says(Ticket.reply, "a-1", name="Ada")
        assert [] == await says(Ticket.reply, "a-2", name="Ada"), "nobody waits"
        assert (["sla_policy"] if scaled() else []) == await says(Ticket.receive, "c-2"), "a turn begins"
        assert [] == await says(Ticket.receive, "c-3")
        assert (["sla_clock"] if scaled() else []) == await says(Ticket.reply, "a-3", name="Ada"), "it ends"
        event.remove(database.writes, "before_cursor_execute", note)
    database.close()


def _open(change: Change, *, promised: bool = False) -> Visitor:
    a_site(change)
    if promised:
        minutes = {metric: {"normal": {"minutes": 60}} for metric in ("first_reply", "next_reply", "resolution")}
        add_policy(change, Terms("Everybody", minutes))
    return a_visitor(change)


def _takes(change: Change, ticket_id: int, verb: Callable[..., object], **more: object) -> None:
    verb(change.take(Ticket, ticket_id), change, "Well", **more)


def _batches(size: int) -> int:
    """The first change goes alone, the others wait for it; a slow machine may cut a batch short by time."""
    return min(size, 8)
