"""What the stories about mail begin with: a desk with a key, a mailbox, and a ticket that is answered by mail."""

from __future__ import annotations

from sqlmodel import select

from tests.cast import UnitChange, a_customer, an_agent
from tickets.by_hand import reply
from tickets.change import Change
from tickets.email.correspondence import Correspondence, correspond
from tickets.email.mailbox import Mailbox, add_mailbox
from tickets.email.outbox import REACTIONS
from tickets.email.outgoing import Outgoing
from tickets.message import Message
from tickets.opening import open_ticket
from tickets.people import Agent
from tickets.reactions import Reactions
from tickets.rules import Rules
from tickets.seals import Seals
from tickets.status import Channel
from tickets.ticket import Ticket

RULES = Rules(seals=Seals(b"the key of this desk"), mail_host="desk.example")
SAM = "sam@customer.example"
THEIRS = "<first@customer.example>"


def a_mailroom(by: str = "system", rules: Rules = RULES) -> tuple[UnitChange, Mailbox]:
    """A change at a desk that has one address."""
    change = UnitChange(by=by, rules=rules)
    return change, add_mailbox(change, "support@shop.example", name="Shop Support")


def a_letter(
    change: Change, mailbox: Mailbox | None, *, message_id: str = THEIRS, subject: str = "Where is my parcel?"
) -> tuple[Ticket, Correspondence]:
    """Sam wrote a mail."""
    ticket = open_ticket(change, a_customer(change), channel=Channel.EMAIL, subject=subject)
    ticket.receive(change, "It was to come on Monday.", client_id=f"mail {ticket.id}")
    told = correspond(
        change, ticket, address=SAM, name="Sam Okafor", mailbox=mailbox, subject=subject, message_id=message_id
    )
    return ticket, told


def an_answer(
    change: UnitChange,
    ticket: Ticket,
    text: str = "It comes today.",
    *,
    files: tuple[int, ...] = (),
    alone: bool = False,
) -> Message:
    """Ada answers, and what follows from it follows."""
    ada = change.one(select(Agent).where(Agent.name == "Ada")) or an_agent(change)
    with change.acting_as(ada.actor):
        said = reply(change, ticket.id, text=text, client_id=f"answer {change.new_id()}", files=files, alone=alone)
    change.settle(Reactions(REACTIONS))
    change.events.clear()
    return said


def outbox(change: Change) -> list[Outgoing]:
    """Everything on its way or sent, the oldest first."""
    return [*change.rows(select(Outgoing).order_by(Outgoing.id))]  # type: ignore[arg-type]
