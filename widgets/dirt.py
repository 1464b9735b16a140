"""What each kind of event makes out of date on open screens. It says which part, never what the part shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum, auto

from chat.events import (
    AnswersDue,
    ChatEnded,
    ChatRated,
    SiteChanged,
    SurveyTermsChanged,
    VisitorCame,
    VisitorLeft,
)
from routing.callbacks.events import (
    CallbackClosed,
    CallbackDialled,
    CallbackDue,
    CallbackMoved,
    CallbackRequested,
    CallbackTermsChanged,
    CallbackTried,
)
from routing.events import (
    AgentStateChanged,
    CalendarChanged,
    ChatFellSilent,
    ChatHeardAgain,
    EntitlementsChanged,
    LoadsChanged,
    NeedsRelaxed,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferMade,
    OfferRevoked,
    OftenRefused,
    PlacementsChanged,
    PresenceChanged,
    QueueChanged,
    QueueFull,
    SkillsChanged,
    TiersChanged,
    WaitExplained,
    WaitsTold,
    WrapUpBegan,
    WrapUpEnded,
)
from routing.sla.events import (
    NoticesChanged,
    PolicyChanged,
    SlaBreached,
    SlaChanged,
    SlaPaused,
    SlaResumed,
    SlaStepReached,
    SlaUngiven,
    SlaUntold,
    SlaWarned,
)
from tickets.complaints.events import (
    ComplaintAcknowledged,
    ComplaintCategoriesChanged,
    ComplaintDecided,
    ComplaintExamined,
    ComplaintExtended,
    ComplaintFiled,
    ComplaintReferred,
)
from tickets.email.events import (
    AddressSuppressed,
    AnswerPlanned,
    CorrespondenceChanged,
    MailboxChanged,
    MailDelayed,
    MailFailed,
    MailQueued,
    MailSent,
    MailUncertain,
    PlanEnded,
    PlanOvertaken,
    SuppressionLifted,
)
from tickets.events import (
    AgentChanged,
    AgentRevoked,
    AsideReceived,
    Audience,
    CannedChanged,
    ChannelChanged,
    CustomerChanged,
    Event,
    LiveBegan,
    LiveEnded,
    MergeReceived,
    MergeUndone,
    MessageReceived,
    MessageSent,
    MessagesSeen,
    NoteAdded,
    PriorityChanged,
    StatusChanged,
    StatusNamesChanged,
    SubjectChanged,
    TicketAssigned,
    TicketMerged,
    TicketMoved,
    TicketOpened,
    TicketReleased,
    TicketReopened,
    TicketResolved,
    TicketSnoozed,
    TicketWoken,
)
from tickets.log import LogRow


class Part(IntEnum):
    """A part of a console."""

    ENTRY = auto()  # a line of the timeline
    HEAD = auto()
    SHOWN = auto()  # what an answer is written against
    SEEN = auto()
    POSTED = auto()  # what became of an answer that went by mail
    RECIPIENTS = auto()
    PLANNED = auto()  # answers that wait
    PANEL = auto()
    PROMISES = auto()  # the part of the panel that counts down
    WAITING = auto()  # the part of the panel that says why it waits
    PAST = auto()  # the panels of the customer's other tickets
    ROW = auto()
    OFFER = auto()
    LOAD = auto()  # how much the agents concerned hold
    NOTICES = auto()  # what the agent concerned is told of promises
    PEOPLE = auto()
    BEGINNING = auto()  # what a desk shows before its first customer
    EVERYTHING = auto()  # names that stand in many places


_HANDS = {Part.ENTRY, Part.HEAD, Part.SHOWN, Part.PANEL, Part.ROW, Part.LOAD}
_MAIL = {Part.ENTRY, Part.POSTED, Part.RECIPIENTS}
_STATE = {Part.ENTRY, Part.HEAD, Part.SHOWN, Part.PANEL, Part.PAST, Part.ROW, Part.LOAD}
_CLOCKS = {Part.ENTRY, Part.HEAD, Part.PROMISES, Part.ROW}
_CALL = {Part.ENTRY, Part.HEAD, Part.SHOWN, Part.PANEL, Part.ROW, Part.LOAD}
_RINGS = {Part.ENTRY, Part.OFFER, Part.LOAD, Part.WAITING}
_AGAIN = {Part.ENTRY, Part.ROW}  # of somebody who waits already
_NOTHING: set[Part] = set()

PARTS: dict[type[Event], set[Part]] = {
    TicketOpened: {Part.ENTRY, Part.ROW, Part.PAST, Part.BEGINNING},
    MessageReceived: {Part.ENTRY, Part.HEAD, Part.SHOWN, Part.PROMISES, Part.ROW},
    MessageSent: {Part.ENTRY, Part.HEAD, Part.SHOWN, Part.SEEN, Part.PROMISES, Part.ROW},
    NoteAdded: {Part.ENTRY, Part.SHOWN, Part.ROW},
    AsideReceived: {Part.ENTRY, Part.HEAD, Part.SHOWN, Part.PROMISES, Part.ROW},  # it may be the next to wait for us
    MessagesSeen: {Part.SEEN, Part.SHOWN, Part.ROW},
    TicketAssigned: _HANDS,
    TicketReleased: _HANDS,
    TicketMoved: _HANDS,
    PriorityChanged: {Part.ENTRY, Part.HEAD, Part.PROMISES, Part.ROW},
    SubjectChanged: {Part.ENTRY, Part.HEAD, Part.PAST, Part.ROW},
    StatusChanged: {*_STATE, Part.RECIPIENTS},  # closed: as resolved
    TicketSnoozed: _STATE,
    TicketWoken: _STATE,
    TicketResolved: {*_STATE, Part.RECIPIENTS},  # nobody waits live any more: what is written now goes by mail
    TicketReopened: _STATE,
    TicketMerged: {*_STATE, Part.RECIPIENTS},
    MergeReceived: {*_STATE, Part.RECIPIENTS},
    MergeUndone: _STATE,
    LiveBegan: {*_STATE, Part.RECIPIENTS},
    LiveEnded: {*_STATE, Part.RECIPIENTS},
    CorrespondenceChanged: {Part.RECIPIENTS},
    AnswersDue: {Part.RECIPIENTS},
    AnswerPlanned: {Part.ENTRY, Part.PLANNED},
    PlanEnded: {Part.ENTRY, Part.PLANNED},
    PlanOvertaken: {Part.PLANNED},
    AddressSuppressed: {Part.ENTRY, Part.RECIPIENTS},
    SuppressionLifted: {Part.ENTRY, Part.RECIPIENTS},
    MailQueued: {Part.POSTED, Part.RECIPIENTS},
    MailSent: _MAIL,
    MailDelayed: {Part.POSTED},
    MailFailed: _MAIL,
    MailUncertain: _MAIL,
    MailboxChanged: {Part.EVERYTHING},
    ChannelChanged: {*_STATE, Part.RECIPIENTS},
    CustomerChanged: {Part.ROW, Part.HEAD, Part.PANEL},
    OfferMade: _RINGS,
    OfferAccepted: {Part.OFFER, Part.LOAD, Part.PANEL},
    OfferDeclined: _RINGS,
    OfferExpired: _RINGS,
    OfferRevoked: {*_RINGS} - {Part.ENTRY},
    OftenRefused: {Part.ENTRY},
    ChatFellSilent: {Part.ENTRY, Part.LOAD},
    ChatHeardAgain: {Part.LOAD},
    WrapUpBegan: {Part.LOAD},
    WrapUpEnded: {Part.LOAD},
    NeedsRelaxed: {Part.ENTRY, Part.WAITING},
    QueueFull: {Part.ENTRY},
    WaitExplained: {Part.WAITING},
    CallbackRequested: _CALL,
    CallbackMoved: _CALL,
    CallbackDue: _CALL,
    CallbackDialled: {*_CALL} - {Part.ENTRY},
    CallbackTried: _CALL,
    CallbackClosed: _CALL,
    PresenceChanged: {Part.LOAD, Part.PEOPLE},
    VisitorCame: {Part.ENTRY, Part.PANEL},
    VisitorLeft: {Part.ENTRY, Part.PANEL},
    ChatEnded: {Part.ENTRY, Part.PANEL},
    ChatRated: {Part.ENTRY, Part.PANEL},
    SlaWarned: _CLOCKS,
    SlaBreached: _CLOCKS,
    SlaPaused: _CLOCKS,
    SlaResumed: _CLOCKS,
    SlaStepReached: {Part.ENTRY},
    SlaUntold: {Part.ENTRY},
    SlaUngiven: {Part.ENTRY},
    NoticesChanged: {Part.NOTICES},
    SlaChanged: {Part.HEAD, Part.PROMISES, Part.ROW},
    ComplaintFiled: {Part.HEAD, Part.PANEL, Part.ROW},
    ComplaintAcknowledged: {Part.ENTRY, Part.PANEL},
    ComplaintDecided: {Part.ENTRY, Part.PANEL},
    ComplaintExtended: {Part.ENTRY, Part.PANEL},
    ComplaintReferred: {Part.ENTRY, Part.PANEL},
    ComplaintExamined: {Part.ENTRY, Part.PANEL},
    ComplaintCategoriesChanged: {Part.EVERYTHING},
    AgentChanged: {Part.EVERYTHING},
    AgentStateChanged: {Part.EVERYTHING},
    CalendarChanged: {Part.EVERYTHING},
    QueueChanged: {Part.EVERYTHING},
    TiersChanged: {Part.EVERYTHING},
    EntitlementsChanged: {Part.EVERYTHING},
    StatusNamesChanged: {Part.EVERYTHING},
    SkillsChanged: {Part.WAITING},  # a ticket may ask for less
    # Nothing of these stands on a console
    AgentRevoked: _NOTHING,
    CannedChanged: _NOTHING,
    SiteChanged: _NOTHING,
    PlacementsChanged: _NOTHING,
    PolicyChanged: _NOTHING,
    LoadsChanged: _NOTHING,
    WaitsTold: _NOTHING,
    CallbackTermsChanged: _NOTHING,
    SurveyTermsChanged: _NOTHING,
}


@dataclass
class Dirt:
    """The parts of a batch of events that are out of date, each named once however often it was touched."""

    entries: dict[int, list[LogRow]] = field(default_factory=dict)  # by ticket, in the order of the log
    tickets: dict[Part, set[int]] = field(default_factory=lambda: defaultdict(set))
    agents: set[int] = field(default_factory=set)  # whose load may be another
    told: set[int] = field(default_factory=set)  # agents who are told something else of promises
    posted: dict[int, set[int]] = field(default_factory=dict)  # messages that went by mail, by ticket
    offers: dict[int, int] = field(default_factory=dict)  # offer: agent
    customers: set[int] = field(default_factory=set)
    lines: set[int] = field(default_factory=set)  # queues in which some wait for another reason; 0: any
    suppressions: set[int] = field(default_factory=set)  # of addresses that other tickets may be answered at, too
    people: bool = False
    everything: bool = False

    @classmethod
    def of(cls, rows: Iterable[LogRow]) -> Dirt:
        dirt = cls()
        for row in rows:
            dirt._add(row, row.event)
        return dirt

    @property
    def of_ticket(self) -> set[int]:
        """Tickets of which some part is out of date."""
        return set().union(*self.tickets.values())

    def _add(self, row: LogRow, event: Event) -> None:
        parts = _parts(event) if Audience.STAFF in event.audience else _NOTHING
        if event.ticket is not None:
            self._add_of(event.ticket, row, parts)
        elif Part.WAITING in parts:
            self.lines.add(_number(event, "queue") or 0)
        if Part.LOAD in parts:
            self.agents |= {agent for name in ("agent", "before") if (agent := _number(event, name)) is not None}
        if Part.OFFER in parts:
            self.offers[_number(event, "offer") or 0] = _number(event, "agent") or 0
        if isinstance(event, NoticesChanged):
            self.told.add(event.agent)
        if isinstance(event, CustomerChanged):
            self.customers.add(event.customer)
        if isinstance(event, AddressSuppressed | SuppressionLifted):
            self.suppressions.add(event.suppressed)
        self.people |= Part.PEOPLE in parts
        self.everything |= Part.EVERYTHING in parts

    def _add_of(self, ticket: int, row: LogRow, parts: set[Part]) -> None:
        for part in parts:
            self.tickets[part].add(ticket)
        if Part.ENTRY in parts:
            self.entries.setdefault(ticket, []).append(row)
        if Part.POSTED in parts:
            self.posted.setdefault(ticket, set()).add(_number(row.event, "message") or 0)


def _parts(event: Event) -> set[Part]:
    if isinstance(event, MessageReceived) and event.again:
        return _AGAIN
    return PARTS.get(type(event), _NOTHING)


def _number(event: Event, name: str) -> int | None:
    value = getattr(event, name, None)
    return value if isinstance(value, int) else None
