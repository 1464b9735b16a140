"""Finds tickets by number, name, address and words. The index follows the log, a moment behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import DDL, event, text
from sqlmodel import Field, Session, SQLModel, col, select

from tickets import log
from tickets.change import Change
from tickets.chores import Chore
from tickets.events import CustomerChanged, MessageReceived, MessageSent, NoteAdded, SubjectChanged, TicketOpened
from tickets.message import Message
from tickets.people import Customer, Identifier
from tickets.ticket import Ticket
from tickets.words import match, words

MOST_ROWS = 500  # of the log in one step of the index
MOST_FOUND = 50  # tickets in an answer
MOST_HITS = 20_000  # entries that are looked at to find them
LONGEST_QUERY = 200  # characters
_NAME = "search"

CREATE_INDEX = "create virtual table if not exists search using fts5(words, ticket_id unindexed, tokenize='unicode61')"
_CREATE = DDL(CREATE_INDEX)  # type: ignore[no-untyped-call]
event.listen(SQLModel.metadata, "after_create", _CREATE.execute_if(dialect="sqlite"))


class IndexCursor(SQLModel, table=True):
    """How far an index has read the log."""

    __tablename__ = "index_cursor"

    name: str = Field(primary_key=True)
    pos: int


def search(session: Session, query: str) -> list[int]:
    """Ids of the tickets in which all of `query` occurs, newest first, at most 50. Every character is literal."""
    query = query[:LONGEST_QUERY].strip()
    found: dict[int, None] = dict.fromkeys(_by_number(session, query))
    matching = match(query)
    if matching:
        hits = session.execute(_FIND, {"match": matching, "most": MOST_HITS}, execution_options={"yield_per": 200})
        for ticket_id in hits.scalars():  # as few as are needed: a long chat may hold hundreds of them
            found[ticket_id] = None
            if len(found) >= MOST_FOUND:
                break
        hits.close()
    return list(found)


_FIND = text("select ticket_id from search where search match :match order by rowid desc limit :most")


def _by_number(session: Session, query: str) -> Sequence[int]:
    number = query.removeprefix("#")
    if not number.isascii() or not number.isdigit() or len(number) > 15:
        return []
    return session.exec(select(Ticket.id).where(Ticket.number == int(number))).all()


# How the index follows the log


def _behind(session: Session, now: datetime) -> Sequence[str]:
    cursor = session.get(IndexCursor, _NAME)
    return [_NAME] if log.newest(session) > (cursor.pos if cursor else 0) else []


def follow(change: Change, name: str) -> None:
    """Take the next rows of the log into the index."""
    cursor = change.find(IndexCursor, name) or change.add(IndexCursor(name=name, pos=0))
    rows = change.rows(
        select(log.LogRow).where(log.LogRow.pos > cursor.pos).order_by(col(log.LogRow.pos)).limit(MOST_ROWS)
    )
    if not rows:
        return
    cursor.pos = rows[-1].pos
    events = [row.event for row in rows]
    messages = [e.message for e in events if isinstance(e, MessageReceived | MessageSent | NoteAdded)]
    tickets = {e.ticket for e in events if isinstance(e, TicketOpened | SubjectChanged) and e.ticket is not None}
    customers = {e.customer for e in events if isinstance(e, CustomerChanged)}
    _put(change, _message_entries(change, messages))
    _put(change, _ticket_entries(change, tickets, customers))


def _message_entries(change: Change, ids: list[int]) -> Iterable[dict[str, Any]]:
    for message in change.rows(select(Message).where(col(Message.id).in_(ids))) if ids else ():
        yield _entry(message.id, message.ticket_id, [message.text])


def _ticket_entries(change: Change, ids: set[int], customers: set[int]) -> Iterable[dict[str, Any]]:
    """A ticket is found by its subject and by everything its customer is known by."""
    if not ids and not customers:
        return
    wanted = select(Ticket).where(col(Ticket.id).in_(ids) | col(Ticket.customer_id).in_(customers))
    tickets = change.rows(wanted.order_by(col(Ticket.id).desc()).limit(MOST_ROWS))
    people = {ticket.customer_id for ticket in tickets}
    names = {c.id: [c.name] for c in change.rows(select(Customer).where(col(Customer.id).in_(people)))}
    for known in change.rows(select(Identifier).where(col(Identifier.customer_id).in_(people))):
        names[known.customer_id].append(known.value)
    for ticket in tickets:
        yield _entry(ticket.id, ticket.id, [ticket.subject, *names.get(ticket.customer_id, [])])


def _entry(id: int, ticket: int, texts: Iterable[str]) -> dict[str, Any]:
    return {"id": id, "ticket": ticket, "words": " ".join(word for one in texts for word in words(one))}


def _put(change: Change, entries: Iterable[dict[str, Any]]) -> None:
    """Write entries anew: putting the same one twice changes nothing."""
    entries = list(entries)
    change.execute(text("delete from search where rowid = :id"), [{"id": entry["id"]} for entry in entries])
    change.execute(text("insert into search (rowid, ticket_id, words) values (:id, :ticket, :words)"), entries)


CHORES = (Chore("find.follow", due=_behind, act=follow),)
