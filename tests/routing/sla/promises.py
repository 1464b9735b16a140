"""Promises to tell stories about: a policy in minutes, a ticket on a moved clock, and a scheduler that looks once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import insert, select

from routing.calendars import BusinessCalendar
from routing.hours import Calendar, add_calendar
from routing.sla import chores
from routing.sla.clock import SlaClock
from routing.sla.events import SlaBreached, SlaWarned
from routing.sla.ledger import SlaEntry
from routing.sla.policy import SlaPolicy, Terms, add_policy
from tests.cast import MONDAY, UnitChange, a_ticket
from tests.routing.floor import settle
from tickets import log
from tickets.change import Change
from tickets.reactions import Reactions
from tickets.rules import Rules
from tickets.ticket import Ticket

OFFICE = BusinessCalendar("UTC", (((9 * 60, 17 * 60),),) * 5 + ((), ()))
USUAL = {"first_reply": 60, "next_reply": 30, "resolution": 480}


class ALoggedChange(UnitChange):
    """It keeps the log, from which promises that come late are counted, and what was said of promises."""

    def __init__(self, *, rules: Rules | None = None) -> None:
        super().__init__(by="system", rules=rules)
        self.heard: list[SlaWarned | SlaBreached] = []
        self.logged = 0

    def settle(self, reactions: Reactions) -> None:
        super().settle(reactions)
        for by, event in self.events:
            self.logged += 1
            self.execute(insert(log.LogRow), [{**log.row(self.now, by, event), "pos": self.logged}])
        self.heard += [event for event in self.recorded if isinstance(event, SlaWarned | SlaBreached)]


def targets(minutes: Mapping[str, int], *, business: bool = False) -> dict[str, dict[str, dict[str, object]]]:
    """The same for every priority; halved where it is urgent, doubled where it is low."""
    factors = {"urgent": 0.5, "high": 1.0, "normal": 1.0, "low": 2.0}
    return {
        metric: {name: {"minutes": int(n * factor), "business": business} for name, factor in factors.items()}
        for metric, n in minutes.items()
    }


def a_policy(change: Change, minutes: Mapping[str, int] = USUAL, *, name: str = "Everybody") -> SlaPolicy:
    return add_policy(change, Terms(name, targets(minutes)))


def office_hours(change: Change) -> Calendar:
    return add_calendar(change, "Office", OFFICE)


def a_promised_ticket(change: UnitChange, text: str = "Where is my parcel?") -> Ticket:
    """Sam wrote, and the clocks run."""
    ticket = a_ticket(change)
    ticket.receive(change, text, client_id=str(change.new_id()))
    settle(change)
    return ticket


def sam_writes(change: UnitChange, ticket: Ticket) -> None:
    ticket.receive(change, "And now?", client_id=str(change.new_id()))
    settle(change)


def ada_answers(change: UnitChange, ticket: Ticket) -> None:
    ticket.reply(change, "It is on its way.", client_id=str(change.new_id()), name="Ada")
    settle(change)


def the_scheduler_looks(change: UnitChange) -> list[str]:
    """What it finds to say just now, by kind."""
    change.write()
    before = len(change.events)
    for chore in chores.CHORES:
        for key in chore.due(change.session, change.now):
            chore.act(change, key)
        change.write()
    return change.kinds[before:]


def clock_of(change: Change, ticket: Ticket, metric: str) -> SlaClock:
    """The newest of its kind."""
    mine = [clock for clock in clocks_of(change, ticket) if clock.metric == metric]
    return max(mine, key=lambda clock: clock.cycle)


def clocks_of(change: Change, ticket: Ticket) -> Sequence[SlaClock]:
    return change.rows(select(SlaClock).where(SlaClock.ticket_id == ticket.id))


def told(change: Change, ticket: Ticket, metric: str) -> list[str]:
    """What the ledger says of it, oldest first."""
    mine = select(SlaEntry).where(SlaEntry.ticket_id == ticket.id, SlaEntry.metric == metric)
    return [entry.kind for entry in sorted(change.rows(mine), key=lambda entry: entry.id)]


def after(**time: float) -> datetime:
    """So long after the morning on which every story begins."""
    return MONDAY + timedelta(**time)
