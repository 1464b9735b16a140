"""One ticket in the middle of the console: its head, its timeline, and the state that an answer is written against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from tickets.errors import NotFound
from tickets.merged import number_of_target
from tickets.status_names import choice
from tickets.ticket import Ticket
from widgets import sla, timeline
from widgets.about import About, about_number
from widgets.drawing import redraw, render
from widgets.labels import CHANNEL_ICONS, CHANNELS, PRIORITIES, STATUSES
from widgets.lists import called
from widgets.moments import ago
from widgets.names import Names


class Headline(NamedTuple):
    """What the head shows of a ticket's own row."""

    id: int
    number: int
    subject: str
    channel: str
    status: str
    priority: str
    queue_id: int | None
    agent_id: int | None
    live: bool
    done: bool
    snoozed_until: datetime | None
    waiting_since: datetime | None


@dataclass(frozen=True)
class Pane:
    """A ticket with the names around it. Each method is one fragment of its screen."""

    ticket: Ticket
    customer: str
    names: Names
    chip: sla.Chip | None = None  # the promise that is due first
    merged: int | None = None  # the number under which it goes on

    def head(self, language: str, now: datetime) -> str:
        ticket = self.ticket
        agent = self.names.agents.get(ticket.agent_id or 0)
        return redraw(
            "console/_head.html",
            language,
            ticket=Headline._make(getattr(ticket, name) for name in Headline._fields),
            name=called(language, self.customer, ticket),
            agent=agent,
            queue=self.names.queue(ticket.queue_id),
            channel_icon=CHANNEL_ICONS.get(ticket.channel, "inbox"),
            channel=CHANNELS.get(ticket.channel, ticket.channel),
            status=STATUSES.get(ticket.status, ticket.status),
            own_status=self.names.status(ticket.status_name_id),
            status_shown=choice(ticket.status, ticket.status_name_id),
            priority=PRIORITIES.get(ticket.priority, ticket.priority),
            waited=ago(language, ticket.waiting_since, now) if ticket.waiting_since else "",
            merged=self.merged,
            chip=self.chip,
            left=self.chip.html(language, now) if self.chip else "",
        )

    def shown(self, language: str) -> str:
        agent = self.names.agent(self.ticket.agent_id)
        return render("console/_shown.html", language, ticket=self.ticket, agent=agent, merged=self.merged)

    def seen(self, language: str) -> str:
        """How far the customer has read; the page's script says so under the last message that is covered by it."""
        return render("console/_seen.html", language, ticket=self.ticket)

    def entries(self, language: str, session: Session, before: int | None = None) -> tuple[list[str], int | None]:
        """The newest entries (before a position), and where the earlier ones begin."""
        rows, earlier = timeline.newest(session, self.ticket.id, before=before)
        customer = called(language, self.customer, self.ticket)
        found = timeline.entries(rows, timeline.Said.of(session, rows), self.names, customer)
        return [entry.html(language, customer) for entry in found], earlier


class Opened(NamedTuple):
    """A ticket that an agent has opened, with all that was read of it."""

    pane: Pane
    about: About
    clocks: sla.Clocks


def opened(session: Session, number: int, names: Names) -> Opened:
    """Raises NotFound."""
    about = about_number(session, number)
    if about is None:
        raise NotFound("There is no ticket with this number.")
    ticket = about.ticket
    clocks = sla.read_clocks(session, ticket.sla_clocks.values())
    chip = sla.nearest(session, [ticket], names, clocks).get(ticket.id)
    return Opened(Pane(ticket, about.customer.name, names, chip, number_of_target(session, ticket)), about, clocks)
