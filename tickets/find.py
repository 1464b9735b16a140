"""Finds tickets by number, name, address and words. The index follows the log, a moment behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import select as core_select
from sqlmodel import Field, Session, col, select

from tickets import log, search_index
from tickets.change import Change
from tickets.chores import Chore
from tickets.events import (
    AsideReceived,
    CustomerChanged,
    Event,
    MessageReceived,
    MessageSent,
    NoteAdded,
    SubjectChanged,
    TicketOpened,
    decoded,
)
from tickets.log import LogRow
from tickets.message import Message
from tickets.people import Customer, Identifier
from tickets.plain import listed, spelled
from tickets.statement import Statement
from tickets.table import Swift
from tickets.ticket import Ticket

FEW_ROWS, MOST_ROWS = 20, 250  # of the log in one step of the index: as it is, and where it is far behind
MOST_STEPS = 50  # at one look
MOST_TICKETS = 500  # that a step indexes anew
MOST_FOUND = 50  # tickets in an answer
MOST_HITS = 20_000  # entries that are looked at to find them
LONGEST_QUERY = 200  # characters
_NAME = "search"
_MARKED = re.compile(r"^(#|c-)", re.IGNORECASE)  # as a ticket's number is written, and a complaint's


class IndexCursor(Swift, table=True):
    """How far an index has read the log."""

    __tablename__ = "index_cursor"

    name: str = Field(primary_key=True)
    pos: int


def search(session: Session, query: str) -> list[int]:
    """Ids of the tickets in which all of `query` occurs, newest first, at most 50. Every character is literal."""
    query = query[:LONGEST_QUERY].strip()
    found: dict[int, None] = dict.fromkeys(_by_number(session, query))
    statement, matching = search_index.asked(session, query)
    if matching:
        hits = session.execute(statement, {"match": matching, "most": MOST_HITS}, execution_options={"yield_per": 200})
        for ticket_id in hits.scalars():  # as few as are needed: a long chat may hold hundreds of them
            found[ticket_id] = None
            if len(found) >= MOST_FOUND:
                break
        hits.close()
    return list(found)


def number_of(query: str) -> int | None:
    """The ticket's number that is asked for; None for any other words."""
    number = _MARKED.sub("", query.strip())
    return int(number) if number.isascii() and number.isdigit() and len(number) <= 15 else None


def _by_number(session: Session, query: str) -> Sequence[int]:
    number = number_of(query)
    return [] if number is None else session.exec(select(Ticket.id).where(Ticket.number == number)).all()


# How the index follows the log


@dataclass(frozen=True)
class Stretch:
    """Of the log, by positions: what the index takes in at once."""

    after: int
    upto: int


@dataclass(frozen=True)
class Step:
    """What the index takes in of a stretch; cut into words beforehand, so that no change waits for it."""

    stretch: Stretch
    entries: Sequence[dict[str, Any]] = field(repr=False)


def missing(session: Session, now: datetime) -> Sequence[Stretch]:
    """The next stretches of the log for the index: short ones, that nobody waits for, unless it is far behind."""
    reached, newest = next((pos for (pos,) in _REACHED.rows(session.connection())), 0), log.newest(session)
    rows = min(max(FEW_ROWS, (newest - reached) // MOST_STEPS), MOST_ROWS)
    end = min(newest, reached + rows * MOST_STEPS)
    return [Stretch(after, min(after + rows, end)) for after in range(reached, end, rows)]


def step(session: Session, stretch: Stretch) -> Step:
    rows = _WITHIN.rows(session.connection(), after=stretch.after, upto=stretch.upto)
    return Step(stretch, _entries(session, [decoded(kind, data) for kind, data in rows]))


def follow(change: Change, step: Step) -> None:
    """Take one step, unless another process has."""
    cursor = change.find(IndexCursor, _NAME) or change.add(IndexCursor(name=_NAME, pos=0))
    if cursor.pos == step.stretch.after:
        cursor.pos = step.stretch.upto
        ids = [entry["id"] for entry in step.entries]
        change.execute(search_index.DELETE, [{"ids": ids}] if ids else [])
        change.execute(search_index.INSERT, step.entries)


def _entries(session: Session, events: Sequence[Event]) -> list[dict[str, Any]]:
    messages = [e.message for e in events if isinstance(e, MessageReceived | MessageSent | NoteAdded | AsideReceived)]
    tickets = {e.ticket for e in events if isinstance(e, TicketOpened | SubjectChanged) and e.ticket is not None}
    customers = {e.customer for e in events if isinstance(e, CustomerChanged)}
    return [*_message_entries(session, messages), *_ticket_entries(session, tickets, customers)]


def _message_entries(session: Session, ids: list[int]) -> Iterator[dict[str, Any]]:
    if ids:
        for id, ticket, words in _TEXTS.rows(session.connection(), ids=ids):
            yield _entry(session, id, ticket, [words])


_KINDS = MessageReceived, MessageSent, NoteAdded, AsideReceived, TicketOpened, SubjectChanged, CustomerChanged
_REACHED = Statement(core_select(col(IndexCursor.pos)).where(col(IndexCursor.name) == _NAME))
_WITHIN = Statement(
    core_select(col(LogRow.kind), col(LogRow.data))
    .where(col(LogRow.pos) > bindparam("after"), col(LogRow.pos) <= bindparam("upto"))
    .where(col(LogRow.kind).in_(spelled(sorted(kind.__name__ for kind in _KINDS))))
    .order_by(col(LogRow.pos))
)
_TEXTS = Statement(
    core_select(col(Message.id), col(Message.ticket_id), col(Message.text)).where(listed(col(Message.id)))
)


def _ticket_entries(session: Session, ids: set[int], customers: set[int]) -> Iterator[dict[str, Any]]:
    """A ticket is found by its subject and by everything its customer is known by."""
    if not ids and not customers:
        return
    wanted = select(Ticket).where(col(Ticket.id).in_(ids) | col(Ticket.customer_id).in_(customers))
    tickets = session.exec(wanted.order_by(col(Ticket.id).desc()).limit(MOST_TICKETS)).all()
    people = {ticket.customer_id for ticket in tickets}
    names = {c.id: [c.name] for c in session.exec(select(Customer).where(col(Customer.id).in_(people)))}
    for known in session.exec(select(Identifier).where(col(Identifier.customer_id).in_(people))):
        names[known.customer_id].append(known.value)
    for ticket in tickets:
        yield _entry(session, ticket.id, ticket.id, [ticket.subject, *names.get(ticket.customer_id, [])])


def _entry(session: Session, id: int, ticket: int, texts: Iterable[str]) -> dict[str, Any]:
    return {"id": id, "ticket": ticket, "words": search_index.stored(session, texts)}


CHORES = (Chore("find.follow", due=missing, act=follow, prepares=step),)
