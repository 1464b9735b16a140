"""Who works here, what queues and statuses are called: read once for a page, or once for a batch of events."""

from __future__ import annotations

from functools import cached_property

from sqlmodel import Session, select

from routing.hours import Calendar
from routing.queues import Queue
from tickets.people import Agent
from tickets.status_names import StatusName, status_names


class Names:
    """Looked up by id; somebody or something that is gone has no name."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @cached_property
    def agents(self) -> dict[int, Agent]:
        return {agent.id: agent for agent in self._session.exec(select(Agent))}

    @cached_property
    def queues(self) -> dict[int, Queue]:
        return {queue.id: queue for queue in self._session.exec(select(Queue))}

    @cached_property
    def statuses(self) -> dict[int, StatusName]:
        """Own names of statuses, in the order in which a menu lists them."""
        return {one.id: one for one in status_names(self._session)}

    @cached_property
    def calendars(self) -> dict[int, str]:
        return {calendar.id: calendar.name for calendar in self._session.exec(select(Calendar))}

    def agent(self, agent_id: int | None) -> str:
        found = self.agents.get(agent_id or 0)
        return found.name if found else ""

    def queue(self, queue_id: int | None) -> str:
        found = self.queues.get(queue_id or 0)
        return found.name if found else ""

    def calendar(self, calendar_id: int | None) -> str:
        return self.calendars.get(calendar_id, "") if calendar_id is not None else ""

    def status(self, name_id: int | None) -> str:
        """The own name that a status goes by; empty where it has its usual one, which is a word of ours."""
        found = self.statuses.get(name_id) if name_id is not None else None
        return found.name if found else ""

    def of(self, actor: str) -> str:
        """The agent behind "agent:7"; empty for customers and the house itself."""
        kind, _, number = actor.partition(":")
        return self.agent(int(number)) if kind == "agent" and number.isdigit() else ""
