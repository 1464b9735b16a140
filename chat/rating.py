"""How a customer liked what was done for them, in the chat or after it: for the eyes of the staff."""

from datetime import datetime

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from chat.events import ChatRated
from tickets.change import Change
from tickets.errors import Conflict, Refused
from tickets.moment import Moment
from tickets.text import LONGEST, clean_text, one_line

LONGEST_TOLD = 300  # characters of a comment that stand in the story; the rating has all of it


class Rating(SQLModel, table=True):
    __table_args__ = (Index("ix_rating_at", "at"),)

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_column_kwargs={"autoincrement": False})
    score: int  # 1 to 5
    comment: str = Field(default="", sa_column=Column(Text, nullable=False))
    at: datetime = Field(sa_type=Moment)


def rate(change: Change, ticket_id: int, *, score: int, comment: str = "", anew: bool = False, way: str = "") -> Rating:
    """Keep the first rating; where they may say it `anew`, the newest, at the time of the first.

    The same again is a resend and changes nothing. `way`: as the event says it.
    """
    comment = clean_text(comment[:LONGEST]).strip()
    if not 1 <= score <= 5:
        raise Refused("A rating is from 1 to 5.", field="score")
    earlier = change.find(Rating, ticket_id)
    if earlier is not None and (earlier.score, earlier.comment) == (score, comment):
        return earlier
    if earlier is not None and not anew:
        raise Conflict("You have already rated this chat. Thank you.")
    change.record(ChatRated(ticket=ticket_id, score=score, comment=one_line(comment, LONGEST_TOLD), way=way))
    if earlier is None:
        return change.add(Rating(ticket_id=ticket_id, score=score, comment=comment, at=change.now))
    earlier.score, earlier.comment = score, comment
    return earlier
