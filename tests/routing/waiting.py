"""A floor on which chats have to wait, and talks that were had before."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import select

from routing.assignment import Assignment
from routing.queues import Queue
from tests.cast import UnitChange, a_change
from tests.routing.floor import a_chat, a_floor, accept, offer_of
from tickets.people import Agent
from tickets.rules import Rules
from tickets.ticket import Ticket

ONE_CHAT = Rules(pool=25)


def a_busy_floor(*, talks: int = 0, lasting: int = 60, rules: Rules = ONE_CHAT) -> tuple[UnitChange, Queue, Agent]:
    """Ada talks, and has room for one chat unless the rules say otherwise; she has ended some before."""
    change = a_change(rules=rules)
    queue, (ada,) = a_floor(change, "Ada")
    accept(change, ada, offer_of(change, a_chat(change, queue)))
    talked(change, queue, ada, ended=change.now, lasting=lasting, times=talks)
    return change, queue, ada


def talked(change: UnitChange, queue: Queue, agent: Agent, *, ended: datetime, lasting: float, times: int = 1) -> None:
    """The agent has talked so often for so many seconds, and that was over then."""
    for _ in range(times):
        change.add(
            Assignment(
                id=change.new_id(),
                ticket_id=change.rows(select(Ticket.id))[0],
                agent_id=agent.id,
                queue_id=queue.id,
                weight=0,
                live=False,
                by_hand=False,
                since=ended - timedelta(seconds=lasting),
                talk_ended_at=ended,
                ended_at=ended,
            )
        )
