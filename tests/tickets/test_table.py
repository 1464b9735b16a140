"""Rows that are made in one go are the same rows."""

from typing import Any

import pytest
from sqlmodel import select

from tests.cast import MONDAY, a_change, a_ticket
from tickets.log import LogRow
from tickets.message import Message
from tickets.ticket import Ticket

SAID: dict[str, Any] = {
    "id": 7,
    "ticket_id": 0,
    "seq": 1,
    "kind": "in",
    "channel": "chat",
    "by": "customer:91",
    "name": "Sam",
}
TOLD = {"text": "Hello", "client_id": "c-1", "at": MONDAY}


def test_a_row_gets_its_defaults_and_is_found_again_as_it_was_made() -> None:
    change = a_change()
    ticket = a_ticket(change)
    made = change.append(Message(**{**SAID, **TOLD, "ticket_id": ticket.id}))

    found = change.one(select(Message))

    assert found is not None
    assert found is not made
    assert made.model_dump() == found.model_dump()
    assert 0 == made.files


def test_what_a_session_found_it_follows() -> None:
    change = a_change()
    number = a_ticket(change).number
    change.write()
    found = change.session.exec(select(Ticket)).one()

    found.subject = "Parcel"
    assert found in change.session.dirty
    change.session.flush()
    change.session.expire(found)

    assert (number, "Parcel") == (found.number, found.subject)


@pytest.mark.parametrize("wrong", [SAID, {**SAID, **TOLD, "txet": "Hello"}])
def test_a_column_that_is_missing_or_does_not_exist_is_a_mistake(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="Message: "):
        Message(**wrong)


def test_an_event_is_read_once_however_many_look() -> None:
    row = LogRow(pos=1, at=MONDAY, kind="TicketOpened", by="system", data='{"ticket":1,"channel":"chat"}')

    assert row.event is row.event
