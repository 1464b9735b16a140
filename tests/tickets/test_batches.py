"""Whatever is mixed in a batch, the outcome is the same as running its changes one after another."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from server.database import Database
from tests.cast import a_database, a_desk, a_ticket
from tests.engine import a_copy
from tests.tickets.batches import Ask, one_by_one, together
from tickets import log
from tickets.change import Change
from tickets.desk import Desk
from tickets.errors import Refused
from tickets.message import Message
from tickets.status import Priority, Status
from tickets.ticket import Ticket

TICKETS = 3
Run = Callable[[Desk, Sequence[Ask]], Awaitable[list[Any]]]


def say(change: Change, ticket_id: int, text: str, *, client_id: str) -> tuple[int, str]:
    message = change.take(Ticket, ticket_id).receive(change, text, client_id=client_id)
    return message.seq, message.text


def answer(change: Change, ticket_id: int, text: str, *, client_id: str) -> tuple[int, str]:
    message = change.take(Ticket, ticket_id).reply(change, text, client_id=client_id, name="Ada")
    return message.seq, message.text


def resolve(change: Change, ticket_id: int) -> None:
    change.take(Ticket, ticket_id).resolve(change)


def hurry(change: Change, ticket_id: int) -> str:
    ticket = change.take(Ticket, ticket_id)
    ticket.set_priority(change, Priority.URGENT if ticket.priority == Priority.NORMAL else Priority.NORMAL)
    return ticket.priority


def opened(change: Change, ticket_id: int) -> int:
    return a_ticket(change).number


def refused(change: Change, ticket_id: int) -> None:
    say(change, ticket_id, "refused", client_id="r")
    change.take(Ticket, ticket_id).set_status(change, Status.SPAM)
    raise Refused("No.")


def broken(change: Change, ticket_id: int) -> None:
    opened(change, ticket_id)
    answer(change, ticket_id, "broken", client_id="b")
    raise ZeroDivisionError


def clashing(change: Change, ticket_id: int) -> None:
    """The database itself refuses it, and only when it is written."""
    change.take(Ticket, ticket_id).customer_id = 404


def counted(change: Change, ticket_id: int) -> int:
    """Looks at what the others in the batch have written."""
    return len(change.rows(select(Message.id).where(Message.ticket_id == ticket_id)))


ticket_ids = st.integers(0, TICKETS)  # one of them does not exist
sends: st.SearchStrategy[Any] = st.builds(
    lambda verb, ticket, text, by, id, named: (verb, ticket, by, (text,), {"client_id": id}, named),
    st.sampled_from([say, answer]),
    ticket_ids,
    st.sampled_from(["Hello?", "Anyone?", "", "退款"]),
    st.sampled_from(["customer:91", "customer:92", "agent:7"]),
    st.sampled_from(["c-1", "c-2", "c-3", ""]),
    st.booleans(),
)
others: st.SearchStrategy[Any] = st.builds(
    lambda verb, ticket, named: (verb, ticket, "agent:7", (), {}, named),
    st.sampled_from([resolve, hurry, opened, refused, broken, clashing, counted]),
    ticket_ids,
    st.booleans(),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A desk with a few tickets, closed, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    database = a_database(folder)

    async def fill() -> None:
        async with a_desk(database) as desk:
            for _ in range(TICKETS):
                await desk.change(a_ticket, by="customer:91")

    asyncio.run(fill())
    database.close()
    return database.url


@given(mix=st.lists(sends | others, min_size=1, max_size=14))
@settings(max_examples=25, deadline=None)
def test_a_mixed_batch_equals_its_changes_one_by_one(template: str, mix: list[Any]) -> None:
    assert asyncio.run(outcome(template, mix, one_by_one)) == asyncio.run(outcome(template, mix, together))


async def outcome(template: str, mix: list[Any], run: Run) -> dict[str, Any]:
    """All that can be known afterwards: what the callers were told, every row, and the log."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(a_copy(template, Path(folder)))
        async with a_desk(database) as desk:
            ids = [*await desk.read(ticket_ids_of), 404]
            told = await run(desk, [an_ask(ids, *one) for one in mix])
            state = await desk.read(what_is)
        database.close()
    return state | {"told": [(type(one), str(one)) if isinstance(one, Exception) else one for one in told]}


def an_ask(ids: list[int], verb: Any, ticket: int, by: str, args: Any, kwargs: Any, named: bool) -> Ask:
    return Ask(verb, (ids[ticket], *args), by=by, about=ids[ticket] if named else None, kwargs=kwargs)


def ticket_ids_of(session: Session) -> Sequence[int]:
    return session.exec(select(Ticket.id).order_by(col(Ticket.number))).all()


def what_is(session: Session) -> dict[str, Any]:
    """Everything but ids, which may leap."""
    tickets = session.exec(select(Ticket).order_by(col(Ticket.number))).all()
    number = {ticket.id: ticket.number for ticket in tickets}
    messages = session.exec(select(Message).order_by(col(Message.ticket_id), col(Message.seq))).all()
    return {
        "tickets": [ticket.model_dump(exclude={"id", "customer_id"}) for ticket in tickets],
        "messages": [(number[m.ticket_id], *m.model_dump(exclude={"id", "ticket_id"}).values()) for m in messages],
        "log": [
            (row.pos, row.kind, row.by, number[row.ticket_id or 0], getattr(row.event, "seq", None), row.at)
            for row in log.after(session, 0, limit=1000)
        ],
    }
