"""The wallboard's numbers counted plainly: by going through every row, one after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session, SQLModel, select

from chat.rating import Rating
from chat.surveys.survey import Survey
from routing.assignment import Assignment
from routing.callbacks.callback import Callback
from routing.hours import Calendar
from routing.offers import Offer
from routing.queues import Queue, QueueMember
from routing.sla.clock import SlaClock
from tickets.complaints.complaint import Complaint
from tickets.log import LogRow
from tickets.ticket import Ticket

DONE = {"resolved", "closed", "spam"}
Row = TypeVar("Row", bound=SQLModel)


class Recount:
    """Every row there is, at one moment."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.now = now
        self.tickets = {one.id: one for one in self._all(session, Ticket)}
        self.clocks = self._all(session, SlaClock)
        self.left = [row for row in self._all(session, LogRow) if row.kind == "LiveEnded"]
        self.ratings = {one.ticket_id: one for one in self._all(session, Rating)}
        self.surveys = self._all(session, Survey)
        self.callbacks = self._all(session, Callback)
        self.complaints = self._all(session, Complaint)
        self.assignments = [one for one in self._all(session, Assignment) if one.ended_at is None]
        self.offers = [one for one in self._all(session, Offer) if one.state == "offered"]
        calendars = {one.id: one.zone for one in self._all(session, Calendar)}
        self.zones = {one.id: calendars.get(one.calendar_id or 0, "UTC") for one in self._all(session, Queue)}
        self.members = {one.agent_id for one in self._all(session, QueueMember)}

    def rows(self, name: str) -> list[tuple[int, bool]]:
        """The rows behind a figure: the ticket, and whether it is a good one."""
        name, _, rest = name.partition("-")
        found: dict[str, Callable[[], list[tuple[int, bool]]]] = {
            "answered": self._answered,
            "abandoned": self._abandoned,
            "handled": lambda: [(one.id, True) for one in self._handled()],
            "rated": lambda: [(id, one.score >= 4) for id, one in self.ratings.items() if self.today(id, one.at)],
            "could": self._could_rate,
            "backlog": lambda: [(one.id, False) for one in self._undone() if rest in {"", self._age(one)}],
            "callbacks": lambda: self._late_ones(self._callbacks(), rest == "late"),
            "complaints": lambda: self._late_ones(self._complaints(rest.removesuffix("-late")), rest.endswith("late")),
        }
        return found[name]()

    def today(self, ticket_id: int, at: datetime | None) -> bool:
        zone = ZoneInfo(self.zones.get(self.tickets[ticket_id].queue_id or 0, "UTC"))
        return at is not None and at <= self.now and at.astimezone(zone).date() == self.now.astimezone(zone).date()

    def in_line(self, ticket: Ticket) -> bool:
        wanted = ticket.live or ticket.status in {"new", "open"}
        free = ticket.agent_id is None and ticket.queue_id is not None and ticket.snoozed_until is None
        return free and wanted and ticket.status not in DONE

    def since(self, ticket: Ticket) -> datetime:
        waits = ticket.waiting_since or ticket.queued_at
        if ticket.first_reply_at is None:
            waits = min(waits, ticket.queued_at)
        return max([waits, *(one.start for one in self.callbacks if one.ticket_id == ticket.id)])

    def _answered(self) -> list[tuple[int, bool]]:
        found = []
        for one in self.clocks:
            if one.metric in {"resolution", "complaint_final"} or one.state == "cancelled":
                continue
            if one.breached_at is not None:
                found += [(one.ticket_id, False)] if self.today(one.ticket_id, one.breached_at) else []
            elif one.state == "met" and self.today(one.ticket_id, one.ended_at):
                found.append((one.ticket_id, True))
        return found

    def _chats_left(self) -> list[LogRow]:
        return [
            one
            for one in self.left
            if one.ticket_id is not None
            and self.tickets[one.ticket_id].channel == "chat"
            and self.today(one.ticket_id, one.at)
        ]

    def _abandoned(self) -> list[tuple[int, bool]]:
        replies = {id: one.first_reply_at for id, one in self.tickets.items()}
        return [
            (id, False)
            for id in {one.ticket_id or 0 for one in self._chats_left() if _before(one.at, replies[one.ticket_id or 0])}
        ]

    def _handled(self) -> list[Ticket]:
        settled = [one for one in self.tickets.values() if one.status in {"resolved", "closed"}]
        return [one for one in settled if self.today(one.id, one.resolved_at)]

    def _could_rate(self) -> list[tuple[int, bool]]:
        ended = {one.ticket_id or 0 for one in self._chats_left() if self._answered_by(one.ticket_id or 0, one.at)}
        ended |= {one.id for one in self._handled() if one.channel == "chat" and one.first_reply_at is not None}
        ended |= {one.ticket_id for one in self.surveys if self.today(one.ticket_id, one.asked_at)}
        ended |= {id for id, one in self.ratings.items() if self.today(id, one.at)}
        return [(id, id in self.ratings) for id in ended]

    def _answered_by(self, ticket_id: int, at: datetime) -> bool:
        reply = self.tickets[ticket_id].first_reply_at
        return reply is not None and reply <= at

    def _undone(self) -> list[Ticket]:
        return [one for one in self.tickets.values() if one.status not in DONE]

    def _age(self, ticket: Ticket) -> str:
        age = self.now - ticket.opened_at
        most = {"4h": timedelta(hours=4), "1d": timedelta(days=1), "3d": timedelta(days=3), "7d": timedelta(days=7)}
        return next((name for name, limit in most.items() if age < limit), "older")

    def _callbacks(self) -> list[tuple[int, bool]]:
        open_ones = [one for one in self.callbacks if one.state != "done"]
        judged = [(one, one.end <= self.now and one.dialled_at is None) for one in open_ones]
        return [(one.ticket_id, late) for one, late in judged if late or one.state == "queued"]

    def _complaints(self, which: str) -> list[tuple[int, bool]]:
        field, metric = {
            "unacknowledged": ("acknowledged_at", "complaint_ack"),
            "undecided": ("decided_at", "complaint_final"),
        }[which]
        broken = {one.ticket_id for one in self.clocks if one.metric == metric and one.breached_at and not one.ended_at}
        open_ones = [one for one in self.complaints if self.tickets[one.ticket_id].status not in DONE]
        return [(one.ticket_id, one.ticket_id in broken) for one in open_ones if getattr(one, field) is None]

    def _late_ones(self, judged: list[tuple[int, bool]], only: bool) -> list[tuple[int, bool]]:
        return [(id, not late) for id, late in judged if late or not only]

    def _all(self, session: Session, kind: type[Row]) -> Sequence[Row]:
        return session.exec(select(kind)).all()


def _before(at: datetime, reply: datetime | None) -> bool:
    return reply is None or reply > at
