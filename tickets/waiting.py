"""Whether somebody waits for us, since when, and whether it is a call that they wait for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from sqlmodel import Field, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from tickets.merge import Merge
from tickets.message import Message, MessageKind
from tickets.moment import Moment
from tickets.people import BOT
from tickets.standing import Standing

if TYPE_CHECKING:
    from tickets.change import Change
    from tickets.ticket import Ticket

Found = TypeVar("Found")

_THEIRS = (MessageKind.IN.value, MessageKind.ASIDE.value)


class Waiting(Standing):
    """A ticket's part in it. Being answered in writing is one of the ticket's own verbs."""

    fore: bool = False  # its turn comes among those who wait live: it does, or is to be called instead of that
    to_call: bool = False  # the customer waits for our call, or an agent is at it
    silent: bool = False  # live, but the customer has not written for so long that it takes no room of its agent
    updated_at: datetime = Field(sa_type=Moment)
    waiting_since: datetime | None = Field(default=None, sa_type=Moment)  # for an answer to what they wrote, or a call
    first_reply_at: datetime | None = Field(default=None, sa_type=Moment)

    def expect_call(self, change: Change, *, instead: bool = False) -> None:
        """It is time to ring: the customer waits for us, if they did not already. `instead`: of waiting in a chat."""
        self.to_call, self.fore = True, self.live or instead
        self.waiting_since = self.waiting_since or change.now
        self.updated_at = change.now

    def end_call(self, change: Change) -> None:
        """Nobody is to ring for now. Who waited for an answer still does."""
        self.to_call, self.fore = False, self.live
        self.updated_at = change.now

    def spoke(self, change: Change) -> None:
        """We have spoken with them: that is an answer, and nobody waits for us any more."""
        self.waiting_since = None
        self.first_reply_at = self.first_reply_at or change.now
        self.updated_at = change.now

    if TYPE_CHECKING:
        live: bool


def oldest_unanswered(change: Change, ticket: Ticket) -> datetime | None:
    """The oldest question without an answer of ours, of this ticket and of all that was merged into it, however deep.

    What was open in a ticket when it was merged stands beside it, with what others had brought there by then.
    """
    merged = change.peek(Merge, select(Merge).where(Merge.target_id == ticket.id, col(Merge.since).is_not(None)))
    answered = answered_at(change, ticket) if merged else None
    brought = [one.since for one in merged if answered is None or answered <= one.at]
    return min((at for at in (_asked_here(change, ticket), *brought) if at is not None), default=None)


def answered_at(change: Change, ticket: Ticket) -> datetime | None:
    """When a person of ours last wrote to them or, where nobody ever did, spoke with them."""
    return change.one(_answers(select(Message.at), ticket).order_by(col(Message.seq).desc())) or ticket.first_reply_at


def _asked_here(change: Change, ticket: Ticket) -> datetime | None:
    """When the first message came that nobody has answered since: in writing or, where nobody ever wrote, by a call."""
    mine = select(Message.at).where(Message.ticket_id == ticket.id, col(Message.kind).in_(_THEIRS))
    answered = change.one(_answers(select(func.max(Message.seq)), ticket))
    if answered is not None:
        mine = mine.where(Message.seq > answered)
    elif ticket.first_reply_at is not None:
        mine = mine.where(Message.at > ticket.first_reply_at)
    return change.one(mine.order_by(col(Message.seq)))


def _answers(asked: SelectOfScalar[Found], ticket: Ticket) -> SelectOfScalar[Found]:
    """Of what we wrote to them. What a bot says answers nobody."""
    ours = asked.where(Message.ticket_id == ticket.id, Message.kind == MessageKind.OUT.value)
    return ours.where(col(Message.by).not_like(f"{BOT}%"))
