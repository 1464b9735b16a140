"""Whatever people do: nobody holds too much, nothing is held twice, nobody waits beside a free agent."""

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlmodel import col, select

from routing import capacity, handing, line, matching, offers, presence
from routing.assignments import Assignment
from routing.capacity import Capacity
from routing.offers import Offer
from routing.presence import Intent, Presence
from routing.queues import Delivery, Queue, QueueMember
from routing.refusals import Refusal
from tests.cast import a_change, a_customer, a_ticket, an_agent
from tests.routing.floor import a_queue, settle
from tickets.errors import Refused
from tickets.people import Agent
from tickets.rules import Rules
from tickets.status import Priority, Status
from tickets.ticket import Ticket

PICK = st.integers(0, 5)
SMALL = Rules(pool=30, chat_weight=25, ticket_weight=5)  # soon full
T = TypeVar("T")


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
        handing.assign(self.change, _one(self.tickets, n).id, _one(self.agents, who).id)
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

    # The laws

    @invariant()
    def capacity_is_the_sum_of_what_is_held_and_rings(self) -> None:
        held = Counter[int]()
        for one in self.change.rows(select(Assignment).where(col(Assignment.ended_at).is_(None))):
            held[one.agent_id] += one.weight
        for offer in self.change.rows(select(Offer).where(offers.is_live())):
            held[offer.agent_id] += offer.weight
        for agent in self.agents:
            found = self._capacity(agent)
            assert held[agent.id] == found.used

    @invariant()
    def beyond_the_pool_is_flagged(self) -> None:
        for agent in self.agents:
            found = self._capacity(agent)
            over = select(Assignment).where(
                Assignment.agent_id == agent.id, col(Assignment.ended_at).is_(None), col(Assignment.over)
            )
            assert found.used <= found.pool or self.change.rows(over)
            assert max(0, found.used - found.pool) == found.excess

    @invariant()
    def a_ticket_is_held_once_or_rings_once(self) -> None:
        ringing = Counter(self.change.rows(select(Offer.ticket_id).where(offers.is_live())))
        held = Counter(self.change.rows(select(Assignment.ticket_id).where(col(Assignment.ended_at).is_(None))))
        for ticket in self.tickets:
            assert (ticket.agent_id is not None and not ticket.done) == held[ticket.id]
            assert ringing[ticket.id] + held[ticket.id] <= 1
            assert not ringing[ticket.id] or line.waits(ticket)

    @invariant()
    def only_who_is_there_is_rung(self) -> None:
        for offer in self.change.rows(select(Offer).where(offers.is_live())):
            there = self.change.take(Presence, offer.agent_id)
            assert there.available
            assert (offer.queue_id, offer.agent_id) in self._members()

    @invariant()
    def nobody_waits_beside_an_agent_who_could_take_them(self) -> None:
        ringing = set(self.change.rows(select(Offer.ticket_id).where(offers.is_live())))
        refused = {(one.ticket_id, one.agent_id) for one in self.change.rows(select(Refusal))}
        for ticket in self.tickets:
            queue = next(queue for queue in self.queues if queue.id == ticket.queue_id)
            handed_out = ticket.live or queue.delivery != Delivery.PULL
            if line.waits(ticket) and ticket.id not in ringing and handed_out:
                for agent in self.agents:
                    assert (ticket.id, agent.id) in refused or not self._could_take(agent, queue, ticket)

    def _could_take(self, agent: Agent, queue: Queue, ticket: Ticket) -> bool:
        there = self.change.find(Presence, agent.id)
        member = (queue.id, agent.id) in self._members()
        room = self._capacity(agent).room >= capacity.needed_room(self.change.rules, ticket)
        return there is not None and there.available and member and room

    def _members(self) -> set[tuple[int, int]]:
        return {(one.queue_id, one.agent_id) for one in self.change.rows(select(QueueMember))}

    def _capacity(self, agent: Agent) -> Capacity:
        return self.change.find(Capacity, agent.id) or Capacity(agent_id=agent.id, pool=self.change.rules.pool)


def _one(choices: Sequence[T], n: int) -> T:
    return choices[n % len(choices)]


TestFloor = Floor.TestCase
TestFloor.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
