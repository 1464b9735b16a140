"""Whatever people do: nobody holds too much, nothing is held twice, nobody waits beside a free agent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlmodel import col, select

from routing import capacity, explained, handing, line, matching, offers, presence, watchdog
from routing.assignment import Assignment
from routing.capacity import Capacity
from routing.explained import Why
from routing.medium import Medium, medium_of
from routing.offers import Offer
from routing.presence import Intent, Presence
from routing.queues import Delivery, Queue, QueueMember
from routing.refusals import Refusal
from tests.cast import a_change, a_customer, a_ticket, an_agent
from tests.routing.floor import a_queue, settle
from tickets.change import Change
from tickets.errors import Conflict, Refused
from tickets.people import Agent
from tickets.rules import Rules
from tickets.status import Priority, Status
from tickets.ticket import Ticket

PICK = st.integers(0, 2)
SMALL = Rules(pool=30, chat_weight=25, ticket_weight=5)  # soon full
T = TypeVar("T")
MAY_WAIT = (Medium.EMAIL, Medium.TICKET)


class Floor(RuleBasedStateMachine):
    """Two queues, three agents, and anything that can happen on a working day."""

    @initialize(delivery=st.sampled_from(Delivery))
    def opens(self, delivery: Delivery) -> None:
        self.change = a_change(rules=SMALL)
        self.sam = a_customer(self.change)
        self.agents = [an_agent(self.change, name) for name in ("Ada", "Bo", "Grace")]
        ada, bo, grace = self.agents
        self.queues = [a_queue(self.change, "Support", ada, bo, delivery=delivery), a_queue(self.change, "Billing", bo)]
        self.queues[1].set_members(self.change, [bo.id, grace.id])
        self.tickets: list[Ticket] = []
        for agent in self.agents[:2]:
            presence.came(self.change, agent.id)
            presence.set_intent(self.change, agent.id, Intent.AVAILABLE)
        self.settled()

    # What customers do

    @rule(live=st.booleans(), queue=PICK, priority=st.sampled_from(Priority))
    def arrives(self, live: bool, queue: int, priority: Priority) -> None:
        ticket = a_ticket(self.change, self.sam, live=live, queue_id=_one(self.queues, queue).id)
        ticket.set_priority(self.change, priority)
        self.tickets.append(ticket)
        self.settled()

    @rule(queue=PICK)
    def a_chat_begins(self, queue: int) -> None:
        self.tickets.append(a_ticket(self.change, self.sam, live=True, queue_id=_one(self.queues, queue).id))
        self.settled()

    @precondition(lambda self: self.tickets)
    @rule(n=PICK, begins=st.booleans())
    def comes_or_goes(self, n: int, begins: bool) -> None:
        ticket = _one(self.tickets, n)
        ticket.begin_live(self.change) if begins else ticket.end_live(self.change)
        self.settled()

    @precondition(lambda self: self.tickets)
    @rule(n=PICK)
    def writes(self, n: int) -> None:
        _one(self.tickets, n).receive(self.change, "Hello?", client_id=str(self.change.new_id()))
        self.settled()

    # What agents do

    @rule(n=PICK, answer=st.sampled_from(["accept", "decline", "miss"]))
    def answers(self, n: int, answer: str) -> None:
        ringing = self.change.rows(select(Offer).where(offers.is_live()).order_by(col(Offer.id)))
        if ringing:
            offer = _one(ringing, n)
            self.change.by = f"agent:{offer.agent_id}"
            match answer:
                case "accept":
                    offers.accept(self.change, offer.id)
                case "decline":
                    offers.decline(self.change, offer.id)
                case _:
                    self.change.now = max(self.change.now, offer.expires_at)
                    offers.expire(self.change, offer.id)
            self.settled()

    @precondition(lambda self: self.tickets)
    @rule(n=PICK, status=st.sampled_from(Status))
    def decides(self, n: int, status: Status) -> None:
        _one(self.tickets, n).set_status(self.change, status)
        self.settled()

    @precondition(lambda self: self.tickets)
    @rule(n=PICK)
    def finishes(self, n: int) -> None:
        _one(self.tickets, n).resolve(self.change)
        self.settled()

    @precondition(lambda self: self.tickets)
    @rule(n=PICK, wakes=st.booleans())
    def snoozes(self, n: int, wakes: bool) -> None:
        ticket = _one(self.tickets, n)
        if wakes or ticket.done:
            ticket.wake(self.change)
        else:
            ticket.snooze(self.change, self.change.now.replace(year=2030))
        self.settled()

    @precondition(lambda self: self.tickets)
    @rule(n=PICK, who=PICK)
    def takes_by_hand(self, n: int, who: int) -> None:
        """Oneself, or by a colleague, who puts nobody who waits live where nobody is."""
        ticket, agent = _one(self.tickets, n), _one(self.agents, who)
        here = self.change.find(Presence, agent.id)
        try:
            handing.assign(self.change, ticket.id, agent.id)
        except Conflict:
            assert ticket.live
            assert here is None or not (here.connected and here.intent == Intent.AVAILABLE)
        self.settled()

    @precondition(lambda self: self.tickets)
    @rule(n=PICK)
    def gives_back(self, n: int) -> None:
        handing.give_back(self.change, _one(self.tickets, n).id)
        self.settled()

    @precondition(lambda self: self.tickets)
    @rule(n=PICK, queue=PICK)
    def moves(self, n: int, queue: int) -> None:
        handing.move(self.change, _one(self.tickets, n).id, _one(self.queues, queue).id)
        self.settled()

    @rule(who=PICK)
    def asks_for_work(self, who: int) -> None:
        try:
            matching.next_ticket(self.change, _one(self.agents, who).id)
        except Refused:
            assert not self.change.events
        self.settled()

    # Who is there

    @rule(who=PICK, intent=st.sampled_from(Intent))
    def intends(self, who: int, intent: Intent) -> None:
        presence.set_intent(self.change, _one(self.agents, who).id, intent)
        self.settled()

    @rule(who=PICK)
    def comes(self, who: int) -> None:
        presence.came(self.change, _one(self.agents, who).id)
        self.settled()

    @rule(seconds=st.sampled_from([1, 30, 100]))
    def time_passes(self, seconds: int) -> None:
        self.change.moves(seconds=seconds)
        for agent_id in presence.silent(self.change.session, self.change.now):
            presence.lost(self.change, agent_id)
            self.settled()

    @rule(queue=PICK, who=st.sets(PICK, max_size=3))
    def changes_members(self, queue: int, who: set[int]) -> None:
        members = {_one(self.agents, n).id for n in who}
        _one(self.queues, queue).set_members(self.change, members)
        self.settled()

    def settled(self) -> None:
        settle(self.change)
        self.change.rows(select(Ticket.id))  # writes what is pending: the constraints speak here

    @invariant()
    def to_everyone_who_waits_something_happens_next(self) -> None:
        self.change.write()
        assert 0 == watchdog.counted(self.change.session)[1]

    @invariant()
    def nobody_waits_live_in_the_hands_of_somebody_who_never_comes(self) -> None:
        for ticket in self.tickets:
            if ticket.live and ticket.agent_id is not None:
                here = self.change.take(Presence, ticket.agent_id)
                assert here.connected or here.lost_due is not None, "they are given up after the grace"

    @invariant()
    def the_laws_hold(self) -> None:
        shown = Shown.of(self.change, self.agents, self.queues, self.tickets)
        capacity_is_the_sum_of_what_is_held_and_rings(shown)
        beyond_the_pool_is_flagged(shown)
        a_ticket_is_held_once_or_rings_once(shown)
        only_who_is_there_is_rung(shown)
        nobody_waits_beside_an_agent_who_could_take_them(shown)
        whoever_waits_is_told_what_keeps_them(
            shown, explained.whys(self.change.session, [one.id for one in self.tickets])
        )


@dataclass
class Shown:
    """The whole floor as it is in the database after a change."""

    change: Change
    agents: list[Agent]
    queues: dict[int, Queue]
    tickets: list[Ticket]
    held: list[Assignment]
    ringing: list[Offer]
    capacities: dict[int, Capacity]
    available: set[int]
    members: set[tuple[int, int]]  # (queue, agent)
    refused: set[tuple[int, int]]  # (ticket, agent)

    @classmethod
    def of(cls, change: Change, agents: list[Agent], queues: list[Queue], tickets: list[Ticket]) -> "Shown":
        return cls(
            change,
            agents,
            {queue.id: queue for queue in queues},
            tickets,
            held=list(change.rows(select(Assignment).where(col(Assignment.ended_at).is_(None)))),
            ringing=list(change.rows(select(Offer).where(offers.is_live()))),
            capacities={one.agent_id: one for one in change.rows(select(Capacity))},
            available={one.agent_id for one in change.rows(select(Presence)) if one.available},
            members={(one.queue_id, one.agent_id) for one in change.rows(select(QueueMember))},
            refused={(one.ticket_id, one.agent_id) for one in change.rows(select(Refusal))},
        )

    def capacity(self, agent: Agent) -> Capacity:
        return self.capacities.get(agent.id) or Capacity(agent_id=agent.id, pool=SMALL.pool)


def capacity_is_the_sum_of_what_is_held_and_rings(shown: Shown) -> None:
    for agent in shown.agents:
        held = sum(one.weight for one in shown.held if one.agent_id == agent.id)
        rings = sum(one.weight for one in shown.ringing if one.agent_id == agent.id)
        assert held + rings == shown.capacity(agent).used


def beyond_the_pool_is_flagged(shown: Shown) -> None:
    for agent in shown.agents:
        found = shown.capacity(agent)
        theirs = [one for one in shown.held if one.agent_id == agent.id]
        aside = sum(one.weight for one in theirs if one.medium in {"email", "ticket"})
        assert found.used - aside <= found.pool or any(one.over for one in theirs)
        assert max(0, found.used - found.pool) == found.excess


def a_ticket_is_held_once_or_rings_once(shown: Shown) -> None:
    ringing, held = Counter(one.ticket_id for one in shown.ringing), Counter(one.ticket_id for one in shown.held)
    for ticket in shown.tickets:
        assert (ticket.agent_id is not None and not ticket.done) == held[ticket.id]
        assert ringing[ticket.id] + held[ticket.id] <= 1
        assert not ringing[ticket.id] or line.waits(ticket)
    for one in shown.held:
        ticket = next(ticket for ticket in shown.tickets if ticket.id == one.ticket_id)
        assert (ticket.agent_id, capacity.weight_of(shown.change, ticket)) == (one.agent_id, one.weight)


def only_who_is_there_is_rung(shown: Shown) -> None:
    for offer in shown.ringing:
        assert offer.agent_id in shown.available
        assert (offer.queue_id, offer.agent_id) in shown.members


def nobody_waits_beside_an_agent_who_could_take_them(shown: Shown) -> None:
    ringing = {one.ticket_id for one in shown.ringing}
    for ticket in shown.tickets:
        handed_out = ticket.live or shown.queues[ticket.queue_id or 0].delivery != Delivery.PULL
        if line.waits(ticket) and ticket.id not in ringing and handed_out:
            needed = capacity.needed_room(shown.change, ticket)
            assert [] == [
                agent.name
                for agent in shown.agents
                if (ticket.queue_id, agent.id) in shown.members
                and agent.id in shown.available
                and (ticket.id, agent.id) not in shown.refused
                and shown.capacity(agent).room_for(medium_of(ticket), MAY_WAIT) >= needed
            ]


def whoever_waits_is_told_what_keeps_them(shown: Shown, told: Mapping[int, str]) -> None:
    """Somebody has no room, all who are there refused, or nobody is there; nothing while it rings or is asked for."""
    ringing, expected = {one.ticket_id for one in shown.ringing}, dict[int, Why]()
    for ticket in shown.tickets:
        handed_out = ticket.live or shown.queues[ticket.queue_id or 0].delivery != Delivery.PULL
        if line.waits(ticket) and ticket.id not in ringing and handed_out:
            here = [agent for queue, agent in shown.members if queue == ticket.queue_id and agent in shown.available]
            asked = [agent for agent in here if (ticket.id, agent) not in shown.refused]
            expected[ticket.id] = Why.BUSY if asked else Why.REFUSED if here else Why.AWAY
    assert expected == told


def _one(choices: Sequence[T], n: int) -> T:
    return choices[n % len(choices)]


TestFloor = Floor.TestCase
TestFloor.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
