"""A batch writes what is another of its rows, together, and has one image of each."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import delete, event, update
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, col, select

from tests.cast import UnitChange, a_change, a_ticket
from tickets.batch import Batch
from tickets.change import Change
from tickets.ids import Ids
from tickets.ticket import Ticket


def written(session: Session) -> list[str]:
    """The columns of each update from here on, as one text."""
    updates: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if statement.startswith("update"):
            updates.append(" ".join(re.findall(r'"(\w+)" = ', statement)))

    event.listen(session.get_bind(), "before_cursor_execute", note)
    return updates


def the_next(change: UnitChange) -> Change:
    """Another batch in the same transaction, with no row at hand."""
    change.write()
    return Change(Batch(change.session, Ids()), by=change.by, now=change.now, rules=change.rules)


def test_of_a_row_is_written_what_is_another_once() -> None:
    change = a_change()
    ticket = a_ticket(change)
    change.write()
    updates = written(change.session)

    ticket.preview, ticket.live, ticket.subject = "Hello", True, str(ticket.subject)
    change.write()
    change.write()

    assert ["live preview"] == updates
    assert ["Hello"] == change.rows(select(Ticket.preview))


def test_what_changed_alike_is_written_together() -> None:
    change = a_change()
    tickets = [a_ticket(change) for _ in range(3)]
    change.write()
    updates = written(change.session)

    for number, ticket in enumerate(tickets):
        ticket.preview = f"Hello {number}"
    change.write()

    assert ["preview"] == updates
    assert ["Hello 0", "Hello 1", "Hello 2"] == change.rows(select(Ticket.preview).order_by(col(Ticket.number)))


def test_a_row_has_one_image_however_it_is_found() -> None:
    change = a_change()
    ticket = a_ticket(change)

    assert ticket is change.one(select(Ticket))
    assert ticket is change.find(Ticket, ticket.id)
    assert [ticket] == change.find_all(Ticket, [ticket.id])


def test_a_row_that_a_query_found_first_is_written_too() -> None:
    change = a_change()
    a_ticket(change)
    later = the_next(change)

    (found,) = later.rows(select(Ticket))
    found.preview = "Hello"

    assert found is later.find(Ticket, found.id)
    assert ["Hello"] == later.rows(select(Ticket.preview))


def test_what_a_statement_changes_is_seen_by_whoever_holds_the_row() -> None:
    """Else they would write over what it did."""
    change = a_change()
    ticket = a_ticket(change)
    ticket.preview = "Hello"

    assert 1 == change.claim(update(Ticket).where(col(Ticket.live).is_(False)).values(live=True))

    assert ticket.live
    ticket.subject = "Parcel"
    assert [ticket.id] == change.rows(select(Ticket.id).where(col(Ticket.live), Ticket.subject == "Parcel"))
    assert ["Hello"] == change.rows(select(Ticket.preview))


def test_what_a_statement_removes_is_found_no_more() -> None:
    change = a_change()
    ticket = a_ticket(change)
    change.write()

    assert 1 == change.claim(delete(Ticket))

    assert change.find(Ticket, ticket.id) is None


def test_a_row_that_is_gone_is_not_changed_in_silence() -> None:
    change = a_change()
    ticket = a_ticket(change)
    change.write()
    change.session.connection().execute(delete(Ticket))

    ticket.preview = "Hello"

    with pytest.raises(StaleDataError, match="ticket: of 1 rows there were 0"):
        change.write()
