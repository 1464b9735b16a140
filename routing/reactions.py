"""What routing does when something happens, in this order: placing, withdrawing, assignments, offering, clocks."""

from sqlmodel import select

from routing import (
    ages,
    assignments,
    capacity,
    complaint_times,
    favour,
    line,
    loads,
    matching,
    merging,
    offers,
    overflow,
    placing,
    presence,
    refusals,
    silence,
    stays,
)
from routing.callbacks import reactions as callbacks
from routing.callbacks.events import CallbackClosed, CallbackDue, CallbackTried
from routing.events import (
    AgentStateChanged,
    CapacityFreed,
    ChatFellSilent,
    ChatHeardAgain,
    LoadsChanged,
    NeedsRelaxed,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    PresenceChanged,
    QueueChanged,
    SkillsChanged,
    WrapUpEnded,
)
from routing.explained import ENOUGH
from routing.medium import medium_of
from routing.offers import Offer
from routing.sla import reactions as clocks
from tickets.change import Change
from tickets.complaints import reactions as complaints
from tickets.events import (
    AgentChanged,
    Event,
    LiveBegan,
    LiveEnded,
    MessageReceived,
    StatusChanged,
    TicketAssigned,
    TicketMoved,
    TicketOpened,
    TicketReleased,
    TicketReopened,
    TicketResolved,
    TicketSnoozed,
    TicketWoken,
)
from tickets.people import Agent
from tickets.reactions import Reaction
from tickets.ticket import Ticket


def withdraw(change: Change, event: Event) -> None:
    """An offer that no longer fits its ticket ends: taken, moved, gone, or of another weight."""
    assert event.ticket is not None
    offer = offers.live_of_ticket(change, event.ticket)
    if offer is not None:
        ticket = change.take(Ticket, event.ticket)
        same = offer.queue_id == ticket.queue_id and offer.weight == capacity.weight_of(change, ticket)
        if not (same and line.waits(ticket)):
            offers.revoke(change, offer, "ticket")


def end_stay(change: Change, event: Event) -> None:
    """Taken, resolved or reopened: it may be offered to others when it waits again, for all that it asks for."""
    assert event.ticket is not None
    if isinstance(event, TicketAssigned):
        refusals.forget_but_declined(change, event.ticket, event.agent)
    else:
        refusals.forget_stay(change, event.ticket)
    stays.end(change, event.ticket)
    stays.go_on(change, change.take(Ticket, event.ticket))


def begin_stay(change: Change, event: TicketReleased) -> None:
    """Back in line: who was lost is asked first, who gave it back by hand not at once, who declined it not at all.

    Of a call that is whoever rang last, as long as it is theirs (semantics.md part 4).
    """
    assert event.ticket is not None
    ticket, gone = change.take(Ticket, event.ticket), event.why == presence.GONE
    if gone:
        refusals.forget_stay(change, ticket.id)
    else:
        refusals.forget_but_declined(change, ticket.id, event.agent)
    owner, until = callbacks.owner(change, ticket) or (event.agent if gone else None, None)
    if owner == event.agent and not gone:
        owner, until = None, None
    stays.begin(change, ticket, preferred=owner, preferred_until=until)
    if not gone and ticket.queue_id is not None:
        refusals.remember(change, ticket.id, event.agent, queue_id=ticket.queue_id, why=refusals.GAVE_BACK)


def join_line(change: Change, event: TicketOpened) -> None:
    """A new ticket joins its queue. Being moved there has it offered; one that was opened there is offered now."""
    assert event.ticket is not None
    ticket = change.take(Ticket, event.ticket)
    if not placing.find_place(change, ticket):
        stays.begin(change, ticket)
        if not overflow.turn_away(change, ticket):
            matching.match_ticket(change, event.ticket)


def rejoin_line(change: Change, event: TicketReopened) -> None:
    assert event.ticket is not None
    placing.find_place(change, change.take(Ticket, event.ticket))


def wait_again(change: Change, event: Event) -> None:
    """It waited for others, or slept, and needs us now."""
    assert event.ticket is not None
    stays.go_on(change, change.take(Ticket, event.ticket))


def change_line(change: Change, event: TicketMoved) -> None:
    """It asks for what its new queue asks for. What came from no queue rang nowhere and was refused by nobody."""
    assert event.ticket is not None
    ticket = change.take(Ticket, event.ticket)
    stays.begin(change, ticket)
    if event.before is None:
        overflow.turn_away(change, ticket)
    else:
        withdraw(change, event)
        refusals.forget_elsewhere(change, event.ticket, event.queue)


def find_another(change: Change, event: LiveBegan | CallbackDue) -> None:
    """Somebody waits again, or is to be rung now, while the agent who held it is not there: it goes back to the queue,
    at its age.
    """
    assert event.ticket is not None
    ticket = change.take(Ticket, event.ticket)
    if ticket.agent_id is not None and not presence.of(change, ticket.agent_id).answers(medium_of(ticket)):
        ticket.release(change, why=presence.GONE)


def count_refusal(change: Change, event: OfferDeclined | OfferExpired) -> None:
    assert event.ticket is not None
    stays.refuse(change, event.ticket)


def offer_on(change: Change, event: Event) -> None:
    assert event.ticket is not None
    matching.match_ticket(change, event.ticket)


def lay_aside(change: Change, event: OfferAccepted) -> None:
    """What a talk may come on top of: while it rang, nothing could."""
    assert event.ticket is not None
    if medium_of(change.take(Ticket, event.ticket)) in loads.interruptible(change):
        matching.match_agent(change, event.agent)


def drain_to(change: Change, event: CapacityFreed) -> None:
    presence.go_on(change, event.agent)
    matching.match_agent(change, event.agent)


def follow_presence(change: Change, event: PresenceChanged) -> None:
    """Who cannot answer is rung no longer; who is there again is given what waits. Goes by what is so by now."""
    here = presence.of(change, event.agent)
    for offer in change.rows(select(Offer).where(Offer.agent_id == event.agent, offers.is_live())):
        if not here.answers(medium_of(change.take(Ticket, offer.ticket_id))):
            offers.revoke(change, offer, "agent")
            matching.match_ticket(change, offer.ticket_id)
    if here.available:
        refusals.forget_missed(change, event.agent)
        matching.match_agent(change, event.agent)
    matching.explain_lines_of(change, event.agent)


def follow_state(change: Change, event: AgentStateChanged) -> None:
    presence.follow_state(change, event.state)


def follow_agent(change: Change, event: AgentChanged) -> None:
    agent = change.take(Agent, event.agent)
    if not agent.active:
        presence.dismissed(change, agent.id)


def follow_queue(change: Change, event: QueueChanged) -> None:
    """Other members or other rules: who may answer no longer is rung no longer, and what waits is handed out anew."""
    if event.delays:
        ages.reach_those_who_wait(change, event.queue)
    for offer in offers.astray(change):
        offers.revoke(change, offer, "agent")
        matching.match_ticket(change, offer.ticket_id)
    matching.match_queue(change, event.queue)
    matching.drain_helped(change, event.queue)


def follow_skills(change: Change, event: SkillsChanged) -> None:
    """Who has learned something is given what waited for it; what a skill kept waiting that is no more, goes out.

    Of hundreds who learn at once the last sees to all lines: to go through those of each took the writer seconds.
    """
    last = next(one for _, one in reversed(change.events) if isinstance(one, SkillsChanged))
    if event.agent is None or (event is last and len(change.events) >= ENOUGH):
        matching.drain_all(change)
    elif len(change.events) < ENOUGH:
        matching.match_agent(change, event.agent)
        matching.explain_lines_of(change, event.agent)


def follow_loads(change: Change, _: LoadsChanged) -> None:
    """What waits may fit now."""
    matching.drain_all(change)


_OF_TICKETS: tuple[type[Event], ...] = (
    TicketAssigned,
    TicketReleased,
    TicketResolved,
    TicketReopened,
    StatusChanged,
    TicketSnoozed,
    TicketWoken,
    LiveBegan,
    LiveEnded,
    CallbackDue,
    CallbackClosed,
    ChatFellSilent,
    ChatHeardAgain,
)
_HELD: tuple[type[Event], ...] = (*_OF_TICKETS, CallbackTried)

REACTIONS: tuple[tuple[type[Event], Reaction], ...] = (
    (StatusChanged, merging.keep_merged),
    (TicketReopened, merging.keep_merged),
    *callbacks.REACTIONS,
    (TicketOpened, favour.welcome),
    (TicketOpened, join_line),
    (TicketReopened, rejoin_line),
    *((kind, find_another) for kind in (LiveBegan, CallbackDue)),
    *((kind, withdraw) for kind in _OF_TICKETS),
    *((kind, assignments.follow) for kind in _HELD),
    *((kind, offers.follow) for kind in _HELD),
    (WrapUpEnded, offers.follow),
    (MessageReceived, silence.hear),
    (TicketAssigned, end_stay),
    (TicketResolved, end_stay),
    (TicketReopened, end_stay),
    (TicketReleased, begin_stay),
    (TicketMoved, change_line),
    *((kind, wait_again) for kind in (StatusChanged, TicketWoken, LiveBegan)),
    (LiveBegan, overflow.turn_away_again),
    *((kind, offer_on) for kind in _OF_TICKETS),
    (TicketMoved, offer_on),
    (OfferAccepted, lay_aside),
    (OfferDeclined, count_refusal),
    (OfferExpired, count_refusal),
    (OfferDeclined, offers.raise_refused),
    (OfferExpired, offers.raise_refused),
    (OfferDeclined, offer_on),
    (OfferExpired, offer_on),
    (NeedsRelaxed, offer_on),
    (CapacityFreed, drain_to),
    (PresenceChanged, follow_presence),
    (AgentStateChanged, follow_state),
    (AgentChanged, follow_agent),
    (QueueChanged, follow_queue),
    (SkillsChanged, follow_skills),
    (LoadsChanged, follow_loads),
    *complaint_times.REACTIONS,
    *complaints.REACTIONS,
    *clocks.REACTIONS,
)
