"""A change that writes nothing: what the clocks of one ticket find when its story is told again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import count
from typing import Any, NoReturn, TypeVar

from sqlmodel import SQLModel

from routing.hours import Calendar
from routing.sla.clock import SlaClock
from routing.sla.ledger import Entry, SlaEntry
from routing.sla.policy import SlaPolicy
from routing.sla.recall import Recall
from routing.sla.replay.story import Story
from routing.sla.replay.world import World
from tickets.change import Change
from tickets.complaints.complaint import Complaint
from tickets.events import Event, MessageSent
from tickets.message import MessageKind
from tickets.people import BOT
from tickets.rules import Rules
from tickets.ticket import Ticket

Row = TypeVar("Row", bound=SQLModel)


class Stage(Change, Recall):
    """It knows one ticket, and of the past what has been told by `now`. It has no database: asking one is a mistake."""

    def __init__(self, story: Story, world: World) -> None:
        self.by = "system"
        self.rules = Rules()
        self.now = story.facts.opened_at
        self.events: list[tuple[str, Event]] = []
        self.messages = []
        self.ticket = story.begun()
        self.clocks: list[SlaClock] = []
        self._story, self._world = story, world
        self._told: list[tuple[datetime, Event]] = []
        self._ids = count(1)
        self._entries: dict[int, list[SlaEntry]] = defaultdict(list)
        self._rows: dict[tuple[type[SQLModel], Any], SQLModel] = {(Ticket, self.ticket.id): self.ticket}
        self.complaint = story.filed()
        if self.complaint is not None:
            self._rows[Complaint, self.ticket.id] = self.complaint

    def goes_on(self, at: datetime, events: Sequence[tuple[str, Event]]) -> None:
        """The next change: what the one before did is the past now."""
        self._told += [(self.now, event) for _, event in self.events]
        self.now, self.events = at, list(events)
        self.ticket.customer_id = self._world.image(self._story.whose, at)
        if self.complaint is not None:
            self.complaint.answer_by = self._world.image(self._story.answer_by, at)

    # As a change

    def new_id(self) -> int:
        return next(self._ids)

    def find(self, model: type[Row], id: int | str) -> Row | None:
        found: Any = self._rows.get((model, id))
        if found is None and isinstance(id, int):
            if model is SlaPolicy:
                found = self._world.policies(self.now).known.get(id)
            elif model is Calendar:
                found = self._world.calendar(id, self.now)
            else:
                course = self._story.rows.get((model, id)) or self._world.rows.get((model, id))
                found = None if course is None else self._world.image(course, self.now)
        return found  # type: ignore[no-any-return]

    def find_all(self, model: type[Row], ids: Collection[int] | Collection[str]) -> list[Row]:
        found = (self.find(model, id) for id in ids)
        return [row for row in found if row is not None]

    def add(self, row: Row) -> Row:
        if isinstance(row, SlaClock):
            self.clocks.append(row)
            self._rows[SlaClock, row.id] = row
        return row

    def append(self, row: Row) -> Row:
        if isinstance(row, SlaEntry):
            self._entries[row.clock_id].append(row)
        return row

    def rows(self, query: object) -> NoReturn:
        raise AssertionError("a replay asks no database")

    # As what is known of the past

    def policies(self) -> Sequence[SlaPolicy]:
        return self._world.policies(self.now).in_force

    def happened(self, ticket_id: int, *kinds: type[Event]) -> Sequence[tuple[datetime, Event]]:
        return [one for one in self._told if isinstance(one[1], kinds)]

    def last(self, ticket_id: int, *kinds: type[Event]) -> datetime | None:
        return next((at for at, event in reversed(self._told) if isinstance(event, kinds)), None)

    def answered_at(self, ticket_id: int) -> datetime | None:
        told = [event for _, event in (*self._told, *((self.now, one) for _, one in self.events))]
        ours = (self._story.said[event.message] for event in reversed(told) if isinstance(event, MessageSent))
        return next((one.at for one in ours if one.kind == MessageKind.OUT and not one.by.startswith(BOT)), None)

    def came(self, message_id: int) -> datetime | None:
        said = self._story.said.get(message_id)
        return None if said is None else said.at

    def newest(self, ticket_id: int, metric: str, **columns: Any) -> SlaClock | None:
        mine = [
            one
            for one in self.clocks
            if one.metric == metric and all(getattr(one, name) == value for name, value in columns.items())
        ]
        return max(mine, key=lambda one: one.cycle, default=None)

    def last_cycle(self, ticket_id: int, metric: str) -> int:
        return max((one.cycle for one in self.clocks if one.metric == metric), default=0)

    def entries(self, clock_id: int) -> Sequence[SlaEntry]:
        return self._entries[clock_id]

    def calendar_that_was(self, calendar_id: int) -> Calendar | None:
        return self._world.calendar_that_was(calendar_id)

    def noted(self, clock_id: int, kind: Entry, at: datetime) -> bool:
        return any(one.kind == kind and one.at == at for one in self._entries[clock_id])
