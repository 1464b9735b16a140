"""How long a promise to the customer still has, as a chip of an icon and words that counts down by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlmodel import Session, col

from routing.sla.clock import SlaClock
from routing.sla.metrics import State
from tickets.plain import Plain, listed, plain
from tickets.ticket import Ticket
from widgets.drawing import redraw
from widgets.moments import left, length
from widgets.names import Names
from widgets.words import translate


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up where it is shown."""
    return text


METRICS = {
    "first_reply": _("First reply"),
    "next_reply": _("Next reply"),
    "speed_of_answer": _("Speed of answer"),
    "response": _("Response in chat"),
    "periodic_update": _("Update"),
    "pausable_update": _("Pausable update"),
    "resolution": _("Resolution"),
    "agent_work": _("Agent work"),
    "total_resolution": _("Total resolution"),
    "ownership": _("Time in the queue"),
    "callback_window": _("Callback"),
    "complaint_ack": _("Acknowledgement"),
    "complaint_final": _("Final answer"),
}
PAUSES = {"pending": _("Paused: waits for the customer"), "on_hold": _("Paused: waits for a third party")}
ICONS = {"good": "clock", "warn": "warn", "bad": "x", "paused": "pause"}


@dataclass(frozen=True)
class Chip:
    """One running or paused clock. `due` is None while it is paused; then `left` says how many seconds it has."""

    metric: str
    due: datetime | None
    warn: datetime | None = None
    left: int | None = None
    began: datetime | None = None
    target: int | None = None  # seconds; None where the chip stands for a ticket and no clock was read
    calendar: str = ""  # the name of the hours that it runs in; empty: around the clock
    status: str = ""  # of the ticket: it says why a clock is paused

    def state(self, now: datetime) -> str:
        """good, warn, bad or paused. The page's script finds the same from the times alone."""
        if self.due is None:
            return "paused"
        if now >= self.due:
            return "bad"
        return "warn" if self.warn is not None and now >= self.warn else "good"

    def says(self, language: str, now: datetime) -> str:
        """The words of the chip: "3 h 10 m", "8 m late", "Paused"."""
        if self.due is None:
            return translate(language, "Paused")
        if now < self.due:
            return left(language, self.due - now)
        return translate(language, "{time} late", time=left(language, now - self.due))

    def tip(self, language: str) -> str:
        """What it is about, in lines. When it is due is left open as "{time}": the browser knows the reader's zone."""
        return "\n".join(self.lines(language))

    def lines(self, language: str) -> Sequence[str]:
        """Metric, target, and when it is due or why it is paused."""
        found = [translate(language, METRICS.get(self.metric, self.metric))]
        if self.target is not None:
            found.append(self.promise(language))
        found.extend(self.pause(language) if self.due is None else [translate(language, "Due {time}", time="{time}")])
        return found

    def promise(self, language: str) -> str:
        """The target in words: "Within 4 h of Weekdays", "Within 30 m"."""
        time = length(language, self.target or 0, days=not self.calendar)
        if self.calendar:
            return translate(language, "Within {time} of {calendar}", time=time, calendar=self.calendar)
        return translate(language, "Within {time}", time=time)

    def pause(self, language: str) -> Sequence[str]:
        """Why it is paused, and what it has left when it goes on."""
        found = [translate(language, PAUSES.get(self.status, "Paused"))]
        if self.left is not None:
            time = length(language, self.left, days=not self.calendar)
            found.append(translate(language, "{time} left when it goes on", time=time))
        return found

    def html(self, language: str, now: datetime) -> Markup:
        metric, state = METRICS.get(self.metric, self.metric), self.state(now)
        says, icon = self.says(language, now), ICONS[state]
        html = redraw("console/sla.html", language, chip=self, says=says, state=state, icon_name=icon, metric=metric)
        return Markup(html.strip())


Clocks = Mapping[int, SlaClock]
"""By their own ids."""


def nearest(session: Session, tickets: Iterable[Ticket], names: Names, known: Clocks | None = None) -> dict[int, Chip]:
    """The chips of these tickets, by ticket: each of the clock due first. One query, unless they are `known`."""
    tickets = [ticket for ticket in tickets if ticket.sla_due_at is not None or ticket.sla_paused]
    first = {ticket.id: ticket.sla_clocks.get(ticket.sla_metric, 0) for ticket in tickets}
    clocks = read_clocks(session, first.values()) if known is None else known
    return {ticket.id: _chip(ticket, clocks.get(first[ticket.id]), names) for ticket in tickets}


def clocks_of(session: Session, ticket: Ticket, known: Clocks | None = None) -> Sequence[SlaClock]:
    """Its clocks that have not ended, the one that is due first on top, what is paused below."""
    ids = ticket.sla_clocks.values()
    clocks = read_clocks(session, ids) if known is None else known
    shown = [clocks[id] for id in ids if id in clocks and (clocks[id].due_at or _paused(clocks[id]))]
    return sorted(shown, key=lambda clock: (clock.due_at is None, clock.due_at or clock.since, clock.id))


def read_clocks(session: Session, ids: Iterable[int]) -> Clocks:
    wanted = set(ids)
    if not wanted:
        return {}
    return {clock.id: clock for clock in _BY_ID.all(session, ids=sorted(wanted))}


_BY_ID = Plain(SlaClock, plain(SlaClock).where(listed(col(SlaClock.id))))


def chips(ticket: Ticket, clocks: Iterable[SlaClock], names: Names) -> Sequence[Chip]:
    return [_chip(ticket, clock, names) for clock in clocks]


def _chip(ticket: Ticket, clock: SlaClock | None, names: Names) -> Chip:
    if clock is None:
        return Chip(ticket.sla_metric, ticket.sla_due_at, ticket.sla_warn_at, status=ticket.status)
    return Chip(
        metric=clock.metric,
        due=clock.due_at,
        warn=clock.warn_at,
        left=max(0, int(clock.target_seconds - clock.elapsed_seconds)) if _paused(clock) else None,
        began=clock.started_at,
        target=int(clock.target_seconds),
        calendar=names.calendar(clock.calendar_id) if clock.business else "",
        status=ticket.status,
    )


def _paused(clock: SlaClock) -> bool:
    return clock.state == State.PAUSED.value
