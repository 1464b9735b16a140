"""How the visitor liked the chat: once, and for the eyes of the staff."""

from datetime import datetime

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from chat.events import ChatRated
from tickets.change import Change
from tickets.errors import Conflict, Refused
from tickets.moment import Moment
from tickets.text import LONGEST, clean_text


class Rating(SQLModel, table=True):
    __table_args__ = (Index("ix_rating_at", "at"),)

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_column_kwargs={"autoincrement": False})
    score: int  # 1 to 5
    comment: str = Field(default="", sa_column=Column(Text, nullable=False))
    at: datetime = Field(sa_type=Moment)


def rate(change: Change, ticket_id: int, *, score: int, comment: str = "") -> Rating:
    """Keep the first rating. The same again is a resend and changes nothing."""
    comment = clean_text(comment[:LONGEST]).strip()
    if not 1 <= score <= 5:
        raise Refused("A rating is from 1 to 5.", field="score")
    earlier = change.find(Rating, ticket_id)
    if earlier is None:
        change.record(ChatRated(ticket=ticket_id, score=score))
        return change.add(Rating(ticket_id=ticket_id, score=score, comment=comment, at=change.now))
    if (earlier.score, earlier.comment) != (score, comment):
        raise Conflict("You have already rated this chat. Thank you.")
    return earlier
