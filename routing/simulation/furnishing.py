"""Furnishes a desk for a scenario: queues, skills, agents, opening hours and promises, as an admin would."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from routing import loads, skills, stays
from routing.calendars import BusinessCalendar
from routing.callbacks.terms import set_terms
from routing.hours import add_calendar
from routing.loads import LoadForm
from routing.medium import Medium
from routing.placing import place
from routing.queues import Delivery, Queue, add_queue
from routing.simulation.scenario import Line, Promised, Scenario, Shift
from routing.sla.policy import Terms, add_policy
from routing.stays import RelaxStep
from tickets.change import Change
from tickets.people import Agent, Role
from tickets.rules import Rules
from tickets.status import Channel, Priority

AT_ONCE = 20  # agents that learn something
_LONG = 100 * 365 * 86_400.0  # seconds: nobody of a made-up floor loses their connection


@dataclass(frozen=True)
class Furnished:
    """Queues by name; the agents of each shift, in the order of the scenario's."""

    queues: Mapping[str, int]
    agents: Sequence[Sequence[Agent]]


def rules_for(scenario: Scenario, rules: Rules) -> Rules:
    """What of the desk's figures is another under this scenario."""
    return replace(rules, agent_grace_seconds=_LONG, chat_weight=rules.pool // scenario.at_once)


class Furnishing:
    """One step after the other, each a change of its own: a hundred agents are more than one change can tell of."""

    def __init__(self, scenario: Scenario, make: Callable[..., Any]) -> None:
        """`make(verb, ...)` makes a change."""
        self.scenario = scenario
        self._make = make
        self._skills: dict[str, int] = {}

    def furnished(self) -> Furnished:
        shifts = self.scenario.shifts
        self._make(_load, self.scenario)
        agents = [[self._make(_agent, f"{one.name} {n + 1}") for n in range(one.agents)] for one in shifts]
        calendar_id = self._make(_hours, self.scenario.hours) if self.scenario.hours is not None else None
        queues = {
            line.name: self._make(_queue, line, calendar_id, self._ids(agents, lambda shift: line.name in shift.queues))  # noqa: B023
            for line in self.scenario.lines
        }
        for name in sorted({*chain(*(one.skills for one in shifts), *(one.skills for one in self.scenario.lines))}):
            self._skills[name] = self._teach(name, queues, agents)
        for line in self.scenario.lines:
            self._rule(line, queues, agents)
            mine = [one for one in self.scenario.promises if line.name in one.queues or not one.queues]
            if mine:
                self._make(_promise, line.name, queues[line.name], mine, business=calendar_id is not None)
        return Furnished(queues, agents)

    def _teach(self, name: str, queues: Mapping[str, int], agents: Sequence[Sequence[Agent]]) -> int:
        skill_id: int = self._make(_skill, name)
        able = {
            one.id: shift.skills[name]
            for shift, those in zip(self.scenario.shifts, agents, strict=True)
            if name in shift.skills
            for one in those
        }
        for upto in range(0, len(able), AT_ONCE):
            self._make(skills.set_agents, skill_id, dict(list(able.items())[: upto + AT_ONCE]))
        asks = {queues[line.name]: line.skills[name] for line in self.scenario.lines if name in line.skills}
        self._make(skills.set_queues, skill_id, asks)
        return skill_id

    def _rule(self, line: Line, queues: Mapping[str, int], agents: Sequence[Sequence[Agent]]) -> None:
        """What happens when its line is long, and when somebody waits long; wishes to be rung find their way here."""
        queue_id = queues[line.name]
        delays = {
            one.id: shift.delay
            for shift, those in zip(self.scenario.shifts, agents, strict=True)
            if line.name in shift.queues and shift.delay
            for one in those
        }
        self._make(_limit, line, queues, delays)
        steps = [
            RelaxStep(
                queue_id=queue_id,
                number=0,
                after_seconds=one.after,
                drop=[self._skills[name] for name in one.drop],
                widen_to=queues[one.widen] if one.widen else None,
                raise_priority=one.more_urgent,
            )
            for one in line.steps
        ]
        self._make(stays.set_steps, queue_id, steps)
        self._make(place, Channel.CALLBACK.value, topic_of(queue_id), queue_id)
        if line.calls:
            self._make(set_terms, queue_id, **line.calls)

    def _ids(self, agents: Sequence[Sequence[Agent]], chosen: Callable[[Shift], bool]) -> list[int]:
        shifts = zip(self.scenario.shifts, agents, strict=True)
        return [one.id for shift, those in shifts if chosen(shift) for one in those]


def _agent(change: Change, name: str) -> Agent:
    address = f"{name.lower().replace(' ', '.')}@simulated.invalid"
    return change.add(Agent(id=change.new_id(), name=name, email=address, role=Role.AGENT.value, created_at=change.now))


def topic_of(queue_id: int) -> str:
    """By which a wish to be rung comes to this queue."""
    return f"queue {queue_id}"


def _load(change: Change, scenario: Scenario) -> None:
    """People here talk for as long as their handling time says: none of them falls silent before."""
    loads.set_loads(change, {**scenario.loads, Medium.CHAT: LoadForm(wrap_seconds=scenario.wrap_up)})


def _hours(change: Change, hours: BusinessCalendar) -> int:
    return add_calendar(change, "Opening hours", hours).id


def _queue(change: Change, line: Line, calendar_id: int | None, members: Sequence[int]) -> int:
    queue = add_queue(change, line.name, delivery=Delivery.OFFER, members=members)
    queue.set_rules(
        change,
        delivery=Delivery.OFFER,
        rule=line.rule,
        turn=line.turn,
        ring_seconds=line.ring,
        calendar_id=calendar_id,
    )
    return queue.id


def _limit(change: Change, line: Line, queues: Mapping[str, int], delays: Mapping[int, float]) -> None:
    queue, full = change.take(Queue, queues[line.name]), line.full
    if line.help is not None:
        queue.set_overflow(change, to=queues[line.help.queue], at=line.help.waiting)
    if full is not None:
        to = queues[full.queue] if full.queue else None
        queue.set_limits(change, most_waiting=full.waiting, longest_wait=full.wait, then=full.then, to=to)
    if delays:
        queue.set_delays(change, delays)


def _skill(change: Change, name: str) -> int:
    return skills.add_skill(change, name).id


def _promise(change: Change, name: str, queue_id: int, promises: Sequence[Promised], *, business: bool) -> None:
    """One policy for each queue: the first that fits a ticket holds for all of it."""
    targets = {
        one.metric: {priority.value: {"seconds": one.seconds, "business": business} for priority in Priority}
        for one in promises
    }
    add_policy(change, Terms(name=name, targets=targets, queues=[queue_id]))
