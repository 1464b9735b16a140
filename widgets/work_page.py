"""How long talks took today, and how much of their time those who answer were at work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlmodel import Session, col, func, select

from routing.medium import Medium
from routing.queues import Queue
from routing.wallboard.hands import Handling, Hands, Occupancy, hands
from routing.wallboard.today import AsOf, as_of
from tickets.people import Agent
from widgets import moments
from widgets.behind_board import behind
from widgets.labels import CHANNELS

ROWS = {Medium.CHAT.value: "chats-talked-today", Medium.CALLBACK.value: "calls-talked-today"}
"""The figure behind the number of talks of each medium."""


class TalksOf(NamedTuple):
    """The talks of one queue in one medium."""

    queue_id: int
    queue: str
    medium: str
    handling: Handling


class WorkOf(NamedTuple):
    agent: Agent
    occupancy: Occupancy


def work_page(session: Session, /, **reader: Any) -> str:
    """For each queue and medium how long a talk took; for each agent how much of their time was work."""
    at = as_of(session, reader["now"])
    found = hands(session, at)
    return behind(
        "console/work.html",
        session,
        reader,
        talks=_talks(session, found),
        people=_people(session, found),
        together=found.together,
        since=_since(at, found.since),
        lasted=partial(moments.lasted, reader["language"]),
        channels=CHANNELS,
        rows=ROWS,
    )


def _talks(session: Session, found: Hands) -> Sequence[TalksOf]:
    """By the name of the queue; talks of tickets in none are left out, as on the board."""
    names = session.exec(select(Queue.id, Queue.name).order_by(func.lower(Queue.name))).all()
    return [
        TalksOf(queue_id, name, medium, found.talks[queue_id, medium])
        for queue_id, name in names
        for medium in ROWS
        if (queue_id, medium) in found.talks
    ]


def _people(session: Session, found: Hands) -> Sequence[WorkOf]:
    """The busiest first."""
    agents = session.exec(select(Agent).where(col(Agent.id).in_(found.people)))
    theirs = [WorkOf(agent, found.people[agent.id]) for agent in agents]
    return sorted(theirs, key=lambda one: (-one.occupancy.share, one.agent.name.casefold(), one.agent.id))


def _since(at: AsOf, since: datetime) -> datetime | None:
    """Where queues have midnights of their own, it is said since when people are counted."""
    return None if at.zone else since
