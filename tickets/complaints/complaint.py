"""A complaint: what it is about, what the customer wants, when they were told that we look into it, what we decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Index, Text, text
from sqlmodel import Field, SQLModel

from tickets import by_hand
from tickets.by_hand import Shown
from tickets.change import Change
from tickets.complaints.events import ComplaintAcknowledged, ComplaintDecided
from tickets.errors import Conflict, Refused
from tickets.moment import Moment
from tickets.seals import Seals
from tickets.status import Channel
from tickets.text import clean_text, is_blank
from tickets.ticket import Ticket

LINK_LASTS = timedelta(days=730)  # from when it was filed: complaints are long affairs
_LINK = "complaint"  # the purpose of the seal


_UNDECIDED = text("decided_at is null")


class Outcome(StrEnum):
    UPHELD = "upheld"
    PARTLY = "partly"
    NOT_UPHELD = "not_upheld"


class Complaint(SQLModel, table=True):
    """What a ticket of this kind has besides: its words and files stand on the timeline."""

    __table_args__ = (
        Index("ix_complaint_undecided", "ticket_id", sqlite_where=_UNDECIDED, postgresql_where=_UNDECIDED),
    )

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_column_kwargs={"autoincrement": False})
    client_id: str = Field(unique=True)  # the key of the form that it was filed with
    category: str  # its key
    wanted: str = Field(default="", sa_column=Column(Text, nullable=False))
    reference: str = ""  # an order or a policy, as the customer calls it
    site: str = ""  # the key of the site whose form it was
    filed_at: datetime = Field(sa_type=Moment)
    acknowledged_at: datetime | None = Field(default=None, sa_type=Moment)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    outcome: str = ""  # empty: not decided yet
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    answer_id: int | None = None  # the message that told the customer the reason
    acknowledge_by: datetime | None = Field(default=None, sa_type=Moment)  # as its category promised
    answer_by: datetime | None = Field(default=None, sa_type=Moment)  # the same, or as extended
    extended_at: datetime | None = Field(default=None, sa_type=Moment)
    extension_reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    referred_at: datetime | None = Field(default=None, sa_type=Moment)
    regulator: str = ""
    regulator_reference: str = ""  # how the regulator calls it
    root_cause: str = ""
    redress_cents: int | None = Field(default=None, sa_type=BigInteger)  # hundredths of the currency
    redress_currency: str = ""  # ISO 4217

    @staticmethod
    def beside(ticket: Ticket) -> tuple[int]:
        """Looked for at once, for all tickets of a batch (tickets.batch)."""
        return (ticket.id,)

    @property
    def decided(self) -> bool:
        return self.outcome != ""

    def link(self, seals: Seals) -> str:
        """The path of the customer's own page. The same one whenever it is asked for."""
        path = f"/complaint/{seals.token(_LINK, self.ticket_id, self.filed_at + LINK_LASTS)}"
        return f"{path}?site={self.site}" if self.site else path

    def acknowledge(self, change: Change, *, answered: bool = False) -> bool:
        """A person has told the customer that we look into it. False where that was known."""
        if self.acknowledged_at is not None:
            return False
        self.acknowledged_at = change.now
        change.record(ComplaintAcknowledged(ticket=self.ticket_id, answered=answered))
        return True


def ticket_of_link(seals: Seals, token: str, now: datetime) -> int | None:
    """The ticket whose customer was given this link; None for any other text, and when the link is too old."""
    return seals.opened(_LINK, token, now)


def number_of(ticket: Ticket) -> str:
    """What a customer writes down: C-1042."""
    return f"C-{ticket.number}"


def of_ticket(change: Change, ticket_id: int) -> Complaint | None:
    """Asks the database for tickets of this channel only: every answer to a chat comes by here."""
    ticket = change.take(Ticket, ticket_id)
    return change.find(Complaint, ticket_id) if ticket.channel == Channel.COMPLAINT else None


# What an agent does


def decide(
    change: Change,
    ticket_id: int,
    *,
    outcome: str,
    reason: str,
    client_id: str,
    shown_outcome: str | None = None,
    shown: Shown | None = None,
) -> Complaint:
    """The final answer: the customer is sent the reason, and the ticket is resolved. The same `client_id` does it once.

    `shown_outcome` is what the agent's page said: nobody decides over a colleague who was quicker.
    """
    complaint, ticket = change.take(Complaint, ticket_id), change.take(Ticket, ticket_id)
    if change.said(change.by, client_id) is not None:
        return complaint
    if outcome not in set(Outcome):
        raise Refused("Choose an outcome.", field="outcome")
    if is_blank(reason):
        raise Refused("Give the reason, in words for the customer.", field="reason")
    if shown_outcome is not None and shown_outcome != complaint.outcome:
        raise Conflict("This complaint was decided meanwhile. Your text is kept.")
    answer = by_hand.reply(change, ticket_id, text=reason.strip(), client_id=client_id, shown=shown)
    complaint.outcome, complaint.reason, complaint.answer_id = outcome, clean_text(reason.strip()), answer.id
    complaint.decided_at = change.now
    complaint.acknowledge(change, answered=True)
    change.record(ComplaintDecided(ticket=ticket_id, outcome=outcome))
    ticket.resolve(change)
    return complaint
