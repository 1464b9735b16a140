"""What the customer answers: the same rating as after a chat, which may become another one until it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from chat.rating import Rating, rate
from chat.surveys.survey import Survey
from tickets.change import Change
from tickets.errors import Conflict, NotFound
from tickets.ticket import Ticket

BY_LETTER = "letter"  # how the rating came
OVER = "This question is closed. Thank you all the same."


@dataclass(frozen=True)
class Question:
    """All that the page knows of the matter."""

    number: int
    language: str
    by: str
    closes_at: datetime
    closed: bool
    rating: Rating | None


def question(session: Session, ticket_id: int, now: datetime) -> Question:
    """Raises NotFound where nobody was asked."""
    survey, ticket = session.get(Survey, ticket_id), session.get(Ticket, ticket_id)
    if survey is None or survey.closes_at is None or ticket is None:
        raise NotFound("There is nothing at this address.")
    rating = session.get(Rating, ticket_id)
    by = f"customer:{ticket.customer_id}"
    return Question(ticket.number, ticket.language, by, survey.closes_at, survey.closed(now), rating)


def answer(change: Change, ticket_id: int, *, score: int, comment: str) -> Rating:
    """They press the button. The same again changes nothing."""
    survey = change.take(Survey, ticket_id)
    if survey.closed(change.now):
        raise Conflict(OVER)
    return rate(change, ticket_id, score=score, comment=comment, anew=True, way=BY_LETTER)
