"""Which ticket goes on as another: what still comes for the one belongs to the other."""

from __future__ import annotations

from sqlmodel import Session, select

from tickets.change import Change
from tickets.merge import Merge
from tickets.status import Status
from tickets.ticket import Ticket


def target_of(change: Change, ticket_id: int) -> int:
    """The ticket as which it goes on, however often that was merged itself; its own id where it was not."""
    while (merge := _merge_of(change, ticket_id)) is not None:
        ticket_id = merge.target_id
    return ticket_id


def number_of_target(session: Session, ticket: Ticket) -> int | None:
    """The number under which it goes on; None for what was never merged."""
    if ticket.status != Status.CLOSED:
        return None
    into = select(Ticket.number).where(Merge.ticket_id == ticket.id, Ticket.id == Merge.target_id)
    return session.exec(into).first()


def _merge_of(change: Change, ticket_id: int) -> Merge | None:
    """Only what is closed was merged: nothing else is looked up."""
    ticket = change.find(Ticket, ticket_id)
    return change.find(Merge, ticket_id) if ticket is not None and ticket.status == Status.CLOSED else None
