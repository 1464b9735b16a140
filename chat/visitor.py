"""Somebody with our chat open in their browser: known by a token, and by what they choose to tell."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Index, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from chat import continuity
from chat.events import VisitorCame, VisitorLeft
from chat.site import Site
from tickets.change import Change
from tickets.errors import NotFound
from tickets.moment import Moment
from tickets.people import Customer, IdentifierKind, clean_name, new_customer
from tickets.text import one_line
from tickets.ticket import Ticket

TOKEN_LASTS = timedelta(days=30)  # from the last time that it was used
LONGEST_URL = 2000
LONGEST_TITLE = 200
LONGEST_AGENT = 200


class Visitor(SQLModel, table=True):
    """One browser's session with us. It sees its own present ticket and nothing else.

    `name` and `email` are what the visitor says of themselves; they grant nothing.
    """

    __table_args__ = (
        Index("ix_visitor_ticket", "ticket_id"),
        Index(
            "ix_visitor_away_due",
            "away_due",
            sqlite_where=text("away_due is not null"),
            postgresql_where=text("away_due is not null"),
        ),
        Index(
            "ix_visitor_abandon_due",
            "abandon_due",
            sqlite_where=text("abandon_due is not null"),
            postgresql_where=text("abandon_due is not null"),
        ),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    site_id: int = Field(foreign_key="site.id")
    token_hash: str = Field(unique=True)
    token_expires: datetime = Field(sa_type=Moment)
    customer_id: int | None = Field(default=None, foreign_key="customer.id")  # none until they say something
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id")  # the present one
    over: bool = False  # they ended it: what they write next begins a new one
    language: str = ""
    name: str = ""
    email: str = ""
    page_url: str = ""
    page_title: str = ""
    user_agent: str = ""
    created_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)
    connected: bool = False
    left_at: datetime | None = Field(default=None, sa_type=Moment)
    away_due: datetime | None = Field(default=None, sa_type=Moment)  # connected, unless seen again before this
    abandon_due: datetime | None = Field(default=None, sa_type=Moment)  # gone: their chat stops being live then

    def customer(self, change: Change) -> Customer:
        """The person behind the session; made when they first say or tell something."""
        if self.customer_id is not None:
            return change.take(Customer, self.customer_id)
        customer = new_customer(change, self.name, language=self.language)
        change.write()
        self.customer_id = customer.id
        return customer

    def introduce(self, change: Change, *, name: str = "", email: str = "") -> None:
        """They told their name or address: a claim, kept on their own customer, joining nobody else's history."""
        name = clean_name(name)
        if name and name != self.name:
            self.name = name
            self.customer(change).rename(change, name, ticket=self.ticket_id)
        if email.strip():
            claimed = self.customer(change).add_identifier(change, IdentifierKind.EMAIL, email, ticket=self.ticket_id)
            self.email = claimed.value


def hash_of(token: str) -> str:
    """How a token is kept: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(session: Session, token: str | None, now: datetime) -> tuple[Visitor, Site] | None:
    """The visitor who holds this token, with their site; None where the token is blank, unknown or too old."""
    return by_tokens(session, [token], now)[0] if token else None


def by_tokens(session: Session, tokens: Sequence[str], now: datetime) -> list[tuple[Visitor, Site] | None]:
    """The same for each of these, in one question."""
    hashes = [hash_of(token) for token in tokens]
    query = select(Visitor, Site).where(col(Visitor.token_hash).in_(hashes), Visitor.site_id == Site.id)
    found = {row.token_hash: (row, site) for row, site in session.exec(query) if row.token_expires > now}
    return [found.get(one) for one in hashes]


def present_ticket(session: Session, visitor_id: int) -> int | None:
    """The ticket that stands in their chat now."""
    return session.exec(select(Visitor.ticket_id).where(Visitor.id == visitor_id)).one()


def who_chats(session: Session, ticket_ids: Sequence[int]) -> list[tuple[int, int]]:
    """The visitors in whose chat one of these tickets stands now, with it."""
    found = select(Visitor.id, Visitor.ticket_id).where(col(Visitor.ticket_id).in_(ticket_ids))
    return [(visitor_id, ticket_id) for visitor_id, ticket_id in session.exec(found) if ticket_id is not None]


def arrive(
    change: Change,
    *,
    site_key: str,
    token_hash: str,
    language: str = "",
    page_url: str = "",
    page_title: str = "",
    user_agent: str = "",
) -> Visitor:
    """A browser opens the chat for the first time."""
    site = change.one(select(Site).where(Site.key == site_key)) if site_key else None
    if site is None or not site.active:
        raise NotFound("The chat is not available on this page.")
    return change.add(
        Visitor(
            id=change.new_id(),
            site_id=site.id,
            token_hash=token_hash,
            token_expires=change.now + TOKEN_LASTS,
            language=site.best_language(language),
            page_url=one_line(page_url, LONGEST_URL),
            page_title=one_line(page_title, LONGEST_TITLE),
            user_agent=one_line(user_agent, LONGEST_AGENT),
            created_at=change.now,
            seen_at=change.now,
        )
    )


def came(change: Change, visitor_id: int, *, language: str = "") -> Visitor:
    """They can be reached."""
    visitor = change.take(Visitor, visitor_id)
    was_away, visitor.connected = not visitor.connected, True
    visitor.seen_at = change.now
    visitor.away_due = change.now + timedelta(seconds=change.rules.visitor_grace_seconds)
    visitor.token_expires = change.now + TOKEN_LASTS
    visitor.left_at = visitor.abandon_due = None
    visitor.language = language or visitor.language
    ticket = _live_ticket(change, visitor)
    if was_away and ticket is not None:
        change.record(VisitorCame(ticket=ticket.id))
    if was_away and visitor.email:
        continuity.stop(change, visitor.ticket_id)
    return visitor


def seen(change: Change, visitor_ids: Sequence[int]) -> None:
    """All of these are still there. No event: a heartbeat is not history."""
    due = change.now + timedelta(seconds=change.rules.visitor_grace_seconds)
    change.claim(
        update(Visitor)
        .where(col(Visitor.id).in_(visitor_ids), col(Visitor.connected))
        .values(seen_at=change.now, away_due=due, token_expires=change.now + TOKEN_LASTS)
    )


def left(change: Change, visitor_id: int) -> bool:
    """Not seen for the whole grace. False where they were seen after all, or somebody else noticed first."""
    gone = (
        update(Visitor)
        .where(col(Visitor.id) == visitor_id, col(Visitor.connected), col(Visitor.away_due) <= change.now)
        .values(connected=False, left_at=change.now, away_due=None)
    )
    if change.claim(gone) != 1:
        return False
    visitor = change.take(Visitor, visitor_id)
    ticket = _live_ticket(change, visitor)
    if ticket is not None:
        visitor.abandon_due = change.now + timedelta(seconds=change.rules.abandon_seconds)
        change.record(VisitorLeft(ticket=ticket.id))
    return True


def abandoned(change: Change, visitor_id: int) -> bool:
    """Gone for so long that nobody waits live any more."""
    done = (
        update(Visitor)
        .where(col(Visitor.id) == visitor_id, col(Visitor.abandon_due) <= change.now)
        .values(abandon_due=None)
    )
    if change.claim(done) != 1:
        return False
    ticket = _live_ticket(change, change.take(Visitor, visitor_id))
    if ticket is not None:
        ticket.end_live(change)
    return True


def look(change: Change, visitor_id: int, *, url: str, title: str) -> None:
    """They went to another page of the site."""
    visitor = change.take(Visitor, visitor_id)
    visitor.page_url, visitor.page_title = one_line(url, LONGEST_URL), one_line(title, LONGEST_TITLE)


def introduce(change: Change, visitor_id: int, *, name: str = "", email: str = "") -> Visitor:
    visitor = change.take(Visitor, visitor_id)
    visitor.introduce(change, name=name, email=email)
    return visitor


def _live_ticket(change: Change, visitor: Visitor) -> Ticket | None:
    ticket = change.find(Ticket, visitor.ticket_id) if visitor.ticket_id is not None else None
    return ticket if ticket is not None and ticket.live else None
