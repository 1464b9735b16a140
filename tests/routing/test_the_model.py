"""Whatever happens on a floor, the house keeps to the model: who holds what, how full they are, what is asked of whom.

FRONTDESK_TEST_EXAMPLES says how many days it lives through, each time others; without it they are the same few.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import or_
from sqlmodel import col, select

from routing import handing, loads, offers, presence, silence, wrapping
from routing.assignment import Assignment
from routing.capacity import Capacity
from routing.loads import LoadForm
from routing.medium import Medium
from routing.offers import Offer
from routing.presence import Intent, Presence
from routing.sla.clock import SlaClock
from routing.sla.ledger import SlaEntry, fold
from routing.sla.metrics import State
from routing.sla.policy import Terms, add_policy
from routing.sla.timing import AroundTheClock, instant_of
from routing.spans import PresenceSpan
from tests.cast import a_customer, an_agent
from tests.routing.floor import a_queue, settle
from tests.routing.model import CHAT, MAIL, MOST, POOL, TICKET, Matter, Model, Who
from tests.routing.sla.promises import ALoggedChange, targets, the_scheduler_looks
from tickets.opening import open_ticket
from tickets.rules import Rules
from tickets.status import Channel
from tickets.ticket import Ticket

MANY = os.environ.get("FRONTDESK_TEST_EXAMPLES", "")
PICK = st.sampled_from(range(5))  # of integers, other ones are drawn when other modules are loaded
STATES = st.sampled_from(["available", "available", "lunch", "meeting", "offline"])
T = TypeVar("T")


class Floor(RuleBasedStateMachine):
    """Three agents of one queue, and Sam with one matter after the other."""

    @initialize()
    def opens(self) -> None:
        self.change = ALoggedChange(rules=Rules(pool=POOL, chat_weight=CHAT, email_weight=MAIL, ticket_weight=TICKET))
        promises = {"first_reply": 5, "speed_of_answer": 2, "resolution": 60}
        add_policy(self.change, Terms("Everybody", targets(promises)))
        add_policy(self.change, Terms("Inside", targets({"ownership": 30}), internal=True))
        self.model = Model()
        self.agents = [an_agent(self.change, name) for name in ("Ada", "Bo", "Grace")]
        self.sam, self.queue = a_customer(self.change), a_queue(self.change, "Support", *self.agents)
        chat = LoadForm(most=MOST, wrap_seconds=30, silent_minutes=10)
        loads.set_loads(self.change, {Medium.CHAT: chat})
        for agent in self.agents:
            presence.of(self.change, agent.id)
            self.model.who[agent.id] = Who()
        for agent in self.agents[:2]:
            self._comes(agent.id)
            self._chooses(agent.id, "available", later=False)
        self.settled()

    # What customers do

    @rule(comes=st.sampled_from(["chat", "chat", "letter", "mail"]))
    def arrives(self, comes: str) -> None:
        live, mail = comes == "chat", comes == "mail"
        channel = Channel.EMAIL if mail else Channel.CHAT
        ticket = open_ticket(self.change, self.sam, channel=channel, live=live, queue_id=self.queue.id)
        ticket.receive(self.change, "Where is my parcel?", client_id=str(self.change.new_id()))
        self.model.matters[ticket.id] = Matter(self.change.now, live, mail)
        self.settled()

    @precondition(lambda self: self.model.matters)
    @rule(n=PICK)
    def leaves(self, n: int) -> None:
        ticket = self._ticket(n)
        ticket.end_live(self.change)
        self.model.leave(ticket.id, self.change.now)
        self.settled()

    @precondition(lambda self: self.model.matters)
    @rule(n=PICK)
    def comes_back(self, n: int) -> None:
        ticket = self._ticket(n)
        ticket.begin_live(self.change)
        self.model.come_back(ticket.id, self.change.now)
        self.settled()

    @precondition(lambda self: self.model.matters)
    @rule(n=PICK)
    def writes(self, n: int) -> None:
        ticket = self._ticket(n)
        ticket.receive(self.change, "Hello?", client_id=str(self.change.new_id()))
        self.model.write(ticket.id, self.change.now)
        self.settled()

    # What agents do

    @precondition(lambda self: self.model.rings)
    @rule(n=PICK, answer=st.sampled_from(["accept", "accept", "twice", "decline"]))
    def answers(self, n: int, answer: str) -> None:
        offer = _one(self._ringing(), n)
        self.change.by = f"agent:{offer.agent_id}"
        if answer == "decline":
            offers.decline(self.change, offer.id)
        else:
            offers.accept(self.change, offer.id)
            self.model.take(offer.ticket_id, offer.agent_id, self.change.now, offer.id)
            self.settled()
        if answer == "twice":
            assert offer.ticket_id == offers.accept(self.change, offer.id).id
        self.settled()

    @precondition(lambda self: self.model.matters)
    @rule(n=PICK)
    def replies(self, n: int) -> None:
        ticket = self._ticket(n)
        if not ticket.done:
            ticket.reply(self.change, "Yes.", client_id=str(self.change.new_id()), name="Ada")
            self.model.answer(ticket.id, self.change.now)
            self.settled()

    @precondition(lambda self: self.model.matters)
    @rule(n=PICK)
    def resolves(self, n: int) -> None:
        ticket = self._ticket(n)
        ticket.resolve(self.change)
        self.model.resolve(ticket.id, self.change.now)
        self.settled()

    @precondition(lambda self: self.model.matters)
    @rule(n=PICK, who=PICK)
    def takes_by_hand(self, n: int, who: int) -> None:
        ticket, agent = self._ticket(n), _one(self.agents, who)
        self.change.by = agent.actor
        handing.assign(self.change, ticket.id, agent.id)
        self.model.take(ticket.id, agent.id, self.change.now)
        self.settled()

    @precondition(lambda self: self.model.matters)
    @rule(n=PICK)
    def gives_back(self, n: int) -> None:
        ticket = self._ticket(n)
        handing.give_back(self.change, ticket.id)
        self.model.let_go(ticket.id)
        self.settled()

    @precondition(lambda self: self.model.wraps)
    @rule(n=PICK)
    def has_written_it_down(self, n: int) -> None:
        held = _one([one for who in self.agents for one in wrapping.under_way(self.change.session, who.id)], n)
        self.change.by = f"agent:{held.agent_id}"
        due = held.wrap_due
        wrapping.finish(self.change, held.id)
        mine = [
            one for one in self.model.wraps if (one.ticket, one.agent, one.due) == (held.ticket_id, held.agent_id, due)
        ]
        self.model.stop_wraps(mine[:1])
        self.settled()

    @rule(who=PICK, state=STATES, later=st.booleans())
    def chooses(self, who: int, state: str, later: bool) -> None:
        self._chooses(_one(self.agents, who).id, state, later=later)
        self.settled()

    @rule(who=PICK)
    def comes(self, who: int) -> None:
        self._comes(_one(self.agents, who).id)
        self.settled()

    # Time

    @rule(seconds=st.sampled_from([1, 19, 31, 91, 601]), stays=st.booleans())
    def time_passes(self, seconds: int, stays: bool) -> None:
        """`stays`: whoever is connected goes on being heard."""
        here = [agent for agent, who in self.model.who.items() if who.connected and stays]
        self.change.moves(seconds=seconds)
        for agent in here:
            self._comes(agent)
        self.model.pass_time(self.change.now)
        session, now = self.change.session, self.change.now
        looks = ((offers.due, offers.expire), (presence.silent, presence.lost))
        for due, act in (*looks, (silence.due, silence.look), (wrapping.due, wrapping.run_out)):
            for key in [*due(session, now), *due(session, now)]:  # two that look at once
                act(self.change, key)
                settle(self.change)
        the_scheduler_looks(self.change)
        self.settled()

    def _comes(self, agent: int) -> None:
        presence.came(self.change, agent)
        self.model.who[agent].connected, self.model.who[agent].seen = True, self.change.now

    def _chooses(self, agent: int, state: str, *, later: bool) -> None:
        self.change.by = f"agent:{agent}"
        presence.choose(self.change, agent, state, later=later)
        self.model.choose(agent, state, later=later)

    def settled(self) -> None:
        settle(self.change)
        self.change.rows(select(Ticket.id))  # writes what is pending: the constraints speak here
        self.model.go_on()
        self.model.rings = {one.ticket_id: (one.agent_id, one.expires_at) for one in self._ringing()}

    def _ringing(self) -> Sequence[Offer]:
        return self.change.rows(select(Offer).where(offers.is_live()).order_by(col(Offer.id)))

    def _ticket(self, n: int) -> Ticket:
        return self.change.take(Ticket, _one([*self.model.matters], n))

    # The laws

    @invariant()
    def every_ticket_is_as_it_ought_to_be(self) -> None:
        for ticket, one in self.model.matters.items():
            row = self.change.take(Ticket, ticket)
            assert (one.live, one.done, one.silent) == (row.live, row.done, row.silent), ticket
            assert (one.holder, one.age) == (row.agent_id, row.queued_at), ticket

    @invariant()
    def every_agent_is_as_full_as_they_ought_to_be(self) -> None:
        found = {one.agent_id: one for one in self.change.rows(select(Capacity))}
        for agent in self.model.who:
            here = found.get(agent) or Capacity(agent_id=agent, pool=POOL)
            assert self.model.used(agent) == here.used, agent
            aside = (self.model.aside(agent, mails=True), self.model.aside(agent, mails=False))
            assert aside == (here.emails, here.tickets), "kept as it would be counted"
            assert max(0, here.used - POOL) == here.excess

    @invariant()
    def every_agent_is_in_the_state_they_chose(self) -> None:
        spans = {one.agent_id: one for one in self.change.rows(select(PresenceSpan)) if one.ended_at is None}
        for agent, who in self.model.who.items():
            here = self.change.take(Presence, agent)
            assert (who.state, who.later, who.connected) == (here.intent, here.next_state, here.connected), agent
            assert (here.intent, here.connected) == (spans[agent].intent, spans[agent].connected)

    @invariant()
    def what_was_accepted_went_its_way(self) -> None:
        taken = {one.id: one.state for one in self.change.rows(select(Offer)) if one.id in self.model.offers}
        assert self.model.offers == taken

    @invariant()
    def what_rings_may_ring(self) -> None:
        for ticket, (agent, _) in self.model.rings.items():
            one, who = self.model.matters[ticket], self.model.who[agent]
            assert one.live, "nothing else is handed out here"
            assert one.holder is None
            assert not one.done
            assert who.answers
            handed_out = [held for held in self.model.held(agent) if held.live and held.weight and held.offer]
            assert len(handed_out) + sum(rung == agent for rung, _ in self.model.rings.values()) <= MOST

    @invariant()
    def only_hands_and_who_is_back_go_beyond_the_pool_and_it_is_flagged(self) -> None:
        written_down = col(Assignment.wrap_due).is_not(None)
        held = self.change.rows(select(Assignment).where(or_(col(Assignment.ended_at).is_(None), written_down)))
        for agent in self.model.who:
            aside = sum(self.model.aside(agent, mails=mails) for mails in (True, False))
            beyond = self.model.used(agent) - aside > POOL
            assert not beyond or any(one.over for one in held if one.agent_id == agent)

    @invariant()
    def every_clock_is_what_its_ledger_tells(self) -> None:
        """Whatever else goes on: nothing of a clock is known that was not written down."""
        told: dict[int, list[SlaEntry]] = {}
        for entry in self.change.rows(select(SlaEntry).order_by(col(SlaEntry.id))):
            told.setdefault(entry.clock_id, []).append(entry)
        for clock in self.change.rows(select(SlaClock)):
            one = fold(told[clock.id])
            kept = (clock.state, clock.target_seconds, clock.breached_at, clock.ended_at)
            assert (one.state.value, one.target, one.breached_at, one.ended_at) == kept, clock.metric
            if clock.state == State.RUNNING and clock.breached_at is None:
                due = instant_of(AroundTheClock(), one.stretches, timedelta(seconds=one.target))
                assert due == clock.due_at, clock.metric

    @invariant()
    def a_clock_runs_for_whoever_waits_and_for_whoever_has_a_queue_to_serve(self) -> None:
        """An offer that is declined or missed, and an agent who is lost, leave nobody without one, or with two."""
        open_ones = self.change.rows(select(SlaClock).where(col(SlaClock.ended_at).is_(None)))
        found = Counter((one.ticket_id, one.metric) for one in open_ones)
        for ticket, one in self.model.matters.items():
            waits = one.live and one.holder is None and not one.done
            assert (int(waits), int(not one.done)) == (found[ticket, "speed_of_answer"], found[ticket, "ownership"])


def _one(choices: Sequence[T], n: int) -> T:
    return choices[n % len(choices)]


assert set(Intent) >= {"available", "lunch", "meeting", "offline"}
TestFloor = Floor.TestCase
TestFloor.settings = settings(
    max_examples=int(MANY or "30"),
    derandomize=not MANY,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
