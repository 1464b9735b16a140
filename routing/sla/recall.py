"""What a decision about promises has to know of the past: asked of the database or, in a replay, of what was read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from routing.hours import Calendar
from routing.sla.clock import SlaClock
from routing.sla.ledger import Entry, Folded, SlaEntry, fold
from routing.sla.policy import SlaPolicy, in_force
from routing.sla.timing import Stretch
from tickets import former
from tickets.change import Change
from tickets.events import Event
from tickets.log import LogRow
from tickets.message import Message, MessageKind
from tickets.people import BOT


class Recall(ABC):
    """A change that is one is asked itself (routing.sla.replay); of any other, the database knows."""

    @abstractmethod
    def policies(self) -> Sequence[SlaPolicy]:
        """Those that are in force."""

    @abstractmethod
    def happened(self, ticket_id: int, *kinds: type[Event]) -> Sequence[tuple[datetime, Event]]:
        """What the log tells of a ticket, oldest first, without what this change does."""

    @abstractmethod
    def last(self, ticket_id: int, *kinds: type[Event]) -> datetime | None:
        """When something of these kinds happened last."""

    @abstractmethod
    def answered_at(self, ticket_id: int) -> datetime | None:
        """When a person of ours last wrote to the customer."""

    @abstractmethod
    def came(self, message_id: int) -> datetime | None:
        """When a message came to us, which may be earlier than it was read."""

    @abstractmethod
    def newest(self, ticket_id: int, metric: str, **columns: Any) -> SlaClock | None:
        """Its clock of the highest cycle for this metric, of those that have these values."""

    @abstractmethod
    def last_cycle(self, ticket_id: int, metric: str) -> int:
        """The number of its newest clock for this metric; 0 where there was none."""

    @abstractmethod
    def entries(self, clock_id: int) -> Sequence[SlaEntry]:
        """In the order in which they were noted."""

    @abstractmethod
    def calendar_that_was(self, calendar_id: int) -> Calendar | None:
        """One that is gone, as it was in the end."""

    @abstractmethod
    def noted(self, clock_id: int, kind: Entry, at: datetime) -> bool:
        """The ledger tells of it already, for this instant."""


def recall(change: Change) -> Recall:
    return change if isinstance(change, Recall) else Recorded(change)


def told_of(change: Change, clock: SlaClock) -> Folded:
    """What its entries add up to."""
    return fold(recall(change).entries(clock.id))


def stretches_of(change: Change, clock: SlaClock) -> list[Stretch]:
    """When it ran since it was last activated, oldest first."""
    return list(told_of(change, clock).stretches)


class Recorded(Recall):
    """As the tables have it, this change's own work included."""

    def __init__(self, change: Change) -> None:
        self._change = change

    def policies(self) -> Sequence[SlaPolicy]:
        return self._change.peek_once(SlaPolicy, in_force())

    def happened(self, ticket_id: int, *kinds: type[Event]) -> Sequence[tuple[datetime, Event]]:
        mine = select(LogRow).where(LogRow.ticket_id == ticket_id, col(LogRow.kind).in_(_names(kinds)))
        return [(row.at, row.event) for row in self._change.rows(mine.order_by(col(LogRow.pos)))]

    def last(self, ticket_id: int, *kinds: type[Event]) -> datetime | None:
        mine = select(LogRow.at).where(LogRow.ticket_id == ticket_id, col(LogRow.kind).in_(_names(kinds)))
        return self._change.one(mine.order_by(col(LogRow.pos).desc()))

    def answered_at(self, ticket_id: int) -> datetime | None:
        ours = select(Message.at).where(Message.ticket_id == ticket_id, Message.kind == MessageKind.OUT.value)
        by_people = ours.where(col(Message.by).not_like(f"{BOT}%"))
        return self._change.one(by_people.order_by(col(Message.seq).desc()))

    def came(self, message_id: int) -> datetime | None:
        return self._change.one(select(Message.at).where(Message.id == message_id))

    def newest(self, ticket_id: int, metric: str, **columns: Any) -> SlaClock | None:
        mine = select(SlaClock).where(SlaClock.ticket_id == ticket_id, SlaClock.metric == metric)
        for name, value in columns.items():
            mine = mine.where(getattr(SlaClock, name) == value)
        return self._change.one(mine.order_by(col(SlaClock.cycle).desc()))

    def last_cycle(self, ticket_id: int, metric: str) -> int:
        mine = select(SlaClock.cycle).where(SlaClock.ticket_id == ticket_id, SlaClock.metric == metric)
        return self._change.one(mine.order_by(col(SlaClock.cycle).desc())) or 0

    def entries(self, clock_id: int) -> Sequence[SlaEntry]:
        mine = select(SlaEntry).where(SlaEntry.clock_id == clock_id)
        return self._change.rows(mine.order_by(col(SlaEntry.noted_at), col(SlaEntry.id)))

    def calendar_that_was(self, calendar_id: int) -> Calendar | None:
        was = former.last_of(self._change, Calendar, calendar_id)
        return None if was is None else Calendar(id=calendar_id, **was)

    def noted(self, clock_id: int, kind: Entry, at: datetime) -> bool:
        mine = select(SlaEntry.id).where(SlaEntry.clock_id == clock_id, SlaEntry.kind == kind.value, SlaEntry.at == at)
        return bool(self._change.peek(SlaEntry, mine.limit(1)))


def _names(kinds: Sequence[type[Event]]) -> list[str]:
    return [kind.__name__ for kind in kinds]
