"""Starts a desk in which one promise is broken on purpose: `python -m tests.faults.planted BUG serve`.

The bug is planted from outside, in the running code; the product knows nothing of it. BUG "none" is the honest desk.
In all of them everything is looked for twice, as two processes that look at the same moment would do: an honest desk
does it once nevertheless.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Coroutine, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from sqlalchemy import event, func
from sqlmodel import select

import server.app
import server.cli
import tickets.saying
from routing.sla import chores, running
from routing.sla.clock import SlaClock
from server.mail.postman import Postman
from server.scheduler import Scheduler
from tickets.asked import Asked
from tickets.change import Change
from tickets.chores import Chore
from tickets.desk import Desk
from tickets.email import sending
from tickets.email.outgoing import MailState, Outgoing
from tickets.email.raw import accept
from tickets.message import Message
from tickets.ticket import Ticket
from tickets.writer import Writer

LATE = 30.0  # seconds between an answer that is too early and what it speaks of; the desk is dead by then


def acknowledged_before_commit() -> None:
    """Callers are answered when their rows are written; what makes them durable comes a while later."""
    done: list[Asked] = []
    perform: Callable[..., None] = Writer._perform
    start: Callable[[Writer], None] = Writer.start

    def performing(writer: Writer, shared: Any, asked: Asked) -> None:
        perform(writer, shared, asked)
        done.append(asked)

    def starting(writer: Writer) -> None:
        def too_early(_: object) -> None:
            said = [asked for asked in done if "client_id" in asked.kwargs]
            done.clear()
            if said:
                writer._deliver(said)
                threading.Event().wait(LATE)

        event.listen(writer._line.engine, "commit", too_early)
        start(writer)

    _plant(Writer, "_perform", performing)
    _plant(Writer, "start", starting)


def numbered_by_the_newest() -> None:
    """A message's place is one more than the newest that is kept, and nothing in the database forbids two of them."""
    say: Callable[..., Message] = tickets.saying.say

    def saying(change: Change, ticket: Ticket, *args: Any, **kwargs: Any) -> Message:
        newest = select(func.max(Message.seq)).where(Message.ticket_id == ticket.id)
        ticket.last_seq = change._batch.session.exec(newest).one() or 0
        return say(change, ticket, *args, **kwargs)

    _loosen()
    _plant(sys.modules["tickets.ticket"], "say", saying)


def forgot_what_was_said() -> None:
    """Nobody asks whether this message was sent before, and nothing in the database forbids two of it."""
    _loosen()
    _plant(Change, "said", lambda *_: None)


def breached_again_and_again() -> None:
    """Whoever looks at an overdue clock says that it is broken, whether or not it was said before."""

    def breach(change: Change, clock_id: int) -> None:
        clock = change.take(SlaClock, clock_id)
        clock.breached_at = clock.due_at
        running.say_breached(change, clock)

    broken = [replace(chore, act=breach) if chore.act is chores.breach else chore for chore in server.app.CHORES]
    _plant(server.app, "CHORES", tuple(broken))


def claimed_without_a_lock() -> None:
    """Whoever wants to send a mail may, whether or not somebody has it in hand."""

    def claim(change: Change, outgoing_id: int) -> int | None:
        mail = change.find(Outgoing, outgoing_id)
        if mail is None:
            return None
        mail.mailbox_id = mail.mailbox_id or sending._mailbox_of(change, mail)
        mail.state, mail.handed_over, mail.due_at = MailState.SENDING.value, False, change.now + sending.LEASE
        mail.attempts = 1
        return mail.attempts

    _plant(sending, "claim", claim)


def kept_after_250() -> None:
    """The sender is told that we have it; the row follows a while later."""
    change: Callable[..., Coroutine[Any, Any, Any]] = Desk.change
    later: list[asyncio.Task[Any]] = []

    async def changing(desk: Desk, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if verb is not accept:
            return await change(desk, verb, *args, **kwargs)

        async def afterwards() -> None:
            await asyncio.sleep(LATE)
            await change(desk, verb, *args, **kwargs)

        later.append(asyncio.create_task(afterwards()))
        return None

    _plant(Desk, "change", changing)


def none() -> None:
    """An honest desk."""


BUGS = {
    bug.__name__: bug
    for bug in (
        acknowledged_before_commit, numbered_by_the_newest, forgot_what_was_said, breached_again_and_again,
        claimed_without_a_lock, kept_after_250, none,
    )
}  # fmt: skip


def _everything_is_looked_for_twice() -> None:
    work_off: Callable[[Scheduler, Chore, None], Coroutine[Any, Any, int]] = Scheduler._work_off
    carry: Callable[[Postman, int], Coroutine[Any, Any, None]] = Postman._carry

    def twice(chore: Chore) -> Chore:
        def due(*args: Any) -> Sequence[Any]:
            return [key for key in chore.due(*args) for _ in range(2)]

        return replace(chore, due=due)

    async def working(scheduler: Scheduler, chore: Chore, _: Sequence[Any] | None) -> int:
        return await work_off(scheduler, twice(chore), None)

    async def carrying(postman: Postman, outgoing_id: int) -> None:
        await asyncio.gather(carry(postman, outgoing_id), carry(postman, outgoing_id))

    _plant(Scheduler, "_work_off", working)
    _plant(Postman, "_carry", carrying)


def _loosen() -> None:
    """The table of messages without what the database itself would not allow."""
    database = os.environ["FRONTDESK_DATABASE_URL"].removeprefix("sqlite:///")
    columns = ", ".join(column.name for column in Message.__table__.columns)  # type: ignore[attr-defined]
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(f"""
            pragma foreign_keys = off;
            pragma legacy_alter_table = on;
            alter table message rename to message_before;
            create table message as select {_quoted(columns)} from message_before;
            create unique index message_id on message (id);
            drop table message_before;
        """)


def _quoted(columns: str) -> str:
    return ", ".join(f'"{name}"' for name in columns.split(", "))


def _plant(where: object, name: str, what: object) -> None:
    assert hasattr(where, name), f"{where} has no {name} any more"
    setattr(where, name, what)


if __name__ == "__main__":
    bug, *words = sys.argv[1:]
    _everything_is_looked_for_twice()
    BUGS[bug]()
    sys.exit(server.cli.main(words))
