"""Plays a scenario on a desk: contacts come, are offered, taken, answered and settled by the desk's own verbs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any, Protocol, TypeVar

from routing import offers, presence
from routing.callbacks.callback import Outcome as CallOutcome
from routing.callbacks.events import CallbackClosed
from routing.events import OfferExpired, OfferMade, OfferRevoked, QueueFull, WrapUpBegan, WrapUpEnded
from routing.limits import WhenFull
from routing.presence import Intent
from routing.simulation import calls
from routing.simulation.chance import arrivals, drawn
from routing.simulation.furnishing import Furnishing
from routing.simulation.outcome import Contact, Hands, Outcome
from routing.simulation.promises import kept_and_broken
from routing.simulation.scenario import Flow, Scenario, Shift
from routing.simulation.timers import Timers
from tickets.change import Change
from tickets.chores import Chore
from tickets.events import Event, TicketAssigned, TicketMoved, TicketReleased
from tickets.opening import open_ticket
from tickets.people import Agent, new_customer
from tickets.status import Channel
from tickets.ticket import Ticket

T = TypeVar("T")
Act = Callable[[], object]
_BACK_AFTER = timedelta(minutes=2)  # that somebody missed a ring
_LOOK = timedelta(seconds=1)  # as often as the scheduler looks, where something is due and cannot be done


class Stage(Protocol):
    """A desk whose clock stands where it is set."""

    now: datetime
    events: int  # that were recorded

    def change(self, verb: Callable[..., T], *args: Any, by: str, about: int | None = None, **kwargs: Any) -> T: ...

    def look(self, query: Callable[..., T], *args: Any) -> T: ...


class Floor:
    """`chores` are what the house does by itself when its time has come."""

    def __init__(self, scenario: Scenario, stage: Stage, chores: Sequence[Chore]) -> None:
        self.scenario = scenario
        self.contacts: list[Contact] = []
        self._stage = stage
        self._timers = Timers(chores)
        self._dice = Random(scenario.seed)
        self._acts: list[tuple[datetime, int, Act]] = []
        self._number = count()
        self._by_ticket: dict[int, Contact] = {}
        self._hands: dict[int, Hands] = {}
        self._held: dict[int, int] = {}  # by ticket: who has it
        self._rings: set[int] = set()  # offers that nobody has answered yet
        stage.now = scenario.at(0, 0)
        self._here = Furnishing(scenario, partial(stage.change, by="system")).furnished()
        self._names = {queue_id: name for name, queue_id in self._here.queues.items()}

    def run(self) -> Outcome:
        """To the end of the last day, and on until everybody has been served or nothing more can happen."""
        for flow in self.scenario.flows:
            for at in arrivals(self.scenario, flow, self._dice):
                self._at(at, partial(self._comes, flow))
        for shift, agents in zip(self.scenario.shifts, self._here.agents, strict=True):
            for day in range(-1 if shift.over_midnight else 0, self.scenario.days):
                self._works(shift, agents, day)
        while self._acts:
            self._goes_on()
        for hands in self._hands.values():
            hands.turns(self._stage.now)
        promises = self._stage.look(kept_and_broken)
        return Outcome(self.scenario, self.contacts, list(self._hands.values()), promises, self._stage.events)

    def hears(self, event: Event) -> None:
        """What has just happened, as the people here see it."""
        if isinstance(event, OfferMade):
            self._is_rung(event)
        elif isinstance(event, OfferExpired | OfferRevoked):
            self._rings.discard(event.offer)
            if isinstance(event, OfferExpired):
                self._at(self._stage.now + _BACK_AFTER, partial(self._is_back, event.agent))
        elif isinstance(event, TicketAssigned) and event.ticket in self._by_ticket:
            self._takes(self._by_ticket[event.ticket], event.agent)
        elif isinstance(event, TicketReleased) and event.ticket is not None:
            self._lets_go(event.ticket)
        elif isinstance(event, QueueFull | CallbackClosed | TicketMoved) and event.ticket in self._by_ticket:
            self._goes_elsewhere(self._by_ticket[event.ticket], event)
        elif isinstance(event, WrapUpEnded):
            self._hand(event.agent).turns(self._stage.now, holds=-1)
        elif isinstance(event, WrapUpBegan):
            self._hand(event.agent).turns(self._stage.now, holds=1)

    # Time

    def _at(self, at: datetime, act: Act) -> None:
        heappush(self._acts, (at, next(self._number), act))

    def _goes_on(self) -> None:
        """The next act, or whatever falls due before it: that may bring about other acts, which come first."""
        upto = self._acts[0][0]
        found = self._stage.look(self._timers.due, upto)
        if found is None or not self._does(*found, upto):
            self._stage.now, _, act = heappop(self._acts)
            act()

    def _does(self, due: datetime, chores: Sequence[Chore], upto: datetime) -> bool:
        """What is due, at its time. False where nothing of it can be done as yet, and it is time for the next act."""
        late, self._stage.now = due <= self._stage.now, max(due, self._stage.now)
        if self._do(chores) or not late:
            return True
        self._stage.now += _LOOK
        return self._stage.now < upto

    def _do(self, chores: Sequence[Chore]) -> int:
        found = [(one, key) for one in chores for key in self._stage.look(one.due, self._stage.now)]
        for chore, key in found:
            self._stage.change(chore.act, key, by="system")
        return len(found)

    # Customers

    def _comes(self, flow: Flow) -> None:
        patience = None if flow.patience is None else drawn(flow.patience, self._dice)
        contact = Contact(flow, self._stage.now, drawn(flow.handling, self._dice), patience)
        self.contacts.append(contact)
        queue_id, register = self._here.queues[flow.queue], self._register(contact)
        if flow.channel is Channel.CALLBACK:
            wish = calls.wish(next(self._number), queue_id)
            if self._stage.change(calls.asks, wish, register, by="system") is None:
                contact.turned = self._stage.now
        else:
            self._stage.change(_opens, flow, queue_id, register, by="system")
        if patience is not None:
            self._at(contact.came + patience, partial(self._gives_up, contact))

    def _register(self, contact: Contact) -> Callable[[int], None]:
        """Known before the desk reacts: it may be in somebody's hands at once."""

        def register(ticket_id: int) -> None:
            contact.ticket_id = ticket_id
            self._by_ticket[ticket_id] = contact

        return register

    def _goes_elsewhere(self, contact: Contact, event: Event) -> None:
        """The line was full, or nobody could ring them in time: they wait in another way."""
        if isinstance(event, TicketMoved):
            contact.line = self._names.get(event.queue, contact.line)
        elif isinstance(event, QueueFull) and event.then != WhenFull.QUEUE:
            contact.turned = self._stage.now
            if event.then == WhenFull.CALLBACK:
                self._at(self._stage.now, partial(self._asks_to_be_rung, contact, event.queue))
        elif isinstance(event, CallbackClosed) and event.outcome != CallOutcome.REACHED:
            contact.to_call = False

    def _asks_to_be_rung(self, contact: Contact, queue_id: int) -> None:
        wish = calls.wish(next(self._number), queue_id)
        contact.to_call = self._stage.change(calls.turns, contact.ticket_id, wish, by="system")

    def _gives_up(self, contact: Contact) -> None:
        if contact.answered is None and contact.live:
            contact.left = self._stage.now
            self._stage.change(_leaves, contact.ticket_id, by="system", about=contact.ticket_id)

    # Agents

    def _works(self, shift: Shift, agents: Sequence[Agent], day: int) -> None:
        """Whoever came the evening before the first day is there as it begins."""
        first, comes = self.scenario.at(0, 0), self.scenario.at(day, shift.starts)
        breaks = [(self.scenario.at(day, leaves), self.scenario.at(day, returns)) for leaves, returns in shift.pauses]
        for agent in agents:
            self._at(max(first, comes), partial(self._comes_in, agent))
            for leaves, returns in breaks:
                if returns > first:
                    self._at(max(first, leaves), partial(self._turns, agent, Intent.AWAY))
                    self._at(returns, partial(self._turns, agent, Intent.AVAILABLE))
            self._at(self.scenario.at(day, shift.goes), partial(self._turns, agent, Intent.OFFLINE))

    def _comes_in(self, agent: Agent) -> None:
        self._stage.change(presence.came, agent.id, by=agent.actor)
        self._turns(agent, Intent.AVAILABLE)

    def _turns(self, agent: Agent, intent: Intent) -> None:
        self._hand(agent.id).turns(self._stage.now, works=intent is Intent.AVAILABLE)
        self._stage.change(presence.set_intent, agent.id, intent, by=agent.actor)

    def _is_back(self, agent_id: int) -> None:
        """Whoever missed a ring is away until they say otherwise, which they do if they still work."""
        if self._hand(agent_id).working_since is not None:
            self._stage.change(presence.set_intent, agent_id, Intent.AVAILABLE, by=f"agent:{agent_id}")

    def _is_rung(self, offer: OfferMade) -> None:
        if self._dice.random() >= self.scenario.misses:
            self._rings.add(offer.offer)
            after = timedelta(seconds=self.scenario.answers_after)
            self._at(self._stage.now + after, partial(self._answers, offer))

    def _answers(self, offer: OfferMade) -> None:
        if offer.offer in self._rings:
            self._rings.discard(offer.offer)
            self._stage.change(_accepts, offer.offer, by=f"agent:{offer.agent}", about=offer.ticket)

    def _takes(self, contact: Contact, agent_id: int) -> None:
        contact.answered = contact.answered or self._stage.now
        self._held[contact.ticket_id] = agent_id
        self._hand(agent_id).turns(self._stage.now, holds=1)
        if contact.to_call:
            self._at(self._stage.now, partial(self._dials, contact, agent_id))
        else:
            self._at(self._stage.now + contact.handling, partial(self._settles, contact, agent_id))

    def _dials(self, contact: Contact, agent_id: int) -> None:
        self._stage.change(calls.dials, contact.ticket_id, by=f"agent:{agent_id}", about=contact.ticket_id)
        reached = contact.flow.reached >= 1.0 or self._dice.random() < contact.flow.reached
        lasts = contact.handling if reached else timedelta(seconds=calls.RINGS_OUT)
        outcome = CallOutcome.REACHED if reached else CallOutcome.NO_ANSWER
        self._at(self._stage.now + lasts, partial(self._hangs_up, contact, agent_id, outcome))

    def _hangs_up(self, contact: Contact, agent_id: int, outcome: CallOutcome) -> None:
        if self._held.get(contact.ticket_id) == agent_id:
            contact.settled = self._stage.now if outcome is CallOutcome.REACHED else None
            self._lets_go(contact.ticket_id)
            by = f"agent:{agent_id}"
            self._stage.change(calls.tried, contact.ticket_id, outcome, by=by, about=contact.ticket_id)

    def _settles(self, contact: Contact, agent_id: int) -> None:
        if self._held.get(contact.ticket_id) == agent_id:
            contact.settled = self._stage.now
            self._lets_go(contact.ticket_id)
            self._stage.change(_settles, contact.ticket_id, by=f"agent:{agent_id}", about=contact.ticket_id)

    def _lets_go(self, ticket_id: int) -> None:
        agent_id = self._held.pop(ticket_id, None)
        if agent_id is not None:
            self._hand(agent_id).turns(self._stage.now, holds=-1)

    def _hand(self, agent_id: int) -> Hands:
        return self._hands.setdefault(agent_id, Hands(agent_id))


# What they do, in the desk's own verbs


def _opens(change: Change, flow: Flow, queue_id: int, register: Callable[[int], None]) -> None:
    customer = new_customer(change, "Somebody")
    ticket = open_ticket(
        change, customer, channel=flow.channel, queue_id=queue_id, live=flow.live, priority=flow.priority
    )
    register(ticket.id)
    with change.acting_as(customer.actor):
        ticket.receive(change, "Hello?", client_id=f"c{ticket.id}")


def _leaves(change: Change, ticket_id: int) -> None:
    ticket = change.take(Ticket, ticket_id)
    ticket.end_live(change)
    ticket.resolve(change)


def _accepts(change: Change, offer_id: int) -> None:
    """Who waits at the other end hears at once that somebody is there."""
    ticket = offers.accept(change, offer_id)
    if ticket.live:
        _replies(change, ticket)


def _replies(change: Change, ticket: Ticket) -> None:
    ticket.reply(change, "Hello.", client_id=f"a{ticket.id}", name="Somebody")


def _settles(change: Change, ticket_id: int) -> None:
    ticket = change.take(Ticket, ticket_id)
    if not ticket.live:
        _replies(change, ticket)
    ticket.resolve(change)
