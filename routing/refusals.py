"""Who is not asked again for a ticket while it stays in this line."""

from sqlalchemy import Index, bindparam, delete, or_
from sqlmodel import Field, SQLModel, col, select

from routing.events import WaitExplained
from tickets.change import Change

DECLINED = "declined"
MISSED = "missed"
GAVE_BACK = "gave back"


class Refusal(SQLModel, table=True):
    """Holds for one stay of the ticket in one queue's line, which ends when it is taken, moved, resolved or reopened.

    Who declined it is not asked again either when a colleague took it and gave it back into that line (semantics.md
    part 3), unless they had it themselves since; where that colleague was lost, everybody is. Who missed an offer is
    asked again once they say that they are available. Who gave a ticket back by hand is not asked for it during the
    stay that begins with that.
    """

    __table_args__ = (Index("ix_refusal_queue", "queue_id"),)

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_column_kwargs={"autoincrement": False})
    agent_id: int = Field(primary_key=True, foreign_key="agent.id", sa_column_kwargs={"autoincrement": False})
    queue_id: int
    why: str


def remember(change: Change, ticket_id: int, agent_id: int, *, queue_id: int, why: str) -> None:
    known = change.one(select(Refusal).where(Refusal.ticket_id == ticket_id, Refusal.agent_id == agent_id))
    if known is None:
        change.add(Refusal(ticket_id=ticket_id, agent_id=agent_id, queue_id=queue_id, why=why))
    else:
        known.queue_id, known.why = queue_id, why


def forget_stay(change: Change, ticket_id: int) -> None:
    """It has come to an end, begins anew, or whoever had it was lost: everyone may be asked again."""
    if change.peek(Refusal, _OF_TICKET, ticket=ticket_id):
        change.claim(delete(Refusal).where(col(Refusal.ticket_id) == ticket_id))


def forget_but_declined(change: Change, ticket_id: int, taker: int) -> None:
    """This agent had it in hand: should it come back, everyone may be asked but those others who said no."""
    if change.peek(Refusal, _OF_TICKET, ticket=ticket_id):
        over = or_(col(Refusal.why) != DECLINED, col(Refusal.agent_id) == taker)
        change.claim(delete(Refusal).where(col(Refusal.ticket_id) == ticket_id, over))


def forget_elsewhere(change: Change, ticket_id: int, queue_id: int) -> None:
    """It stands in this queue's line now; what was refused in another does not matter."""
    change.claim(delete(Refusal).where(col(Refusal.ticket_id) == ticket_id, col(Refusal.queue_id) != queue_id))


def forget_missed(change: Change, agent_id: int) -> None:
    """The agent is back at the desk: what rang unheard may ring again."""
    theirs = col(Refusal.agent_id) == agent_id, col(Refusal.why) == MISSED
    if missed := change.rows(select(Refusal.ticket_id).where(*theirs)):
        change.claim(delete(Refusal).where(*theirs))
        for ticket_id in missed:
            change.record(WaitExplained(ticket=ticket_id))


def who_refused(change: Change, ticket_id: int) -> set[int]:
    return set(change.rows(select(Refusal.agent_id).where(Refusal.ticket_id == ticket_id)))


_OF_TICKET = select(Refusal.agent_id).where(Refusal.ticket_id == bindparam("ticket"))
