"""New rows are written together, after what they name and what makes room for them."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import select

from tests.cast import MovedClock, a_change, a_customer, a_database, a_desk, a_ticket
from tests.tickets.batches import Ask, together
from tickets.change import Change
from tickets.email.correspondence import Correspondence
from tickets.email.senders import Sender
from tickets.errors import Refused
from tickets.people import Customer, Identifier, IdentifierKind, new_customer
from tickets.ticket import Ticket

ADDRESS = "sam@customer.example"


def test_a_row_comes_after_those_that_it_names_whichever_was_added_first() -> None:
    change = a_change()
    customer = Customer(id=change.new_id(), name="Sam", created_at=change.now)
    change.add(Sender(address=ADDRESS, customer_id=customer.id))
    change.add(customer)

    assert [customer.id] == [sender.customer_id for sender in change.rows(select(Sender))]


def test_a_new_row_may_take_what_an_older_one_gives_up() -> None:
    """An address belongs to one customer at a time."""
    change = a_change()
    older = a_customer(change).add_identifier(change, IdentifierKind.EMAIL, ADDRESS, verified=True)
    change.write()

    older.verified = False
    other = new_customer(change, "Priya")
    change.add(Identifier(id=change.new_id(), customer_id=other.id, kind=older.kind, value=older.value, verified=True))

    verified = change.rows(select(Identifier).where(Identifier.verified))
    assert [other.id] == [one.customer_id for one in verified]


def test_an_older_row_may_name_a_new_one() -> None:
    change = a_change()
    ticket = a_ticket(change)
    change.write()

    known = new_customer(change, "Sam")
    ticket.customer_id = known.id

    assert [known.id] == change.rows(select(Ticket.customer_id))


def test_what_is_changed_before_and_after_it_is_written_is_kept() -> None:
    change = a_change()
    ticket = a_ticket(change)
    ticket.subject = "My parcel"
    change.write()
    ticket.preview = "Where is it?"

    assert ["My parcel"] == change.rows(select(Ticket.subject))
    assert ["Where is it?"] == change.rows(select(Ticket.preview))
    assert ticket is change.find(Ticket, ticket.id)


def test_what_stands_on_a_new_ticket_is_found_once_it_is_there_and_not_before() -> None:
    change = a_change()
    ticket = a_ticket(change)
    assert change.find(Correspondence, ticket.id) is None

    added = change.add(Correspondence(ticket_id=ticket.id, address=ADDRESS))
    assert added is change.find(Correspondence, ticket.id)
    change.write()
    assert added is change.find(Correspondence, ticket.id)


def test_what_was_just_added_may_be_removed() -> None:
    change = a_change()
    customer = new_customer(change, "Sam")

    change.remove(customer)

    assert [] == change.rows(select(Customer))


async def test_what_a_refused_change_had_written_may_be_added_again(tmp_path: Path) -> None:
    """The same address, in the same batch, by the next change."""
    database = a_database(tmp_path)
    async with a_desk(database, clock=MovedClock()) as desk:
        refused, kept = await together(desk, [Ask(_sender, (True,)), Ask(_sender, (False,))])

        assert isinstance(refused, Refused)
        found = desk.look(lambda session: session.exec(select(Sender)).all())
        assert [(ADDRESS, kept)] == [(sender.address, sender.customer_id) for sender in found]
    database.close()


def _sender(change: Change, refuses: bool) -> int:
    customer = new_customer(change, "Sam")
    change.add(Sender(address=ADDRESS, customer_id=customer.id))
    change.write()
    if refuses:
        raise Refused("No.")
    return customer.id
