"""What became of tickets, as log and messages tell it, and of whose they are: all that a replay reads of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import or_
from sqlmodel import Session, SQLModel, col, select

from routing import line
from routing.belonging import Entitled, TierMember
from routing.sla.clock import SlaClock
from routing.sla.history import opened_live
from routing.sla.replay.following import FOLLOWED, Said
from routing.sla.replay.past import Rows, over_time
from tickets.complaints.complaint import Complaint
from tickets.events import Event, PriorityChanged, TicketMoved, TicketOpened, decoded
from tickets.former import Course, courses
from tickets.log import LogRow
from tickets.message import Message
from tickets.ticket import Ticket

Told = tuple[str, Event]  # who did it, and what happened
_OF_TICKETS = ("id", "number", "subject", "channel", "category", "customer_id", "queue_id", "priority", "opened_at")


class Turn(NamedTuple):
    """What one change did to a ticket."""

    at: datetime
    events: Sequence[Told]


@dataclass(frozen=True)
class Facts:
    """The ticket as it is today, as lists show it."""

    id: int
    number: int
    subject: str
    channel: str
    category: str
    customer_id: int
    queue_id: int | None
    priority: str
    opened_at: datetime


@dataclass
class Story:
    """`whose` and `answer_by`: its customer, and the day that they were told for a final answer, until when. `rows`:
    what its customers had. `clocks` are those that really ran."""

    facts: Facts
    turns: Sequence[Turn]
    said: Mapping[int, Said]
    complaint: Complaint | None = None
    whose: Course[int] = ()
    answer_by: Course[datetime | None] = ()
    rows: Rows = field(default_factory=dict)
    clocks: Sequence[SlaClock] = field(default_factory=list)

    def begun(self) -> Ticket:
        """The ticket as it was when it was opened."""
        now, events = self.facts, [event for turn in self.turns for _, event in turn.events]
        queue = next((event.before for event in events if isinstance(event, TicketMoved)), now.queue_id)
        priority = next((event.before for event in events if isinstance(event, PriorityChanged)), now.priority)
        channel = next((event.channel for event in events if isinstance(event, TicketOpened)), now.channel)
        return Ticket(
            id=now.id,
            number=now.number,
            subject=now.subject,
            channel=channel,
            category=now.category,
            customer_id=now.customer_id,
            queue_id=queue,
            priority=priority,
            live=opened_live(events, channel),
            opened_at=now.opened_at,
            updated_at=now.opened_at,
            queued_at=now.opened_at,
        )

    def filed(self) -> Complaint | None:
        """As it was before anybody acknowledged or decided it."""
        if self.complaint is None:
            return None
        kept = {name: getattr(self.complaint, name) for name in Complaint.model_fields}
        return Complaint(**{**kept, "acknowledged_at": None, "decided_at": None, "outcome": ""})


def touched_since(session: Session, since: datetime) -> Sequence[int]:
    """Tickets of which a promise may have been kept or broken since then, oldest first."""
    mine = select(Ticket.id).where(or_(line.undone(), col(Ticket.updated_at) >= since))
    return session.exec(mine.order_by(col(Ticket.id))).all()


def stories(session: Session, ids: Collection[int]) -> list[Story]:
    """Of these tickets, in their order; read in a handful of queries."""
    turns, said, clocks = _turns(session, ids), _said(session, ids), _clocks(session, ids)
    found = session.exec(select(Complaint).where(col(Complaint.ticket_id).in_(ids)))
    complaints = {one.ticket_id: one for one in found}
    columns: Any = select(*(getattr(Ticket, name) for name in _OF_TICKETS))
    facts = [Facts(*row) for row in session.exec(columns.where(col(Ticket.id).in_(ids)).order_by(Ticket.id))]
    whose = _column(session, Ticket, "customer_id", {one.id: one.customer_id for one in facts})
    answers = _column(session, Complaint, "answer_by", {id: one.answer_by for id, one in complaints.items()})
    customers = {id for course in whose.values() for _, id in course}
    rows = {**over_time(session, TierMember, of=customers), **over_time(session, Entitled, of=customers)}
    return [
        Story(
            one,
            turns.get(one.id, ()),
            said.get(one.id, {}),
            complaints.get(one.id),
            whose[one.id],
            answers.get(one.id, ()),
            {key: rows[key] for _, id in whose[one.id] for key in ((TierMember, id), (Entitled, id)) if key in rows},
            clocks.get(one.id, ()),
        )
        for one in facts
    ]


# How


def _turns(session: Session, ids: Collection[int]) -> dict[int, list[Turn]]:
    """A change has one time, down to the microsecond: what a ticket went through at that time was one change."""
    fields: Any = (LogRow.ticket_id, LogRow.at, LogRow.by, LogRow.kind, LogRow.data)
    columns: Any = select(*fields)
    kinds = [kind.__name__ for kind in FOLLOWED]
    mine = columns.where(col(LogRow.ticket_id).in_(ids), col(LogRow.kind).in_(kinds))
    found: dict[int, list[Turn]] = defaultdict(list)
    rows: Iterable[Any] = session.exec(mine.order_by(LogRow.ticket_id, LogRow.pos))
    for (ticket_id, at), events in groupby(rows, key=lambda row: (row[0], row[1])):
        found[ticket_id].append(Turn(at, [(by, decoded(kind, data)) for _, _, by, kind, data in events]))
    return found


def _said(session: Session, ids: Collection[int]) -> dict[int, dict[int, Said]]:
    fields: Any = (Message.ticket_id, Message.id, Message.seq, Message.at, Message.kind, Message.by)
    columns: Any = select(*fields)
    found: dict[int, dict[int, Said]] = defaultdict(dict)
    for ticket_id, id, *rest in session.exec(columns.where(col(Message.ticket_id).in_(ids)).order_by(Message.id)):
        found[ticket_id][id] = Said(*rest)
    return found


def _clocks(session: Session, ids: Collection[int]) -> dict[int, list[SlaClock]]:
    found: dict[int, list[SlaClock]] = defaultdict(list)
    for clock in session.exec(select(SlaClock).where(col(SlaClock.ticket_id).in_(ids)).order_by(col(SlaClock.id))):
        found[clock.ticket_id].append(clock)
    return found


def _column(session: Session, model: type[SQLModel], name: str, today: Mapping[int, Any]) -> dict[int, Course[Any]]:
    """One column of these rows over time."""
    found = courses(session, model, {id: {name: value} for id, value in today.items()}, of=today.keys())
    return {id: [(until, image[name]) for until, image in course if image] for id, course in found.items()}
