"""A desk that asks its customers how it was, and Sam, whose matter Ada has dealt with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import select

from chat.reactions import REACTIONS as CHAT
from chat.surveys import asking
from chat.surveys.survey import Survey
from chat.surveys.terms import set_terms
from routing.queues import Queue, add_queue
from tests.cast import UnitChange, a_customer, an_agent
from tests.tickets.email.letters import RULES, SAM
from tickets.email.correspondence import correspond
from tickets.email.mailbox import add_mailbox
from tickets.email.outbox import REACTIONS as OUTBOX
from tickets.email.outgoing import Outgoing
from tickets.opening import open_ticket
from tickets.people import Agent, Customer
from tickets.reactions import Reactions
from tickets.status import Channel
from tickets.ticket import Ticket


@dataclass
class Aftermath:
    """A desk at which tickets of Support are followed by a letter."""

    change: UnitChange
    queue: Queue
    ada: Agent
    sam: Customer

    def a_ticket(self, channel: Channel = Channel.EMAIL, *, address: str = SAM, language: str = "en") -> Ticket:
        """Sam wrote."""
        ticket = open_ticket(
            self.change, self.sam, channel=channel, subject="My cat's parcel", language=language, queue_id=self.queue.id
        )
        with self.change.acting_as(self.sam.actor):
            ticket.receive(self.change, "It was to come on Monday.", client_id=f"c-{ticket.id}")
        if address:
            correspond(self.change, ticket, address=address, name="Sam Okafor", message_id=f"<{ticket.id}@x.example>")
        self.follows()
        return ticket

    def answers(self, ticket: Ticket) -> None:
        with self.change.acting_as(self.ada.actor):
            ticket.reply(self.change, "It comes today.", client_id=f"a-{self.change.new_id()}", name=self.ada.name)
        self.follows()

    def settles(self, ticket: Ticket) -> None:
        """Ada has answered, and is done with it."""
        self.answers(ticket)
        with self.change.acting_as(self.ada.actor):
            ticket.resolve(self.change)
        self.follows()

    def a_settled_ticket(self, **told: Any) -> Ticket:
        ticket = self.a_ticket(**told)
        self.settles(ticket)
        return ticket

    def follows(self) -> None:
        self.change.settle(Reactions((*OUTBOX, *CHAT)))
        self.change.events.clear()

    def passes(self, **time: float) -> None:
        """As the scheduler would do it."""
        self.change.moves(**time)
        self.change.write()
        (chore,) = asking.CHORES
        for key in chore.due(self.change.session, self.change.now):
            chore.act(self.change, key)

    @property
    def letters(self) -> list[Outgoing]:
        asked = select(Outgoing).where(Outgoing.notice == asking.NOTICE).order_by(Outgoing.id)  # type: ignore[arg-type]
        return [*self.change.rows(asked)]

    @property
    def asked(self) -> list[str]:
        """At which addresses."""
        return [one.to_address for one in self.letters]

    def survey(self, ticket: Ticket) -> Survey:
        return self.change.take(Survey, ticket.id)


def an_aftermath(
    change: UnitChange | None = None, *, asks: bool = True, mailbox: bool = True, **rules: Any
) -> Aftermath:
    change = change or UnitChange(by="system", rules=replace(RULES, **rules))
    if mailbox:
        add_mailbox(change, "support@shop.example", name="Shop Support")
    queue = add_queue(change, "Support")
    if asks:
        set_terms(change, queues=[queue.id], delay_hours=24, every_days=30)
    change.events.clear()
    return Aftermath(change, queue, an_agent(change), a_customer(change))
