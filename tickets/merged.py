"""Which ticket goes on as another: what still comes for the one belongs to the other."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, Session, SQLModel, select

from tickets.change import Change
from tickets.moment import Moment
from tickets.status import Status
from tickets.ticket import Ticket


class Merge(SQLModel, table=True):
    """One per ticket that was merged, as long as it is. Its messages stay where they were written."""

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_column_kwargs={"autoincrement": False})
    target_id: int = Field(foreign_key="ticket.id")
    at: datetime = Field(sa_type=Moment)
    by: str
    since: datetime | None = Field(default=None, sa_type=Moment)  # whoever waited longer, and so waits in the target


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
