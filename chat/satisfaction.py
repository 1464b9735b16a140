"""How today's ratings were, and how many of those who were asked gave one: the rows behind both numbers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, String, case, cast, func, literal, select, union
from sqlmodel import col

from chat.rating import Rating
from chat.surveys.survey import Survey
from routing.wallboard.entries import Figure, row
from routing.wallboard.figures import handled, left
from routing.wallboard.today import Day
from tickets.log import LogRow
from tickets.moment import Moment
from tickets.status import Channel
from tickets.ticket import Ticket

GOOD = 4  # of 5


def rated(day: Day) -> Select[Any]:
    """Ratings that were given today; good: 4 and 5 of 5. `what` is the score."""
    good = case((col(Rating.score) >= GOOD, 1), else_=0)
    return select(*row(col(Rating.at), cast(col(Rating.score), String), good)).where(
        col(Rating.ticket_id) == Ticket.id, day.holds(Rating.at)
    )


def could_rate(day: Day) -> Select[Any]:
    """Those who were asked today, and those who rated today; good: they have rated.

    Asked is whose chat ended today after an agent had answered: the chat asks them. So is whoever got a letter today.
    """
    ended = left(day).where(col(Ticket.first_reply_at) <= col(LogRow.at))
    done = handled(day).where(col(Ticket.channel) == Channel.CHAT.value, col(Ticket.first_reply_at).is_not(None))
    ids = union(
        *(select(query.subquery().c.ticket_id) for query in (ended, done, lettered(day), rated(day)))
    ).subquery()
    asked = select(col(Survey.asked_at)).where(col(Survey.ticket_id) == col(Ticket.id)).scalar_subquery()
    at = func.coalesce(col(Rating.at), asked, col(Ticket.resolved_at), col(Ticket.updated_at), type_=Moment())
    return (
        select(*row(at, literal(""), case((col(Rating.ticket_id).is_not(None), 1), else_=0)))
        .join(ids, ids.c.ticket_id == col(Ticket.id))
        .join(Rating, col(Rating.ticket_id) == col(Ticket.id), isouter=True)
    )


def lettered(day: Day) -> Select[Any]:
    """Those who were asked by a letter today. `what` is empty."""
    return select(*row(col(Survey.asked_at), literal(""), literal(0))).where(
        col(Survey.ticket_id) == col(Ticket.id), day.holds(Survey.asked_at)
    )


FIGURES: dict[str, Figure] = {"rated-today": Figure(rated), "could-rate-today": Figure(could_rate)}
