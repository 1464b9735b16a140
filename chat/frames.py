"""What a visitor is shown of their ticket: the whole at once, or what each event changes. Never a note."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlmodel import Session, col, func, select

from chat import places
from chat.events import ChatEnded, ChatRated
from chat.protocol import stamp
from chat.rating import Rating
from chat.visitor import Visitor
from routing.callbacks import turning
from routing.events import QueueFull
from routing.limits import WhenFull
from routing.queues import Queue
from tickets import log
from tickets.events import (
    Audience,
    ChannelChanged,
    Event,
    LiveBegan,
    LiveEnded,
    MessageReceived,
    MessageSent,
    MessagesSeen,
    StatusChanged,
    TicketAssigned,
    TicketMoved,
    TicketOpened,
    TicketReleased,
    TicketReopened,
    TicketResolved,
    kinds,
)
from tickets.files.attachment import Attachment, as_frame, files_of
from tickets.live import MOST_BYTES, encode
from tickets.log import LogRow
from tickets.message import Message, MessageKind, messages_of
from tickets.people import Agent
from tickets.rules import Rules
from tickets.ticket import Ticket

Frame = dict[str, Any]

MOST_MESSAGES = 100  # of a timeline in one welcome; what is older is in the transcript
MOST_LINES = 300  # of a ticket's history that are looked through for its thin lines
SAID_BYTES, LINES_BYTES = MOST_BYTES // 2, MOST_BYTES // 8  # of one welcome: a line takes it, and more beside it
_SAID = (MessageReceived, MessageSent)
_LINES = (TicketAssigned, TicketReleased, TicketMoved, QueueFull, TicketResolved, TicketReopened, ChatEnded)
_OF_NOBODY = (TicketMoved, QueueFull, ChatEnded)
_TURNS = (TicketOpened, *_LINES, ChatRated, StatusChanged, ChannelChanged, LiveBegan, LiveEnded)
_LINE_KINDS = [kind.__name__ for kind in (*_SAID, *_LINES)]
_SHOWN = [MessageKind.IN.value, MessageKind.OUT.value]


def visitor_frames(
    session: Session, rows: Sequence[LogRow], known: Mapping[int, Message] | None = None
) -> dict[int, list[Frame]]:
    """The frames that these events mean to the visitor of each ticket, by ticket id, in the order of the log.

    `known`: messages that were read already.

    A handful of queries, whatever the number of rows: messages and their files; and only where a ticket's state
    changed, tickets, agents, queues, ratings and visitors.
    """
    shown = [(row, row.event) for row in rows if row.ticket_id is not None and _is_for_visitors(row.kind)]
    said = _messages(session, [event for _, event in shown], known or {})
    turned = {row.ticket_id: row.pos for row, event in shown if isinstance(event, _TURNS)}
    states = chats(session, [ticket for ticket in turned if ticket is not None])
    names = _names(session, [event for _, event in shown])
    found: dict[int, list[Frame]] = {}
    for row, event in shown:
        ticket = row.ticket_id or 0
        frames = _frames(row, event, said, names)
        if turned.get(ticket) == row.pos and ticket in states:  # the newest state says all that came before it
            frames.append({"at": row.pos, "chat": states[ticket]})
        if frames:
            found.setdefault(ticket, []).extend(frames)
    return found


def welcome(session: Session, visitor: Visitor, *, epoch: str, now: datetime, rules: Rules) -> Frame:
    """The whole state of a visitor's chat, and the place in the log at which it was read."""
    state, messages, lines, older = None, [], [], False
    if visitor.ticket_id is not None:
        state = chats(session, [visitor.ticket_id]).get(visitor.ticket_id)
    if state is not None and visitor.ticket_id is not None:
        state["place"] = places.place_of(session, visitor.ticket_id, now, rules) if _waits(state) else None
        if state["later"] == "call":
            state["call"] = turning.seal(rules.seals, visitor.ticket_id, now)
        newest = _timeline(session, visitor.ticket_id, MOST_MESSAGES + 1)
        messages = _newest(shown_to_visitor(session, newest[-MOST_MESSAGES:]), SAID_BYTES)
        older = len(newest) > len(messages)
        lines = _newest(_lines(session, visitor.ticket_id), LINES_BYTES)
    return {
        "welcome": {
            "epoch": epoch,
            "cursor": log.newest(session),
            "you": {"name": visitor.name, "email": visitor.email},
            "chat": state,
            "messages": messages,
            "notes": lines,
            "older": older,
        }
    }


def greeting(
    session: Session, visitor_id: int, *, epoch: str, now: datetime, rules: Rules
) -> tuple[Visitor | None, Frame]:
    """The visitor as they stand now, with their welcome; None and nothing where there is no such visitor any more."""
    row = session.get(Visitor, visitor_id)
    return row, welcome(session, row, epoch=epoch, now=now, rules=rules) if row is not None else {}


def message_frame(message: Message, files: Iterable[Attachment] = ()) -> Frame:
    """The MESSAGE of docs/protocol.md."""
    own = message.kind == MessageKind.IN
    frame = {
        "id": message.id,
        "seq": message.seq,
        "from": "you" if own else "agent",
        "name": message.name,
        "text": message.text,
        "time": stamp(message.at),
        "files": [as_frame(file) for file in files],
    }
    return frame | {"client_id": message.client_id} if own else frame


def shown_to_visitor(session: Session, messages: Sequence[Message]) -> list[Frame]:
    """As MESSAGEs, with their files. The caller has left out the notes."""
    files = files_of(session, messages)
    return [message_frame(message, files.get(message.id, ())) for message in messages]


def chats(session: Session, ticket_ids: Collection[int]) -> dict[int, Frame]:
    """The CHAT of each ticket, by its id; five queries for all of them together."""
    if not ticket_ids:
        return {}
    tickets = session.exec(select(Ticket).where(col(Ticket.id).in_(ticket_ids))).all()
    ratings = session.exec(select(Rating).where(col(Rating.ticket_id).in_(ticket_ids)))
    over = session.exec(select(Visitor.ticket_id).where(col(Visitor.ticket_id).in_(ticket_ids), col(Visitor.over)))
    agents = _agents(session, [ticket.agent_id for ticket in tickets])
    queues = _queues(session, [ticket.queue_id for ticket in tickets])
    rated = {rating.ticket_id: rating.score for rating in ratings}
    ended = set(over)
    later = places.later(session, [ticket.id for ticket in tickets if not ticket.live and ticket.agent_id is None])
    return {
        ticket.id: {
            "ticket": ticket.id,
            "number": str(ticket.number),
            "state": _state(ticket, over=ticket.id in ended),
            "agent": {"name": agents[ticket.agent_id]} if ticket.agent_id in agents else None,
            "queue": queues.get(ticket.queue_id or 0),
            "rated": rated.get(ticket.id),
            "seen": ticket.agent_seen,
            "place": None,
            "later": later.get(ticket.id),
        }
        for ticket in tickets
    }


def last_seqs(session: Session, ticket_ids: Collection[int], upto: int) -> dict[int, int]:
    """The seq of the newest message that the visitor of each ticket should have, as of this position in the log."""
    newest = (
        select(func.max(LogRow.pos))
        .where(col(LogRow.ticket_id).in_(ticket_ids), LogRow.pos <= upto)
        .where(col(LogRow.kind).in_([kind.__name__ for kind in _SAID]))
        .group_by(col(LogRow.ticket_id))
    )
    found: dict[int, int] = {}
    for row in session.exec(select(LogRow).where(col(LogRow.pos).in_(newest))):
        event = row.event
        if isinstance(event, _SAID) and row.ticket_id is not None:
            found[row.ticket_id] = event.seq
    return found


@dataclass
class _Names:
    agents: dict[int, str] = field(default_factory=dict)
    queues: dict[int, str] = field(default_factory=dict)


@cache
def _is_for_visitors(kind: str) -> bool:
    known = kinds().get(kind)
    return known is not None and Audience.VISITOR in known.audience


def _state(ticket: Ticket, *, over: bool) -> str:
    if over or ticket.done:
        return "ended"
    return "waiting" if ticket.agent_id is None else "talking"


def _newest(frames: list[Frame], most: int) -> list[Frame]:
    """The last of these, as many as have room in so many bytes."""
    size = 0
    for place, frame in reversed(list(enumerate(frames))):
        size += len(encode(frame)) + 1  # and the comma
        if size > most:
            return frames[place + 1 :]
    return frames


def _waits(state: Mapping[str, Any]) -> bool:
    return bool(state["state"] == "waiting")


def _frames(row: LogRow, event: Event, said: Mapping[int, Frame], names: _Names) -> list[Frame]:
    """What one event shows, but for the state of the chat."""
    if isinstance(event, _SAID):
        found = [{"at": row.pos, "message": said[event.message]}] if event.message in said else []
        if found and isinstance(event, MessageSent):  # who answers has read what came before
            found.append({"at": row.pos, "seen": {"seq": event.seq}})
        return found
    if isinstance(event, MessagesSeen):
        return [{"at": row.pos, "seen": {"seq": event.seq}}] if event.side == "agent" else []
    line = _line(event, names)
    return [{"at": row.pos, "note": {**line, "time": stamp(row.at)}}] if line else []


def _line(event: Event, names: _Names) -> Frame | None:
    """A thin line between messages; the widget makes the words."""
    match event:
        case TicketAssigned(agent=agent):
            return {"kind": "joined", "name": names.agents.get(agent, "")}
        case TicketReleased(agent=agent):
            return {"kind": "left", "name": names.agents.get(agent, "")}
        case TicketMoved(queue=queue, before=before) if before is not None:
            return {"kind": "moved", "name": names.queues.get(queue, "")}
        case QueueFull(then=then, says=says) if then != WhenFull.QUEUE:
            return {"kind": "full", "name": says}
        case TicketResolved(agent=agent):
            return {"kind": "ended", "name": names.agents.get(agent or 0, "")}
        case ChatEnded():
            return {"kind": "ended", "name": ""}
        case TicketReopened():
            return {"kind": "reopened", "name": ""}
        case _:
            return None


def _lines(session: Session, ticket_id: int) -> list[Frame]:
    """The thin lines of a ticket, each with its place in the log and the seq of the message that it stands after."""
    newest = (
        select(LogRow)
        .where(LogRow.ticket_id == ticket_id, col(LogRow.kind).in_(_LINE_KINDS))
        .order_by(col(LogRow.pos).desc())
    )
    rows = [(row, row.event) for row in reversed(session.exec(newest.limit(MOST_LINES)).all())]
    names = _names(session, [event for _, event in rows])
    found, after = [], 0
    for row, event in rows:
        line = _line(event, names)
        if isinstance(event, _SAID):
            after = event.seq
        elif line is not None:
            found.append({"at": row.pos, "after": after, **line, "time": stamp(row.at)})
    return found


def _messages(session: Session, events: Iterable[Event], known: Mapping[int, Message]) -> dict[int, Frame]:
    wanted = [event.message for event in events if isinstance(event, _SAID)]
    if not wanted:
        return {}
    read = {**known, **messages_of(session, [id for id in wanted if id not in known])}
    messages = [read[id] for id in wanted if id in read and read[id].kind in _SHOWN]
    return {frame["id"]: frame for frame in shown_to_visitor(session, messages)}


def _timeline(session: Session, ticket_id: int, most: int) -> list[Message]:
    """The newest messages that a customer may read, oldest first."""
    query = select(Message).where(Message.ticket_id == ticket_id, col(Message.kind).in_(_SHOWN))
    return list(reversed(session.exec(query.order_by(col(Message.seq).desc()).limit(most)).all()))


def _names(session: Session, events: Iterable[Event]) -> _Names:
    shown = [event for event in events if isinstance(event, _LINES)]
    return _Names(
        agents=_agents(
            session, [event.agent for event in shown if not isinstance(event, TicketMoved | QueueFull | ChatEnded)]
        ),
        queues=_queues(session, [event.queue for event in shown if isinstance(event, TicketMoved)]),
    )


def _agents(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {agent for agent in ids if agent is not None}
    if not wanted:
        return {}
    return dict(session.exec(select(Agent.id, Agent.name).where(col(Agent.id).in_(wanted))).all())


def _queues(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {queue for queue in ids if queue is not None}
    if not wanted:
        return {}
    return dict(session.exec(select(Queue.id, Queue.name).where(col(Queue.id).in_(wanted))).all())
