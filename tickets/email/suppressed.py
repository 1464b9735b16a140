"""Addresses to which nothing is sent any more, because a mail to them came back for good."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Column, Index, Text, text
from sqlmodel import Field, Session, SQLModel, col, select

from tickets.change import Change
from tickets.email.events import AddressSuppressed, SuppressionLifted
from tickets.email.outgoing import Outgoing
from tickets.errors import Conflict
from tickets.moment import Moment
from tickets.text import one_line

BARRED = "An earlier mail to this address came back, so nothing is sent there."
LONGEST_SAID = 300
_STANDS = text("lifted_at is null")


class Suppressed(SQLModel, table=True):
    """One address, from the mail that came back until somebody lifts it. What was lifted stays as history.

    Nothing that the address itself sends lifts it: a From is a claim, and a full mailbox can still write.
    """

    __tablename__ = "suppressed_address"
    __table_args__ = (
        Index("uq_suppressed_address", "address", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    address: str  # lower case
    said: str = Field(default="", sa_column=Column(Text, nullable=False))  # why, in the other server's words
    told_by: str  # report: a mail came back; relay: ours was told so when it handed the mail over
    at: datetime = Field(sa_type=Moment)
    ticket_id: int = Field(foreign_key="ticket.id")  # the ticket of the mail that came back
    outgoing_id: int = Field(foreign_key="outgoing.id")
    mailbox_id: int | None = Field(default=None, foreign_key="mailbox.id")  # from which it had been sent
    lifted_at: datetime | None = Field(default=None, sa_type=Moment)
    lifted_by: str = ""


def suppress(change: Change, mail: Outgoing, addresses: Collection[str], *, said: str, told_by: str) -> None:
    """Send nothing more to these, whom `mail` did not reach and no other mail will."""
    wanted = sorted({address.lower() for address in addresses})
    known = suppressed_among(change, wanted)
    for address in wanted:
        if address not in known:
            row = change.add(
                Suppressed(
                    id=change.new_id(),
                    address=address,
                    said=one_line(said, LONGEST_SAID),
                    told_by=told_by,
                    at=change.now,
                    ticket_id=mail.ticket_id,
                    outgoing_id=mail.id,
                    mailbox_id=mail.mailbox_id,
                )
            )
            change.record(AddressSuppressed(ticket=mail.ticket_id, suppressed=row.id))


def lift(change: Change, id: int) -> None:
    """An agent knows better: mail goes there again. What did not go meanwhile can be sent again by hand."""
    row = change.take(Suppressed, id)
    if row.lifted_at is not None:
        raise Conflict("Mail to this address is sent again already.")
    row.lifted_at, row.lifted_by = change.now, change.by
    change.record(SuppressionLifted(ticket=row.ticket_id, suppressed=row.id))


def suppressed_among(asked: Session | Change, addresses: Collection[str]) -> dict[str, Suppressed]:
    """Those of these addresses to which nothing is sent, by the address in lower case."""
    wanted = {address.lower() for address in addresses}
    if not wanted:
        return {}
    query = select(Suppressed).where(col(Suppressed.address).in_(wanted), col(Suppressed.lifted_at).is_(None))
    found = asked.exec(query).all() if isinstance(asked, Session) else asked.peek(Suppressed, query)
    return {row.address: row for row in found}


def suppressed(session: Session, *, mailbox_id: int | None = None, most: int = 100) -> Sequence[Suppressed]:
    """To whom nothing is sent, the newest first: all, or those who were written to from one mailbox."""
    query = select(Suppressed).where(col(Suppressed.lifted_at).is_(None))
    if mailbox_id is not None:
        query = query.where(Suppressed.mailbox_id == mailbox_id)
    return session.exec(query.order_by(col(Suppressed.at).desc(), col(Suppressed.id).desc()).limit(most)).all()
