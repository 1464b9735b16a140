"""The list of tickets at the agent's side: a view, or what a search found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from markupsafe import Markup
from sqlalchemy import select as core_select
from sqlmodel import Session, col, or_, select

from routing import views
from tickets.errors import NotFound
from tickets.find import LONGEST_QUERY, search
from tickets.message import Message
from tickets.people import Customer, initials
from tickets.plain import listed
from tickets.statement import Statement
from tickets.status import Channel
from tickets.ticket import Ticket
from tickets.words import runs
from widgets import sla
from widgets.drawing import render
from widgets.labels import CHANNEL_ICONS, EMPTY, PARTS, PRIORITIES, STATUSES, VIEWS
from widgets.names import Names
from widgets.words import translate
from widgets.written import excerpt

FINDS = "find:"  # a view of this name holds what a search for the rest of it found
_QUIET = {"pending": "pause", "on_hold": "pause", "resolved": "check", "closed": "check", "spam": "x"}


@dataclass(frozen=True)
class Row:
    """One line of a list."""

    ticket: Ticket
    customer: str
    agent: str
    own_status: str = ""  # the own name that its status goes by
    found: Markup | None = None  # why a search found it
    chip: sla.Chip | None = None  # the promise that is due first

    @cached_property
    def order(self) -> str:
        """Its place in every list."""
        return views.order_of(self.ticket)

    def html(self, language: str, *, view: str, now: datetime, current: bool = False) -> str:
        ticket = self.ticket
        return render(
            "console/_row.html",
            language,
            ticket=ticket,
            name=called(language, self.customer, ticket),
            agent=self.agent,
            found=self.found,
            view=view,
            now=now,
            current=current,
            order=self.order,
            sla=self.chip.html(language, now) if self.chip else "",
            waits=ticket.waiting_since is not None and not ticket.done,
            agent_initials=initials(self.agent),
            channel_icon=CHANNEL_ICONS.get(ticket.channel, "inbox"),
            status=STATUSES.get(ticket.status, ticket.status),
            own_status=self.own_status,
            status_icon=_QUIET.get(ticket.status, ""),
            priority=PRIORITIES.get(ticket.priority, ticket.priority),
        )


@dataclass(frozen=True)
class Listing:
    """What a list shows: its rows so far, and where the next ones begin."""

    view: str
    kind: str  # which list it is, a text of ours; empty for all that is open at a queue or an agent
    name: str  # of the queue or agent whose part it is; empty for a list of everything
    rows: Sequence[Row]
    more: str | None
    empty: str
    query: str = ""

    def title(self, language: str) -> str:
        """As in "All open", "Support", "Support · At risk": a queue's name is not translated."""
        kind = translate(language, self.kind) if self.kind else ""
        return " · ".join(part for part in (self.name, kind) if part)


def listing(session: Session, view: str, agent_id: int, names: Names, *, after: str | None = None) -> Listing:
    """Raises NotFound for a view that does not exist."""
    if view.startswith(FINDS):
        return _found(session, view, names)
    kind, name = _title(view, names)
    tickets = list(views.rows(session, view, agent_id, after=after, limit=views.PAGE + 1))
    shown = tickets[: views.PAGE]
    more = views.order_of(shown[-1]) if len(tickets) > views.PAGE else None
    part = views.part_of(view)
    empty = EMPTY.get(part.kind if part and kind else view, EMPTY["queue"])
    return Listing(view, kind, name, rows_of(session, shown, names), more, empty)


def rows_of(session: Session, tickets: Iterable[Ticket], names: Names) -> list[Row]:
    tickets = list(tickets)
    known = customers(session, {ticket.customer_id for ticket in tickets})
    chips = sla.nearest(session, tickets, names)
    return [row_of(ticket, known.get(ticket.customer_id, ""), names, chips.get(ticket.id)) for ticket in tickets]


def row_of(ticket: Ticket, customer: str, names: Names, chip: sla.Chip | None) -> Row:
    return Row(ticket, customer, names.agent(ticket.agent_id), names.status(ticket.status_name_id), chip=chip)


def customers(session: Session, ids: set[int]) -> dict[int, str]:
    """Names by id."""
    if not ids:
        return {}
    return dict(_NAMES.rows(session.connection(), ids=ids))


_NAMES = Statement(core_select(col(Customer.id), col(Customer.name)).where(listed(col(Customer.id))))


def called(language: str, name: str, ticket: Ticket) -> str:
    """The customer's name, or a number for somebody who has not told one."""
    if not name and ticket.channel == Channel.EMAIL:
        return translate(language, "Unknown sender")
    return name or translate(language, "Visitor {number}", number=ticket.number)


def counts(session: Session, agent_id: int) -> dict[str, int]:
    return views.counts(session, agent_id)


def _title(view: str, names: Names) -> tuple[str, str]:
    """Which list it is, and whose part."""
    part = views.part_of(view)
    kind = view if part is None else part.kind
    if kind not in {**VIEWS, **PARTS}:
        raise NotFound("There is no such list.")
    if part is None:
        return VIEWS.get(kind) or PARTS[kind], ""
    name = names.queue(part.id) if part.of == "queue" else names.agent(part.id)
    if not name:
        raise NotFound("There is no such list.")
    return "" if kind == "open" else VIEWS.get(kind) or PARTS[kind], name


def _found(session: Session, view: str, names: Names) -> Listing:
    """Tickets by number, name, address and words, each with the place where it was found."""
    query = view.removeprefix(FINDS)[:LONGEST_QUERY].strip()
    ids = search(session, query) if query else []
    tickets = {ticket.id: ticket for ticket in session.exec(select(Ticket).where(col(Ticket.id).in_(ids)))}
    sought = runs(query)
    excerpts = _excerpts(session, ids, sought)
    rows = rows_of(session, [tickets[id] for id in ids if id in tickets], names)
    marked = [replace(row, found=excerpts.get(row.ticket.id)) for row in rows]
    return Listing(view, "Search", "", marked, None, EMPTY["search"], query)


def _excerpts(session: Session, ids: Sequence[int], sought: Sequence[str]) -> Mapping[int, Markup]:
    """For each ticket the newest message with one of the words, cut to the words around it."""
    if not ids or not sought:
        return {}
    holds: list[Any] = [col(Message.text).icontains(word, autoescape=True) for word in sought]
    newest_last = select(Message).where(col(Message.ticket_id).in_(ids), or_(*holds)).order_by(col(Message.id))
    return {message.ticket_id: excerpt(message.text, sought) for message in session.exec(newest_last)}
