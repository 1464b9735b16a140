"""What the clocks do when something happens: they start, pause, go on, and end. Registered after placing and offers."""

from routing.callbacks.events import (
    CallbackClosed,
    CallbackDialled,
    CallbackDue,
    CallbackMoved,
    CallbackRequested,
    CallbackTried,
)
from routing.events import CalendarChanged, QueueChanged
from routing.hours import Calendar
from routing.queues import Queue
from routing.sla import acting, joining, keeping, policy, told_days, windows
from routing.sla.events import SlaStepReached
from tickets.change import Change
from tickets.complaints.events import ComplaintAcknowledged, ComplaintDecided, ComplaintExtended, ComplaintFiled
from tickets.events import (
    AsideReceived,
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
from tickets.people import BOT
from tickets.reactions import Reaction, actor_of
from tickets.ticket import Ticket


def look_again(change: Change, event: Event) -> None:
    """Screens draw the ticket anew by this event itself."""
    keeping.touch(change, _ticket(change, event))


def follow_complaint(change: Change, event: Event) -> None:
    keeping.touch(change, _ticket(change, event), say=True)


def start_turn(change: Change, event: MessageReceived | AsideReceived) -> None:
    keeping.turn(change, _ticket(change, event), again=isinstance(event, MessageReceived) and event.again)


def end_turn(change: Change, event: MessageSent) -> None:
    """A bot's word answers nobody."""
    if not actor_of(change, event).startswith(BOT):
        keeping.answered(change, _ticket(change, event), first=event.first)


def follow_hands(change: Change, event: Event) -> None:
    keeping.handed(change, _ticket(change, event))


def promise_window(change: Change, event: CallbackRequested | CallbackMoved) -> None:
    windows.promise_window(change, _ticket(change, event), event.start, event.end)


def keep_window(change: Change, event: CallbackDialled | CallbackTried) -> None:
    """The dial keeps it, however long they then talk; a try of which nobody said that they dialled was one."""
    windows.rang(change, _ticket(change, event))


def end_window(change: Change, event: CallbackClosed) -> None:
    """Who was spoken with has their answer, too."""
    ticket = _ticket(change, event)
    windows.closed(change, ticket, event.outcome)
    keeping.touch(change, ticket, say=True)


def keep_promisable(change: Change, event: CalendarChanged) -> None:
    """Hours are refused in which nothing that was promised could ever be late."""
    calendar = change.find(Calendar, event.calendar)
    if calendar is not None:
        policy.keep_promisable(change, calendar)


def keep_promisable_in(change: Change, event: QueueChanged) -> None:
    """The same of a queue that is given hours."""
    queue = change.find(Queue, event.queue) if event.hours else None
    if queue is not None:
        policy.keep_promisable_in(change, queue)


def _ticket(change: Change, event: Event) -> Ticket:
    assert event.ticket is not None
    return change.take(Ticket, event.ticket)


_TOUCHING: tuple[type[Event], ...] = (
    TicketOpened,
    TicketMoved,
    PriorityChanged,
    StatusChanged,
    TicketResolved,
    TicketReopened,
    CallbackDue,  # who is to be rung waits for us, as who wrote does
)

_OF_COMPLAINTS: tuple[type[Event], ...] = (ComplaintFiled, ComplaintAcknowledged, ComplaintDecided, ComplaintExtended)

REACTIONS: tuple[tuple[type[Event], Reaction], ...] = (
    (TicketMerged, joining.end_promises),
    (MergeReceived, joining.owe_the_older),
    (MergeUndone, joining.owe_the_older),
    *((kind, look_again) for kind in _TOUCHING),
    (MessageReceived, start_turn),
    (AsideReceived, start_turn),
    (MessageSent, end_turn),
    *((kind, follow_hands) for kind in (TicketAssigned, TicketReleased, LiveBegan, LiveEnded)),
    (ComplaintExtended, told_days.insist_on_more),
    *((kind, follow_complaint) for kind in _OF_COMPLAINTS),
    (CallbackRequested, promise_window),
    (CallbackMoved, promise_window),
    (CallbackDialled, keep_window),
    (CallbackTried, keep_window),
    (CallbackClosed, end_window),
    (CalendarChanged, keep_promisable),
    (QueueChanged, keep_promisable_in),
    (SlaStepReached, acting.act),
)
