"""Whoever asks each minute which opening hours hold for a ticket, and writes down whether its promise runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import delete, select

from routing.hours import Calendar, add_calendar
from routing.queues import Delivery, Queue, add_queue
from routing.sla import keeping
from routing.sla.clock import SlaClock
from routing.sla.policy import SlaPolicy, Terms, add_policy
from tests.cast import MONDAY, a_ticket
from tests.routing.floor import settle
from tests.routing.sla.promises import OFFICE, ALoggedChange, the_scheduler_looks
from tests.routing.sla.replay.meanwhile import LATER, NIGHTS
from tickets.saying import Post
from tickets.status import Channel, Priority, Status
from tickets.ticket import Ticket

MINUTE = timedelta(minutes=1)
PROMISED = {"normal": (300, True), "high": (200, True), "low": (900, False)}  # minutes, and whether in opening hours
Open = Callable[[datetime], bool]
OPEN: dict[object, Open] = {
    OFFICE.week: lambda minute: minute.weekday() < 5 and 9 <= minute.hour < 17,
    LATER.week: lambda minute: minute.weekday() < 5 and 11 <= minute.hour < 20,
    NIGHTS.week: lambda minute: minute.hour < 8,
    None: lambda minute: True,
}


@dataclass
class Clerk:
    """Writes down of every minute whether the promise ran, and which hours held for it."""

    change: ALoggedChange
    queues: list[Queue]
    office: Calendar
    nights: Calendar
    ticket: Ticket
    hours: list[object] = field(default_factory=list)
    ran: list[bool] = field(default_factory=list)
    stopped: int = 0  # when it last stood still
    happened: int = 0  # when anything last did

    @property
    def runs(self) -> bool:
        return not self.ticket.done and self.ticket.status != Status.PENDING

    def does(self, minutes: int, deed: Deed) -> None:
        """So long after what was before."""
        ran = self.runs
        self.hours += [self.holding()] * minutes
        self.ran += [ran] * minutes
        self.change.moves(minutes=minutes)
        deed(self)
        settle(self.change)
        self.happened = len(self.ran)
        self.stopped = self.happened if ran and not self.runs else self.stopped

    def holding(self) -> object:
        """The week of the hours of now; None: always open."""
        (policy,) = self.change.rows(select(SlaPolicy))
        queue = self.change.take(Queue, self.ticket.queue_id or 0)
        id = policy.calendar_id or queue.calendar_id
        return None if id is None else self.change.take(Calendar, id).hours.week

    def counted(self) -> list[int]:
        _, business = PROMISED[self.ticket.priority]
        minutes = enumerate(zip(self.ran, self.hours, strict=True))
        return [n for n, (ran, hours) in minutes if ran and (not business or OPEN[hours](at(n)))]

    def due(self) -> datetime | None:
        """The end of the minute in which the target is reached, as far ahead as need be."""
        target, business = PROMISED[self.ticket.priority]
        counted, ahead, holding = self.counted(), len(self.ran), OPEN[self.holding()]
        while len(counted) < target and self.runs:
            if not business or holding(at(ahead)):
                counted.append(ahead)
            ahead += 1
        return at(counted[target - 1] + 1) if len(counted) >= target else None


Deed = Callable[[Clerk], None]
_DESK: list[ALoggedChange] = []
_BEGAN: list[datetime] = []


def moves_to(n: int) -> Deed:
    return lambda clerk: clerk.ticket.move(clerk.change, clerk.queues[n].id)


def becomes(priority: Priority) -> Deed:
    return lambda clerk: clerk.ticket.set_priority(clerk.change, priority)


def it_waits_for_sam(clerk: Clerk) -> None:
    clerk.ticket.set_status(clerk.change, Status.PENDING)


def it_is_resolved(clerk: Clerk) -> None:
    clerk.ticket.resolve(clerk.change)


def it_goes_on(clerk: Clerk) -> None:
    if clerk.ticket.done:
        clerk.ticket.reopen(clerk.change)
    else:
        clerk.ticket.set_status(clerk.change, Status.OPEN)


def sams_mail_is_read_late(clerk: Clerk) -> None:
    """What it was moved to in between held from then on; of what had ended, nobody asked in which hours it would be."""
    now = len(clerk.ran)
    came = max(now - 60, clerk.happened if clerk.ticket.done else 0)
    if not clerk.runs:
        since = max(came, clerk.stopped)
        clerk.ran[since:] = [True] * (now - since)
    post = Post(Channel.EMAIL, at(came))
    clerk.ticket.receive(clerk.change, "And now?", client_id=str(clerk.change.new_id()), post=post)


def the_policy_has_hours_of_its_own(clerk: Clerk) -> None:
    (policy,) = clerk.change.rows(select(SlaPolicy))
    policy.edit(clerk.change, terms(None if policy.calendar_id else clerk.nights.id))
    is_applied(clerk)


def the_queue_has_other_hours(clerk: Clerk) -> None:
    queue = clerk.queues[1]
    other = None if queue.calendar_id else clerk.nights.id
    queue.set_rules(clerk.change, delivery=Delivery.PULL, calendar_id=other)
    is_applied(clerk)


def the_office_is_open_at_other_times(clerk: Clerk) -> None:
    clerk.office.set_hours(clerk.change, LATER if clerk.office.hours == OFFICE else OFFICE)


def the_scheduler(clerk: Clerk) -> None:
    the_scheduler_looks(clerk.change)


DEEDS: list[Deed] = [
    *map(moves_to, range(3)), *map(becomes, (Priority.NORMAL, Priority.HIGH, Priority.LOW)),
    it_waits_for_sam, it_is_resolved, it_goes_on, sams_mail_is_read_late, the_policy_has_hours_of_its_own,
    the_queue_has_other_hours, the_office_is_open_at_other_times, the_scheduler,
]  # fmt: skip


def a_clerk() -> Clerk:
    """On a Monday at nine; the same desk for all, since it is making tables that takes time."""
    if not _DESK:
        _DESK.append(ALoggedChange())
    change = _DESK[0]
    for table in (SlaClock, SlaPolicy):
        change.claim(delete(table))
    change.clock.at = change.now = max(MONDAY, change.now)
    change.moves(seconds=(_next_monday(change.now) - change.now).total_seconds())
    name = str(change.new_id())
    office, nights = (add_calendar(change, name + kind, hours) for kind, hours in (("o", OFFICE), ("n", NIGHTS)))
    queues = [add_queue(change, name + str(n)) for n in range(3)]
    for queue, calendar in zip(queues, (office, nights), strict=False):
        queue.set_rules(change, delivery=Delivery.PULL, calendar_id=calendar.id)
    add_policy(change, terms(None))
    settle(change)
    ticket = a_ticket(change, queue_id=queues[0].id)
    _BEGAN[:] = [change.now]
    ticket.receive(change, "Where is my parcel?", client_id=name)
    settle(change)
    return Clerk(change, queues, office, nights, ticket)


def after(clerk: Clerk, minutes: int, deed: Deed) -> None:
    clerk.change.moves(minutes=minutes)
    deed(clerk)
    settle(clerk.change)


def the_office_is_given_up(clerk: Clerk) -> None:
    clerk.queues[0].set_rules(clerk.change, delivery=Delivery.PULL)
    clerk.change.write()
    clerk.office.remove(clerk.change)


def at(minute: int) -> datetime:
    return _BEGAN[0] + minute * MINUTE


def terms(calendar_id: int | None) -> Terms:
    promised: dict[str, Any] = {name: {"minutes": n, "business": hours} for name, (n, hours) in PROMISED.items()}
    return Terms("All", {"resolution": promised}, calendar_id=calendar_id)


def is_applied(clerk: Clerk) -> None:
    settle(clerk.change)
    keeping.touch(clerk.change, clerk.ticket, say=True)


# How


def _next_monday(now: datetime) -> datetime:
    today = now.replace(hour=9, minute=0, second=0, microsecond=0)
    return today + timedelta(days=7 - today.weekday())
