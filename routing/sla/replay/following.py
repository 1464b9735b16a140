"""What each event leaves on a ticket, as far as its promises depend on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from routing.callbacks.callback import Outcome
from routing.callbacks.events import (
    CallbackClosed,
    CallbackDialled,
    CallbackDue,
    CallbackMoved,
    CallbackRequested,
    CallbackTried,
)
from routing.sla.events import SlaChanged, SlaStepReached
from routing.sla.steps import Deed
from tickets.complaints.complaint import Complaint
from tickets.complaints.events import ComplaintAcknowledged, ComplaintDecided, ComplaintExtended, ComplaintFiled
from tickets.events import (
    AsideReceived,
    ChannelChanged,
    Event,
    LiveBegan,
    LiveEnded,
    MergeReceived,
    MergeUndone,
    MessageReceived,
    MessageSent,
    PriorityChanged,
    StatusChanged,
    TicketAssigned,
    TicketMerged,
    TicketMoved,
    TicketOpened,
    TicketReleased,
    TicketReopened,
    TicketResolved,
)
from tickets.message import MessageKind
from tickets.people import BOT
from tickets.status import Status
from tickets.ticket import Ticket


class Said(NamedTuple):
    """A message without its words. `at` is when it came to us."""

    seq: int
    at: datetime
    kind: str
    by: str


class Shadow(NamedTuple):
    """The ticket as it was at that time, and what was said on it ever."""

    ticket: Ticket
    said: Mapping[int, Said]
    complaint: Complaint | None


_BY_THEMSELVES = (MessageReceived, AsideReceived, MessageSent, LiveBegan)
"""They say themselves whether somebody waits who reopens a ticket by them."""


def follow(shadow: Shadow, at: datetime, events: Sequence[tuple[str, Event]]) -> None:
    """What one change did."""
    before = shadow.ticket.done
    for by, event in events:
        leave = _LEAVES.get(type(event))
        if leave is not None:
            leave(shadow, at, by, event)
    kinds = {type(event): event for _, event in events}
    reopened = kinds.get(TicketReopened)
    if before and isinstance(reopened, TicketReopened) and kinds.keys().isdisjoint(_BY_THEMSELVES):
        shadow.ticket.waiting_since = reopened.since or _unanswered(shadow, at)


def by_turns(events: Sequence[tuple[str, Event]]) -> dict[int, list[tuple[str, Event]]]:
    """What reactions find from whose turn on; from the first on, by -1, all that no step of a policy did.

    A clock that is judged while others still react may take a step: what that does comes when its own turn has come.
    """
    found, since, steps = {-1: list[tuple[str, Event]]()}, -1, dict[int, SlaStepReached]()
    for n, (by, event) in enumerate(events):
        did = next((at for at, step in steps.items() if _did(step, event)), None)
        if did is not None:
            since, steps = did, {at: step for at, step in steps.items() if at > did}
        if isinstance(event, SlaStepReached):
            steps[n] = event
        found.setdefault(since, []).append((by, event))
    return found


def _did(step: SlaStepReached, event: Event) -> bool:
    if step.does == Deed.MOVE:
        moves = isinstance(event, TicketReleased) and event.why == "moved"
        return moves or (isinstance(event, TicketMoved) and str(event.queue) == step.to)
    if step.does == Deed.ASSIGN:
        return isinstance(event, TicketAssigned) and str(event.agent) == step.to
    return step.does == Deed.RAISE and isinstance(event, PriorityChanged)


def _unanswered(shadow: Shadow, now: datetime) -> datetime | None:
    """As tickets.waiting.oldest_unanswered, of what was said here by then: for older logs, which do not say."""
    said = [one for one in shadow.said.values() if one.at <= now]
    ours = (one.seq for one in said if one.kind == MessageKind.OUT and not one.by.startswith(BOT))
    answered = max(ours, default=0)
    spoke = shadow.ticket.first_reply_at if not answered else None
    theirs = [one for one in said if one.kind in (MessageKind.IN, MessageKind.ASIDE) and one.seq > answered]
    return next((one.at for one in sorted(theirs) if spoke is None or one.at > spoke), None)


def _opened(shadow: Shadow, at: datetime, by: str, event: TicketOpened) -> None:
    shadow.ticket.channel = event.channel


def _moved(shadow: Shadow, at: datetime, by: str, event: TicketMoved) -> None:
    shadow.ticket.queue_id = event.queue


def _urgent(shadow: Shadow, at: datetime, by: str, event: PriorityChanged) -> None:
    shadow.ticket.priority = event.priority


def _assigned(shadow: Shadow, at: datetime, by: str, event: TicketAssigned) -> None:
    shadow.ticket.agent_id = event.agent


def _released(shadow: Shadow, at: datetime, by: str, event: TicketReleased) -> None:
    shadow.ticket.agent_id = None


def _turned(shadow: Shadow, at: datetime, by: str, event: ChannelChanged) -> None:
    shadow.ticket.channel = event.channel


def _live(shadow: Shadow, at: datetime, by: str, event: Event) -> None:
    shadow.ticket.live = isinstance(event, LiveBegan)


def _status(shadow: Shadow, at: datetime, by: str, event: StatusChanged | TicketReopened) -> None:
    shadow.ticket.status = event.status
    if shadow.ticket.done:
        shadow.ticket.waiting_since, shadow.ticket.live = None, False


def _resolved(shadow: Shadow, at: datetime, by: str, event: TicketResolved) -> None:
    shadow.ticket.status = Status.RESOLVED.value
    shadow.ticket.waiting_since, shadow.ticket.live = None, False


def _received(shadow: Shadow, at: datetime, by: str, event: MessageReceived | AsideReceived) -> None:
    said = shadow.said[event.message]
    if said.kind != MessageKind.AUTO:
        shadow.ticket.waiting_since = shadow.ticket.waiting_since or said.at
    if said.kind != MessageKind.AUTO or said.seq == 1:
        shadow.ticket.last_kind = said.kind


def _joined(shadow: Shadow, at: datetime, by: str, event: MergeReceived) -> None:
    if event.since is not None:
        shadow.ticket.waiting_since = event.since


def _parted(shadow: Shadow, at: datetime, by: str, event: MergeUndone) -> None:
    if event.lent:
        shadow.ticket.waiting_since = event.since or _unanswered(shadow, at)


def _sent(shadow: Shadow, at: datetime, by: str, event: MessageSent) -> None:
    shadow.ticket.last_kind = MessageKind.OUT.value
    if not by.startswith(BOT):
        shadow.ticket.waiting_since = None
        shadow.ticket.first_reply_at = shadow.ticket.first_reply_at or at


def _due(shadow: Shadow, at: datetime, by: str, event: CallbackDue) -> None:
    shadow.ticket.waiting_since = shadow.ticket.waiting_since or at


def _tried(shadow: Shadow, at: datetime, by: str, event: CallbackTried) -> None:
    if event.outcome == Outcome.REACHED and event.again_at is None:
        shadow.ticket.waiting_since = None
        shadow.ticket.first_reply_at = shadow.ticket.first_reply_at or at


def _acknowledged(shadow: Shadow, at: datetime, by: str, event: ComplaintAcknowledged) -> None:
    if shadow.complaint is not None:
        shadow.complaint.acknowledged_at = at


def _decided(shadow: Shadow, at: datetime, by: str, event: ComplaintDecided) -> None:
    if shadow.complaint is not None:
        shadow.complaint.decided_at = at


_LEAVES: Mapping[type[Event], Callable[[Shadow, datetime, str, Any], None]] = {
    TicketOpened: _opened,
    TicketMoved: _moved,
    PriorityChanged: _urgent,
    TicketAssigned: _assigned,
    TicketReleased: _released,
    ChannelChanged: _turned,
    LiveBegan: _live,
    LiveEnded: _live,
    StatusChanged: _status,
    TicketReopened: _status,
    TicketResolved: _resolved,
    MessageReceived: _received,
    AsideReceived: _received,
    MessageSent: _sent,
    MergeReceived: _joined,
    MergeUndone: _parted,
    CallbackDue: _due,
    CallbackTried: _tried,
    ComplaintAcknowledged: _acknowledged,
    ComplaintDecided: _decided,
}
FOLLOWED: tuple[type[Event], ...] = (
    *_LEAVES,
    TicketMerged,
    ComplaintFiled,
    ComplaintExtended,
    CallbackRequested,
    CallbackMoved,
    CallbackDialled,
    CallbackClosed,
    SlaChanged,
    SlaStepReached,
)
"""What is read of the log."""
