"""What happened, in the past tense, and who may hear of it."""

from datetime import datetime
from enum import Enum
from typing import ClassVar

import msgspec


class Audience(Enum):
    """Who an event may be shown to. An event reaches nobody that it does not name."""

    STAFF = "staff"  # every signed-in agent
    VISITOR = "visitor"  # the customer at the other end of the event's ticket
    NOBODY = "nobody"  # bookkeeping; only reactions and figures read it


STAFF = frozenset({Audience.STAFF})
EVERYONE = frozenset({Audience.STAFF, Audience.VISITOR})
NOBODY = frozenset({Audience.NOBODY})


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One fact, written to the log in the transaction that made it true.

    Holds ids and small particulars, never a person's text: what was written lives in its own row, where it can be
    redacted.
    `ticket` is the id of the ticket it belongs to, if any. A field that a newer process has added says nothing here.
    """

    audience: ClassVar[frozenset[Audience]]

    ticket: int | None = None

    @property
    def kind(self) -> str:
        return type(self).__name__

    def encoded(self) -> str:
        return _encoder.encode(self).decode()


_encoder = msgspec.json.Encoder()


def kinds() -> dict[str, type[Event]]:
    """Every kind of event that the rooms imported so far declare, by name."""
    found: dict[str, type[Event]] = {}
    waiting = list(Event.__subclasses__())
    while waiting:
        kind = waiting.pop()
        found[kind.__name__] = kind
        waiting.extend(kind.__subclasses__())
    return found


_decoders: dict[str, msgspec.json.Decoder[Event]] = {}


def decoded(kind: str, data: str) -> Event:
    """The event that was stored as `data` under the name `kind`."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kinds()[kind])
    return decoder.decode(data)


class TicketOpened(Event, frozen=True):
    audience = EVERYONE
    channel: str
    live: bool | None = None  # somebody waited at the other end; older logs do not say
    by_default: bool = False  # it stands in the queue of its site or mailbox, which nobody chose for it


class MessageReceived(Event, frozen=True):
    """The customer wrote to us."""

    audience = EVERYONE
    message: int
    seq: int
    again: bool = False  # they waited already: nothing of the ticket is another but its newest message


class MessageSent(Event, frozen=True):
    """An agent answered."""

    audience = EVERYONE
    message: int
    seq: int
    first: bool = False  # of all that a person of ours wrote or said to them


class NoteAdded(Event, frozen=True):
    audience = STAFF
    message: int
    seq: int


class AsideReceived(Event, frozen=True):
    """Something came to the ticket that is not the customer's word: from a machine, or from somebody unknown."""

    audience = STAFF
    message: int
    seq: int


class MessagesSeen(Event, frozen=True):
    """One side has read the other's messages up to `seq`."""

    audience = EVERYONE
    side: str  # "customer" or "agent"
    seq: int


class TicketAssigned(Event, frozen=True):
    audience = EVERYONE
    agent: int
    before: int | None = None
    by_hand: bool = True  # false where routing chose the agent


class TicketReleased(Event, frozen=True):
    """Nobody holds it any more; it goes back to its queue at its original age."""

    audience = EVERYONE
    agent: int
    why: str = ""


class TicketMoved(Event, frozen=True):
    audience = EVERYONE
    queue: int
    before: int | None = None
    because: str = ""  # of what of its customer's: "tier:7" (routing.favour); empty: of nothing of theirs


class PriorityChanged(Event, frozen=True):
    audience = STAFF
    priority: str
    before: str
    because: str = ""  # as of TicketMoved


class SubjectChanged(Event, frozen=True):
    audience = STAFF


class StatusChanged(Event, frozen=True):
    """Between open, pending and on hold, or into spam or closed; resolving and reopening have kinds of their own.

    The customer is never shown which status it is, but a chat that was closed has ended for them too.
    """

    audience = EVERYONE
    status: str
    before: str  # the same where only its name is another
    name: int | None = None  # the own name under which it goes


class StatusNamesChanged(Event, frozen=True):
    """An own name of a status was added, is another, or is no more."""

    audience = STAFF
    name: int


class TicketSnoozed(Event, frozen=True):
    audience = STAFF
    until: datetime
    why: str = ""  # where something else has said so already


class TicketWoken(Event, frozen=True):
    """A snooze ended: its time came, the customer wrote, or an agent lifted it."""

    audience = STAFF


class TicketResolved(Event, frozen=True):
    audience = EVERYONE
    agent: int | None = None  # who held it


class TicketReopened(Event, frozen=True):
    audience = EVERYONE
    agent: int | None = None  # who holds it
    status: str = "open"  # that it has from now on
    since: datetime | None = None  # whoever had no answer waits for one again, since then


class TicketMerged(Event, frozen=True):
    """It turned out to be the same matter as another, and goes on as that one."""

    audience = STAFF
    other: int
    number: int  # of the other one


class MergeReceived(Event, frozen=True):
    """Another ticket goes on as this one."""

    audience = STAFF
    other: int
    number: int
    since: datetime | None = None  # whoever waited there waited longer than anybody here, since then
    place: datetime | None = None  # since when it had stood in line itself, where the other one had for longer


class MergeUndone(Event, frozen=True):
    """Two tickets are two matters again; told on both of them."""

    audience = STAFF
    other: int
    number: int
    lent: bool = False  # who waited here had asked in the other one
    since: datetime | None = None  # and without them somebody waits here since then


class LiveBegan(Event, frozen=True):
    """Somebody waits at the other end (again) of a ticket that was already open."""

    audience = EVERYONE


class LiveEnded(Event, frozen=True):
    """Nobody waits at the other end any more; the ticket goes on without."""

    audience = EVERYONE


class ChannelChanged(Event, frozen=True):
    """The customer would rather be answered in another way; the ticket keeps its place in line."""

    audience = EVERYONE
    channel: str
    before: str


class CustomerChanged(Event, frozen=True):
    """A name or an identifier of a customer changed; `ticket` names one of theirs, where there is one."""

    audience = STAFF
    customer: int


class AgentChanged(Event, frozen=True):
    """An agent was added, renamed, given another role, or let go."""

    audience = STAFF
    agent: int


class AgentRevoked(Event, frozen=True):
    """An agent's sessions ended at once: deactivated, or a new password. Their open sockets close."""

    audience = STAFF
    agent: int


class CannedChanged(Event, frozen=True):
    audience = STAFF
    canned: int
