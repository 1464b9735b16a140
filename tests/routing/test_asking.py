"""Asking for the first few finds whom asking everybody would find."""

from datetime import timedelta
from random import Random

import pytest
from sqlmodel import col, select

from routing import asking, capacity, choosing, loads, presence, refusals
from routing.capacity import Capacity
from routing.choosing import Candidate, Rule
from routing.loads import LoadForm
from routing.medium import Medium
from routing.presence import Intent, Presence
from routing.queues import Delivery, Queue, QueueMember
from routing.skills import AgentSkill, TicketNeed, add_skill
from routing.stays import Stay, Widening
from tests.cast import UnitChange, a_change, a_ticket, an_agent
from tests.routing.floor import a_chat, a_floor, a_queue, offer_of, rings_at, settle
from tickets.people import Agent
from tickets.ticket import Ticket

MANY = 30


def a_busy_floor(change: UnitChange, dice: Random) -> tuple[Queue, Ticket]:
    """Thirty agents of all kinds: away, full, without the skill, too new for it, helping only, or just right."""
    agents = [an_agent(change, f"Agent {n}") for n in range(MANY)]
    queue, helper = a_queue(change, "Support", *agents[:20]), a_queue(change, "Repairs", *agents[15:])
    bicycles = add_skill(change, "Bicycles")
    ticket = a_ticket(change, live=True, queue_id=queue.id)
    for agent in agents:
        change.moves(seconds=dice.randrange(3))
        presence.came(change, agent.id)
        presence.set_intent(change, agent.id, dice.choice((Intent.AVAILABLE, Intent.AVAILABLE, Intent.AWAY)))
        if dice.random() < 0.9:
            capacity.of(change, agent.id).used = dice.choice((0, 50, 75, 80, 100))
        if dice.random() < 0.8:
            change.add(AgentSkill(agent_id=agent.id, skill_id=bicycles.id, level=dice.choice((1, 2, 3))))
        if dice.random() < 0.2:
            refusals.remember(change, ticket.id, agent.id, queue_id=queue.id, why=refusals.DECLINED)
    for member in change.rows(select(QueueMember).where(QueueMember.queue_id == queue.id)):
        member.delay_seconds = dice.choice((0.0, 0.0, 5.0, 5000.0))
        member.given_at = dice.choice((None, change.now - timedelta(minutes=dice.randrange(9))))
    if dice.random() < 0.7:
        _asks_for_more(change, ticket, queue, bicycles.id, helper.id, preferred=dice.choice(agents), dice=dice)
    queue.set_rules(change, delivery=Delivery.OFFER, rule=dice.choice(list(Rule)))
    return queue, ticket


def _asks_for_more(
    change: UnitChange, ticket: Ticket, queue: Queue, skill: int, helper: int, *, preferred: Agent, dice: Random
) -> None:
    change.write()
    change.add(Stay(ticket_id=ticket.id, queue_id=queue.id, began_at=change.now, preferred_id=preferred.id))
    change.add(TicketNeed(ticket_id=ticket.id, skill_id=skill, level=2))
    if dice.random() < 0.5:
        change.add(Widening(ticket_id=ticket.id, queue_id=helper))


def everybody(change: UnitChange, queue: Queue, ticket: Ticket) -> list[Candidate]:
    """All members who are available, looked at one by one."""
    helping = change.rows(select(Widening.queue_id).where(Widening.ticket_id == ticket.id))
    members = change.rows(select(QueueMember).where(col(QueueMember.queue_id).in_([queue.id, *helping])))
    age = (change.now - ticket.queued_at).total_seconds()
    needs = change.find(Stay, ticket.id) is not None
    skilled = set(change.rows(select(AgentSkill.agent_id).where(col(AgentSkill.level) >= 2)))
    found = {}
    for agent_id in {one.agent_id for one in members}:
        present = change.take(Presence, agent_id)
        own = next((one for one in members if (one.agent_id, one.queue_id) == (agent_id, queue.id)), None)
        helps = any(one.agent_id == agent_id and one.queue_id in helping for one in members)
        held = change.find(Capacity, agent_id)
        if present.available:
            found[agent_id] = Candidate(
                agent_id,
                100 if held is None else held.room_for(Medium.CHAT, ()),
                present.idle_since,
                refused=agent_id in refusals.who_refused(change, ticket.id),
                given_at=own.given_at if own else None,
                lacks=needs and agent_id not in skilled,
                early=not (helps or (own is not None and own.delay_seconds <= age)),
            )
    return list(found.values())


@pytest.mark.parametrize("seed", range(40))
def test_the_first_few_are_enough(seed: int) -> None:
    dice, change = Random(seed), a_change()
    queue, ticket = a_busy_floor(change, dice)
    asked = asking.Asked(change, ticket, queue, needed=25)
    wanted = choosing.choose(
        Rule(queue.rule), everybody(change, queue, ticket), needed=25, now=change.now, preferred=asked.preferred
    )

    pages = (
        choosing.choose(Rule(queue.rule), page, needed=25, now=change.now, preferred=asked.preferred)
        for page in asked.able()
    )
    found = next((choice for choice in pages if choice is not None), None)

    assert (wanted and wanted.agent_id) == (found and found.agent_id)
    known = {one.agent_id: one for one in everybody(change, queue, ticket)}
    for one in asked.others:
        assert known[one.agent_id] == one


@pytest.mark.parametrize("members", [2, asking.PAGE + 3])
def test_who_holds_nothing_has_most_to_spare_though_the_rest_can_be_laid_aside(members: int) -> None:
    """Bo, the last of them, was given something last; all the others hold a ticket. However many are looked at, he is
    asked."""
    change = a_change()
    queue, agents = a_floor(change, *(f"Ada {n}" for n in range(members - 1)), "Bo")
    queue.set_rules(change, delivery=Delivery.OFFER, rule=Rule.MOST_SPARE)
    for agent in agents[:-1]:
        a_ticket(change).assign(change, agent)
    settle(change)
    change.moves(minutes=1)
    presence.of(change, agents[-1].id).touch(change)

    offer = offer_of(change, a_chat(change, queue))

    assert (agents[-1].id, 100) == (offer.agent_id, offer.reason["room"])


@pytest.mark.parametrize("rule", [Rule.LONGEST_IDLE, Rule.ROUND_ROBIN])
def test_the_rule_holds_on_every_page(rule: Rule) -> None:
    """One chat at once: nine are busy since long, Bo is idle since then, and Ada, whose id is the first, only now."""
    change = a_change()
    queue, agents = a_floor(change, "Ada", *(f"Cy {n}" for n in range(asking.PAGE + 1)), "Bo")
    queue.set_rules(change, delivery=Delivery.OFFER, rule=rule)
    loads.set_loads(change, {Medium.CHAT: LoadForm(most=1)})
    for agent in agents[1:-1]:
        a_ticket(change, live=True).assign(change, agent)
    settle(change)
    for agent in (agents[-1], agents[0]):
        change.moves(minutes=1)
        presence.of(change, agent.id).touch(change)

    assert agents[-1].id == rings_at(change, a_chat(change, queue))
