"""What the log tells of a ticket: since when its promises would have run, had there been any."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from routing.sla.recall import Recall, recall
from routing.sla.timing import Stretch
from tickets.change import Change
from tickets.events import (
    AsideReceived,
    Event,
    LiveBegan,
    LiveEnded,
    MessageReceived,
    MessageSent,
    StatusChanged,
    TicketMerged,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from tickets.people import BOT
from tickets.status import Category, Channel, Status
from tickets.ticket import Ticket

_TELLING: tuple[type[Event], ...] = (
    AsideReceived,
    MessageReceived,
    StatusChanged,
    TicketMerged,
    TicketReopened,
    TicketResolved,
)
_PRESENCE: tuple[type[Event], ...] = (TicketOpened, LiveBegan, LiveEnded, StatusChanged, TicketResolved)


@dataclass
class Past:
    """`states`: what status it had since when, oldest first."""

    began: datetime  # when somebody first waited
    states: list[tuple[datetime, Status]] = field(default_factory=list)

    def running(self, *, pausing: Collection[Status] = (), afresh: timedelta | None = None) -> list[Stretch]:
        """When somebody waited for a solution; never while it was done, nor in a status that is `pausing`.

        Only since it was reopened, where it was done for longer than `afresh`.
        """
        found: list[Stretch] = []
        for number, (since, status) in enumerate(self.states):
            until = self.states[number + 1][0] if number + 1 < len(self.states) else None
            done = status.category is Category.DONE
            runs = not done and status not in pausing
            if runs and found and found[-1].end == since:
                found[-1] = Stretch(found[-1].start, until)
            elif runs:
                found.append(Stretch(since, until))
            elif done and afresh is not None and until is not None and until - since > afresh:
                found.clear()
        return found or [Stretch(self.began, self.began)]


def is_new(change: Change, ticket: Ticket) -> bool:
    """This change opened it: all that ever happened to it is at hand."""
    return happens(change, ticket, TicketOpened)


def just_wrote(change: Change, ticket: Ticket) -> bool:
    """In this change the customer, or somebody in their place, has written."""
    return happens(change, ticket, MessageReceived, AsideReceived)


def happens(change: Change, ticket: Ticket, *kinds: type[Event]) -> bool:
    return any(isinstance(event, kinds) and event.ticket == ticket.id for _, event in change.events)


def last_of(change: Change, ticket: Ticket, *kinds: type[Event]) -> datetime:
    """When something of these kinds last happened to it; else when it was opened."""
    if happens(change, ticket, *kinds):
        return change.now
    known = None if is_new(change, ticket) else recall(change).last(ticket.id, *kinds)
    return known or ticket.opened_at


def last_answer(change: Change, ticket: Ticket) -> datetime | None:
    """When a person of ours last wrote to the customer or, where nobody ever wrote, spoke with them."""
    return recall(change).answered_at(ticket.id) or ticket.first_reply_at


def came_to_reopen(change: Change, ticket: Ticket) -> datetime | None:
    """When the message came that made the ticket ours to act on in this change; None where no message did."""
    before: Event | None = None
    for event in (event for _, event in change.events if event.ticket == ticket.id):
        if isinstance(event, MessageReceived | AsideReceived) and _opens(before):
            return recall(change).came(event.message)
        before = event
    return None


def owes_news(change: Change, ticket: Ticket) -> bool:
    """Nobody has settled the matter since our last word: the next one, or the end, is still to come."""
    if any(_is_our_word(by, event, ticket) for by, event in change.events):
        return True
    settled, said = _settled_at(change, ticket), last_answer(change, ticket)
    return settled is None or (said is not None and said > settled)


def past_of(change: Change, ticket: Ticket, *, merged: bool = False) -> Past:
    """Read from this change and, unless it opened the ticket, from the log: that is not for the hot path.

    `merged`: while it went on as another ticket counts, too, as though that had not closed it.
    """
    fresh = [(change.now, event) for _, event in change.events if event.ticket == ticket.id]
    events = fresh if is_new(change, ticket) else [*recall(change).happened(ticket.id, *_TELLING), *fresh]
    past = _told(change, ticket, _unmerged(events) if merged else events)
    first = next((event for _, event in events if isinstance(event, MessageReceived)), None)
    if ticket.channel != Channel.CHAT and first is not None:
        came = _came(change, ticket, first)
        if ticket.channel != Channel.CALLBACK or came < past.began:  # a request needs no words, and none move it later
            _begin(past, came)
    return past


def present(change: Change, ticket: Ticket) -> list[Stretch]:
    """When somebody waited at the other end, oldest first. Read like `past_of`."""
    told = [(change.now, event) for _, event in change.events if event.ticket == ticket.id]
    if not is_new(change, ticket):
        told = [*recall(change).happened(ticket.id, *_PRESENCE), *told]
    live = opened_live([event for _, event in told], ticket.channel)
    found = [Stretch(ticket.opened_at)] if live else []
    for at, event in told:
        state = _state(event)
        over = isinstance(event, LiveEnded) or (state is not None and state.category is Category.DONE)
        _there(found, at, live=isinstance(event, LiveBegan) or (_is_there(found) and not over))
    _there(found, change.now, live=ticket.live)  # what the same batch did is not in the log yet
    return found


def opened_live(events: Sequence[Event], channel: str) -> bool:
    """Older logs do not say. Chats are opened by who waits, unless the first thing told of that is that they came."""
    opened = next((event for event in events if isinstance(event, TicketOpened)), None)
    if opened is not None and opened.live is not None:
        return opened.live
    first = next((event for event in events if isinstance(event, LiveBegan | LiveEnded)), None)
    return channel == Channel.CHAT and not isinstance(first, LiveBegan)


def _there(found: list[Stretch], at: datetime, *, live: bool) -> None:
    if live and not _is_there(found):
        found.append(Stretch(at))
    elif not live and _is_there(found):
        found.append(Stretch(found.pop().start, at))


def _is_there(found: Sequence[Stretch]) -> bool:
    return bool(found) and found[-1].end is None


def _is_our_word(by: str, event: Event, ticket: Ticket) -> bool:
    return isinstance(event, MessageSent) and event.ticket == ticket.id and not by.startswith(BOT)


def _settled_at(change: Change, ticket: Ticket) -> datetime | None:
    """When it last came to its end. Spam is settled by nobody, nor what only went on as another ticket."""
    told = [(change.now, event) for _, event in change.events if event.ticket == ticket.id]
    if not is_new(change, ticket):
        told = [*recall(change).happened(ticket.id, TicketResolved, StatusChanged, TicketMerged), *told]
    return next((at for at, event in reversed(_unmerged(told)) if _settles(event)), None)


def _unmerged(events: Sequence[tuple[datetime, Event]]) -> list[tuple[datetime, Event]]:
    """Without what only closed it because it goes on as another ticket."""
    merged = {at for at, event in events if isinstance(event, TicketMerged)}
    return [(at, event) for at, event in events if at not in merged or not _settles(event)]


def _settles(event: Event) -> bool:
    status = _state(event)
    return status is not None and status.category is Category.DONE and status is not Status.SPAM


def _came(change: Change, ticket: Ticket, first: MessageReceived) -> datetime:
    """When the first word of the customer came to us, which may be earlier than it was read (semantics.md part 5)."""
    if is_new(change, ticket) and ticket.waiting_since is not None:
        return ticket.waiting_since
    return recall(change).came(first.message) or ticket.opened_at


def _told(change: Change, ticket: Ticket, events: Iterable[tuple[datetime, Event]]) -> Past:
    past, before = Past(began=ticket.opened_at, states=[(ticket.opened_at, Status.OPEN)]), None
    for at, event in events:
        if isinstance(event, MessageReceived | AsideReceived) and before is not None and before[0] == at:
            _reopens(past, before[1], recall(change), event.message)
        _enters(past, at, _state(event))
        before = (at, event)
    _enters(past, change.now, Status(ticket.status))  # what the same batch did is not in the log yet
    return past


def _reopens(past: Past, before: Event, known: Recall, message: int) -> None:
    """It is ours again since that message came, which may be earlier than it was read, and in no case before it was
    not."""
    came = known.came(message) if _opens(before) and len(past.states) > 1 else None
    if came is not None:
        past.states[-1] = (max(came, past.states[-2][0]), past.states[-1][1])


def _opens(event: Event | None) -> bool:
    """The word that follows is whose doing it was: the verbs of a ticket say both, in this order."""
    return isinstance(event, StatusChanged | TicketReopened) and Status(event.status).category is Category.OPEN


def _state(event: Event) -> Status | None:
    """What status the ticket has from this event on, where it says so."""
    if isinstance(event, StatusChanged | TicketReopened):
        return Status(event.status)
    return Status.RESOLVED if isinstance(event, TicketResolved) else None


def _enters(past: Past, at: datetime, status: Status | None) -> None:
    if status not in (None, past.states[-1][1]):
        past.states.append((at, status))


def _begin(past: Past, at: datetime) -> None:
    """Nobody waited before a person first wrote: a ticket may have been opened by a machine's mail."""
    before = [Status.OPEN, *(status for since, status in past.states if since <= at)]
    past.began = at
    past.states = [(at, before[-1]), *((since, status) for since, status in past.states if since > at)]
