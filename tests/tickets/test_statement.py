"""What is asked of the database without ado is answered as if it had been asked in the usual way."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, event, func, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from routing.line import undone
from routing.queues import Queue
from tests.cast import UnitChange, a_change, a_database, a_desk, a_ticket
from tests.engine import about_sqlite
from tickets.change import Change
from tickets.errors import Unavailable
from tickets.moment import EPOCH
from tickets.plain import listed, plain
from tickets.statement import Statement, _Spelled
from tickets.ticket import Ticket


def some_tickets() -> UnitChange:
    change = a_change()
    for _ in range(3):
        a_ticket(change)
    change.write()
    return change


def asked(session: Session, statement: Statement, **values: Any) -> list[Sequence[Any]]:
    return [tuple(row) for row in statement.rows(session.connection(), **values)]


@pytest.mark.parametrize(
    ("query", "values"),
    [
        (plain(Ticket).order_by(col(Ticket.id)), {}),
        (plain(Ticket, Queue).outerjoin(Queue, col(Queue.id) == Ticket.queue_id).order_by(col(Ticket.id)), {}),
        (plain(Ticket).where(listed(col(Ticket.id))).order_by(col(Ticket.id)), {"ids": [1, 2, 3]}),
        (plain(Ticket).where(col(Ticket.opened_at) > bindparam("since")).limit(2), {"since": EPOCH}),
        (plain(Ticket).where(col(Ticket.number).in_([1, 2, 3, 1001, 1002])).order_by(col(Ticket.id)), {}),
        (plain(Ticket).where(undone(), col(Ticket.id) > bindparam("after")).order_by(col(Ticket.id)), {"after": 0}),
        (plain(Ticket).where(col(Ticket.id).in_(bindparam("ids", expanding=True))), {"ids": [1, 2]}),
        (select(col(Ticket.id)).union_all(select(col(Ticket.number)).where(col(Ticket.status).in_(["new"]))), {}),
        (select(func.max(col(Ticket.opened_at)), func.count()).select_from(Ticket), {}),
        (plain(Ticket).where(col(Ticket.subject) == "nothing like it"), {}),
    ],
)
def test_every_time_the_answer_is_the_same(query: Any, values: dict[str, Any]) -> None:
    """Times, documents, truths and what is missing, as SQLAlchemy reads them."""
    session, statement = some_tickets().session, Statement(query)

    usual = [tuple(row) for row in session.connection().execute(query, values)]

    assert usual == asked(session, statement, **values)
    assert usual == asked(session, statement, **values)
    assert usual == asked(session, statement, **values)


def test_another_value_is_another_question() -> None:
    session = some_tickets().session
    ids = [ticket_id for (ticket_id,) in asked(session, Statement(select(col(Ticket.id))))]
    statement = Statement(select(col(Ticket.id)).where(col(Ticket.id) == bindparam("which")))

    assert [[(ticket_id,)] for ticket_id in ids] == [asked(session, statement, which=one) for one in ids]


def test_whoever_listens_hears_what_is_asked() -> None:
    session, heard = some_tickets().session, list[str]()
    statement = Statement(select(func.count()).select_from(Ticket))
    for _ in range(2):
        statement.rows(session.connection())

    event.listen(session.get_bind(), "before_cursor_execute", lambda *told: heard.append(told[2]))
    statement.rows(session.connection())

    assert ["SELECT count(*) AS count_1 \nFROM ticket"] == heard


def test_an_error_is_what_sqlalchemy_says_it_is() -> None:
    """Whether the house has lost its database is read from that."""
    session, statement = some_tickets().session, Statement(plain(Ticket))
    for _ in range(2):
        statement.rows(session.connection())

    session.connection().exec_driver_sql("alter table ticket rename to moved")

    with pytest.raises(DBAPIError, match="ticket"):
        statement.rows(session.connection())


@about_sqlite
def test_all_of_a_look_is_as_of_one_moment(tmp_path: Path) -> None:
    """Also where nothing but this was asked: the question begins a look, and does not stand outside of it."""
    database, statement = a_database(tmp_path), Statement(select(func.count()).select_from(Ticket))
    try:
        for _ in range(3):
            with database.reads.connect() as line:
                statement.rows(line)
                assert line.in_transaction()
    finally:
        database.close()


class FailingDisk:
    """A page that cannot be read: what SQLite then does with the whole transaction."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fails = False
        whole = _Spelled.asked

        def asked(spelled: _Spelled, line: Any, values: Any) -> Any:
            if self.fails:
                self.fails = False
                line.rollback()
                raise sqlite3.OperationalError("disk I/O error")
            return whole(spelled, line, values)

        monkeypatch.setattr(_Spelled, "asked", asked)


@about_sqlite
async def test_what_a_failing_disk_undid_is_not_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of a batch was kept piece by piece, and everybody in it was told that it was not."""
    disk, there = FailingDisk(monkeypatch), Statement(select(col(Ticket.id)))

    def opens(change: Change) -> None:
        there.rows(change._batch.session.connection())
        a_ticket(change)

    def opens_while_it_fails(change: Change) -> None:
        disk.fails = True
        opens(change)

    with closing(a_database(tmp_path)) as database:
        async with a_desk(database) as desk:
            for _ in range(2):
                await desk.change(opens, by="system")
            with pytest.raises(Unavailable):
                await desk.change(opens_while_it_fails, by="system")
            assert 2 == len(await desk.read(lambda session: asked(session, there)))

            disk.fails = True
            assert 2 == len(await desk.read(lambda session: asked(session, there))), "a look begins anew"
            await desk.change(opens, by="system")
