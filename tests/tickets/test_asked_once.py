"""Settings are asked for once for all changes made together, and are seen anew as soon as one of them writes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import bindparam, delete, event
from sqlmodel import col, select

from tests.cast import UnitChange
from tickets.email.mailbox import Mailbox, add_mailbox
from tickets.people import Identifier, IdentifierKind, new_customer

MAILBOXES = select(Mailbox).order_by(col(Mailbox.id))
KNOWN = select(Identifier).where(col(Identifier.value) == bindparam("value"))


@pytest.fixture
def change() -> UnitChange:
    return UnitChange(by="system")


def addresses(change: UnitChange) -> list[str]:
    return [one.address for one in change.peek_once(Mailbox, MAILBOXES)]


def test_what_was_asked_is_not_asked_again(change: UnitChange) -> None:
    add_mailbox(change, "support@shop.example")
    asked: list[str] = []
    event.listen(change.session.get_bind(), "before_cursor_execute", lambda *told: asked.append(told[2]))
    first = addresses(change)
    count = len(asked)
    assert (["support@shop.example"], count) == (first, len(asked))
    assert (first, count) == (addresses(change), len(asked))


def test_other_values_are_another_question(change: UnitChange) -> None:
    sam = new_customer(change, "Sam")
    sam.add_identifier(change, IdentifierKind.EMAIL, "sam@customer.example")
    assert 1 == len(change.peek_once(Identifier, KNOWN, value="sam@customer.example"))
    assert 0 == len(change.peek_once(Identifier, KNOWN, value="eve@evil.example"))


def _adds(change: UnitChange) -> None:
    add_mailbox(change, "sales@shop.example")


def _edits(change: UnitChange) -> None:
    (box,) = change.peek_once(Mailbox, MAILBOXES)
    box.edit(change, address="help@shop.example", name="Help")


def _removes(change: UnitChange) -> None:
    (box,) = change.peek_once(Mailbox, MAILBOXES)
    change.remove(box)
    change.write()


def _deletes(change: UnitChange) -> None:
    change.claim(delete(Mailbox))


@pytest.mark.parametrize(
    ("write", "then"),
    [
        (_adds, ["support@shop.example", "sales@shop.example"]),
        (_edits, ["help@shop.example"]),
        (_removes, []),
        (_deletes, []),
    ],
)
def test_what_was_written_since_is_seen(
    change: UnitChange, write: Callable[[UnitChange], None], then: list[str]
) -> None:
    add_mailbox(change, "support@shop.example")
    assert ["support@shop.example"] == addresses(change)
    write(change)
    assert then == addresses(change)
    change.write()
    assert then == addresses(change)
