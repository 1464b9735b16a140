"""How today's chats were liked, and how many of those who could say so did: the rows behind both numbers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, String, case, cast, func, literal, or_, select, union
from sqlmodel import col

from chat.rating import Rating
from routing.wallboard.entries import Figure, row
from routing.wallboard.figures import handled, left
from routing.wallboard.today import AsOf
from tickets.moment import Moment
from tickets.status import Channel
from tickets.ticket import Ticket

GOOD = 4  # of 5


def rated(as_of: AsOf) -> Select[Any]:
    """Ratings that were given today; good: 4 and 5 of 5. `what` is the score."""
    good = case((col(Rating.score) >= GOOD, 1), else_=0)
    return select(*row(col(Rating.at), cast(col(Rating.score), String), good)).where(
        col(Rating.ticket_id) == Ticket.id, as_of.today(Rating.at)
    )


def could_rate(as_of: AsOf) -> Select[Any]:
    """Chats that an agent had answered and that ended today, and those rated today; good: they were rated."""
    gone, settled, told = (query(as_of).subquery() for query in (left, handled, rated))
    answered = col(Ticket.first_reply_at) <= gone.c.at
    ended = select(gone.c.ticket_id).join(Ticket, col(Ticket.id) == gone.c.ticket_id).where(answered)
    done = select(settled.c.ticket_id).where(settled.c.what == Channel.CHAT.value)
    ids = union(ended, done, select(told.c.ticket_id)).subquery()
    at = func.coalesce(col(Rating.at), col(Ticket.resolved_at), col(Ticket.updated_at), type_=Moment())
    return (
        select(*row(at, literal(""), case((col(Rating.ticket_id).is_not(None), 1), else_=0)))
        .join(ids, ids.c.ticket_id == col(Ticket.id))
        .join(Rating, col(Rating.ticket_id) == col(Ticket.id), isouter=True)
        .where(or_(col(Ticket.first_reply_at).is_not(None), col(Rating.ticket_id).is_not(None)))
    )


FIGURES: dict[str, Figure] = {"rated-today": Figure(rated), "could-rate-today": Figure(could_rate)}
