"""What colleagues are told of promises, for as long as they have not seen it: it stands on their consoles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, bindparam
from sqlmodel import Field, Session, SQLModel, col, func, select

from routing.sla.events import NoticesChanged, SlaStepReached
from tickets.change import Change
from tickets.errors import NotAllowed
from tickets.moment import Moment
from tickets.people import Agent
from tickets.ticket import Ticket

SHOWN = 20


class SlaNotice(SQLModel, table=True):
    """The last word of one promise to one colleague. What they have seen, and what is kept by now, is no more."""

    __tablename__ = "sla_notice"
    __table_args__ = (
        Index("ix_sla_notice_agent", "agent_id", "id"),
        Index("ix_sla_notice_clock", "clock_id"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    agent_id: int = Field(foreign_key="agent.id")
    ticket_id: int = Field(foreign_key="ticket.id")
    clock_id: int
    number: int  # the ticket's
    subject: str  # as it was then
    metric: str
    due_at: datetime | None = Field(default=None, sa_type=Moment)
    late: bool


def give(change: Change, ticket: Ticket, agent: Agent, event: SlaStepReached) -> None:
    """In the place of what they were told of this promise before."""
    for before in change.peek(SlaNotice, _OF_CLOCK, clock=event.clock):
        if before.agent_id == agent.id:
            change.remove(before)
    change.add(
        SlaNotice(
            id=change.new_id(),
            agent_id=agent.id,
            ticket_id=ticket.id,
            clock_id=event.clock,
            number=ticket.number,
            subject=ticket.subject,
            metric=event.metric,
            due_at=event.due,
            late=event.late,
        )
    )
    change.record(NoticesChanged(agent=agent.id))


def withdraw(change: Change, clock_id: int) -> None:
    """The promise is kept, or is none any more: nobody needs to look."""
    told = change.peek(SlaNotice, _OF_CLOCK, clock=clock_id)
    for one in told:
        change.remove(one)
    for agent_id in {one.agent_id: None for one in told}:
        change.record(NoticesChanged(agent=agent_id))


def see(change: Change, notice_id: int) -> None:
    """The acting agent has seen it. Again is the same as once."""
    found = change.find(SlaNotice, notice_id)
    if found is not None:
        if change.by != f"agent:{found.agent_id}":
            raise NotAllowed("This is somebody else's.")
        change.remove(found)
        change.record(NoticesChanged(agent=found.agent_id))


def see_all(change: Change, agent_id: int, upto: int) -> None:
    """All that stood on their screen: what came later than `upto` they have not seen."""
    theirs = select(SlaNotice).where(SlaNotice.agent_id == agent_id, col(SlaNotice.id) <= upto)
    found = change.rows(theirs)
    for one in found:
        change.remove(one)
    if found:
        change.record(NoticesChanged(agent=agent_id))


# What others ask


def unseen(session: Session, agent_id: int) -> tuple[Sequence[SlaNotice], int]:
    """The newest of them, and how many there are."""
    theirs = col(SlaNotice.agent_id) == agent_id
    found = session.exec(select(SlaNotice).where(theirs).order_by(col(SlaNotice.id).desc()).limit(SHOWN)).all()
    if len(found) < SHOWN:
        return found, len(found)
    return found, session.exec(select(func.count()).select_from(SlaNotice).where(theirs)).one()


_OF_CLOCK = select(SlaNotice).where(SlaNotice.clock_id == bindparam("clock"))
