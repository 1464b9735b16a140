"""Turns what happened into what open screens must show: an event says what is out of date, the state is drawn anew."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache

from sqlmodel import Session, col, select

from chat.frames import visitor_frames
from routing import views
from tickets.email.correspondence import Correspondence
from tickets.errors import NotFound
from tickets.live import Topic
from tickets.log import LogRow
from tickets.merged import number_of_target
from tickets.people import Customer
from tickets.plain import Beside, listed, plain
from tickets.ticket import Ticket
from widgets import lists, planned, posted, promise_notices, ringing, sidebar, sla, timeline
from widgets.about import about_id
from widgets.deliveries import Delivery, Swap, append, place, reload, remove, replace, swaps, to_visitor
from widgets.dirt import Dirt, Part
from widgets.names import Names, heard
from widgets.panel import panel, promises, sharing
from widgets.ringing import Ringing
from widgets.ticket_pane import Pane
from widgets.waiting_card import waiting_card

MOST_OF_A_CUSTOMER = 200  # tickets whose rows follow a change of their customer


def render(session: Session, rows: Sequence[LogRow], topics: Collection[Topic], now: datetime) -> list[Delivery]:
    """What these events mean to everyone who follows one of these topics. At most one console frame for a topic."""
    if not rows or not topics:
        return []
    followed = Followed.of(frozenset(topics))
    work = _Work(session, rows, followed, now)
    return [*work.for_consoles(), *work.for_visitors(rows)]


@dataclass
class Followed:
    """The topics that anyone follows, by what they are about."""

    tickets: dict[int, set[Topic]] = field(default_factory=dict)
    agents: dict[int, set[Topic]] = field(default_factory=dict)
    chats: dict[int, set[Topic]] = field(default_factory=dict)
    views: list[tuple[Topic, views.View]] = field(default_factory=list)
    staff: set[Topic] = field(default_factory=set)

    @classmethod
    @lru_cache(maxsize=4)  # whoever comes or goes makes it another
    def of(cls, topics: frozenset[Topic]) -> Followed:
        followed = cls()
        by_kind = {"ticket": followed.tickets, "agent": followed.agents, "chat": followed.chats}
        for topic in topics:
            kind, _, rest = topic.name.partition(":")
            if kind == "staff":
                followed.staff.add(topic)
            elif kind == "view":
                followed._add_view(topic, rest)
            elif kind in by_kind and rest.isdigit():
                by_kind[kind].setdefault(int(rest), set()).add(topic)
        return followed

    def _add_view(self, topic: Topic, rest: str) -> None:
        """A search, or a list that nobody has, follows nothing."""
        name, _, agent_id = rest.rpartition(":")
        with suppress(NotFound, ValueError):
            self.views.append((topic, views.view_of(name, int(agent_id))))


class _Work:
    """One batch. Everything is read once for all of it; each fragment is drawn once for each language."""

    def __init__(self, session: Session, rows: Sequence[LogRow], followed: Followed, now: datetime) -> None:
        self._session = session
        self._at = rows[-1].pos
        self._followed = followed
        self._now = now
        self._dirt = Dirt.of(rows)
        heard(session, rows)
        self._names = Names(session, self._at)
        self._drawn: dict[tuple[int, str, str], Swap] = {}
        self._moved: dict[tuple[views.View, str], list[Swap]] = {}

    def for_consoles(self) -> Iterator[Delivery]:
        self._spread()
        for ticket_id in sorted(self._dirt.of_ticket & self._followed.tickets.keys()):
            for topic in self._followed.tickets[ticket_id]:
                yield from self._delivered(topic, self._ticket(ticket_id, topic.language))
        for topic, view in self._followed.views:
            yield from self._delivered(topic, self._view(view, topic.language))
        for agent_id, topics in self._followed.agents.items():
            for topic in topics:
                yield from self._delivered(topic, self._agent(agent_id, topic.language))
        yield from self._for_staff()

    def for_visitors(self, rows: Sequence[LogRow]) -> Iterator[Delivery]:
        chats = self._followed.chats
        here = [row for row in rows if row.ticket_id in chats]
        for ticket_id, frames in visitor_frames(self._session, here, self._said.messages).items() if here else ():
            yield from to_visitor(chats[ticket_id], frames)

    def _delivered(self, topic: Topic, found: list[Swap]) -> Iterator[Delivery]:
        if found:
            yield swaps(topic, found, self._at)

    def _spread(self) -> None:
        """A customer's name stands on all their tickets, and each one on the others; what rings shows its ticket."""
        dirt, open_here = self._dirt, self._followed.tickets.keys()
        if dirt.customers:
            alike = sharing(self._session, dirt.customers)
            theirs = select(Ticket.id).where(col(Ticket.customer_id).in_(dirt.customers))
            ids = set(self._session.exec(theirs.order_by(col(Ticket.id).desc()).limit(MOST_OF_A_CUSTOMER)))
            dirt.tickets[Part.ROW] |= ids
            dirt.tickets[Part.HEAD] |= ids & open_here
            dirt.tickets[Part.PANEL] |= self._open_tickets_of(alike) if open_here else set()
        dirt.offers |= {ring.offer.id: ring.offer.agent_id for ring in self._ringing.values()}
        if dirt.suppressions and open_here:
            dirt.tickets[Part.RECIPIENTS] |= posted.answered_at(self._session, open_here, dirt.suppressions)
        if dirt.lines and open_here:
            dirt.tickets[Part.WAITING] |= self._open_tickets_in(dirt.lines)
        past = dirt.tickets[Part.PAST]
        if past and open_here:
            people = set(self._session.exec(select(Ticket.customer_id).where(col(Ticket.id).in_(past))))
            dirt.tickets[Part.PANEL] |= self._open_tickets_of(people)

    def _open_tickets_of(self, customers: set[int]) -> set[int]:
        """Tickets that stand open on a screen and belong to one of these customers."""
        here = select(Ticket.id).where(col(Ticket.id).in_(set(self._followed.tickets)))
        return set(self._session.exec(here.where(col(Ticket.customer_id).in_(customers))))

    def _open_tickets_in(self, queues: set[int]) -> set[int]:
        """Tickets that stand open on a screen and in one of these queues; 0: in any."""
        here = select(Ticket.id).where(col(Ticket.id).in_(set(self._followed.tickets)))
        return set(self._session.exec(here if 0 in queues else here.where(col(Ticket.queue_id).in_(queues))))

    @cached_property
    def _ringing(self) -> Mapping[int, Ringing]:
        """What rings, of the offers and tickets that were touched."""
        return (
            ringing.among(self._session, self._dirt.offers, self._dirt.tickets[Part.ROW])
            if self._followed.agents
            else {}
        )

    @cached_property
    def _theirs(self) -> Sequence[tuple[Ticket, Customer]]:
        """The tickets that any screen needs, and whose they are."""
        wanted = self._dirt.of_ticket & self._followed.tickets.keys()
        wanted |= self._dirt.tickets[Part.ROW] if self._followed.views else set()
        wanted |= self._dirt.tickets[Part.LOAD] if self._followed.agents else set()
        return _THEIRS.all(self._session, ids=wanted) if wanted else ()

    @cached_property
    def _tickets(self) -> dict[int, Ticket]:
        return {ticket.id: ticket for ticket, _ in self._theirs}

    @cached_property
    def _customers(self) -> dict[int, str]:
        """By ticket."""
        return {ticket.id: customer.name for ticket, customer in self._theirs}

    @cached_property
    def _clocks(self) -> sla.Clocks:
        """All that have not ended."""
        return sla.read_clocks(self._session, (id for one in self._tickets.values() for id in one.sla_clocks.values()))

    @cached_property
    def _chips(self) -> Mapping[int, sla.Chip]:
        return sla.nearest(self._session, self._tickets.values(), self._names, self._clocks)

    @cached_property
    def _said(self) -> timeline.Said:
        here = [row for id, rows in self._dirt.entries.items() if id in self._followed.tickets for row in rows]
        return timeline.Said.of(self._session, here)

    def _ticket(self, ticket_id: int, language: str) -> list[Swap]:
        """What changes in the panes of one open ticket."""
        dirty = {part for part, tickets in self._dirt.tickets.items() if ticket_id in tickets}
        ticket = self._tickets.get(ticket_id) if dirty else None
        if ticket is None:
            return []
        chip = self._chips.get(ticket_id) if Part.HEAD in dirty else None
        merged = number_of_target(self._session, ticket) if dirty & {Part.HEAD, Part.SHOWN} else None
        pane = Pane(ticket, self._customers[ticket.id], self._names, chip, merged)
        found = self._entries(pane, language)
        if Part.HEAD in dirty:
            found.append(replace(f"head-{ticket_id}", pane.head(language, self._now)))
        if Part.SHOWN in dirty:
            found.append(replace(f"shown-{ticket_id}", pane.shown(language)))
        if Part.SEEN in dirty:
            found.append(replace(f"seen-{ticket_id}", pane.seen(language)))
        found += self._mail(ticket, dirty, language)
        if Part.PANEL in dirty:
            found.append(replace(f"panel-{ticket_id}", self._panel(ticket, language)))
        else:
            if Part.PROMISES in dirty:
                found.append(replace(f"promises-{ticket_id}", self._promises(ticket, language)))
            if Part.WAITING in dirty:
                card = waiting_card(self._session, ticket)
                found.append(replace(f"waiting-{ticket_id}", card.html(language, self._names)))
        return found

    def _entries(self, pane: Pane, language: str) -> list[Swap]:
        rows = self._dirt.entries.get(pane.ticket.id, [])
        customer = lists.called(language, pane.customer, pane.ticket)
        entries = timeline.entries(rows, self._said, self._names, customer)
        to = f"timeline-{pane.ticket.id}"
        return [append(to, entry.id, entry.html(language, customer)) for entry in entries]

    def _panel(self, ticket: Ticket, language: str) -> str:
        about = about_id(self._session, ticket.id)
        assert about is not None
        return panel(self._session, about, self._clocks).html(language, self._names, self._now)

    def _mail(self, ticket: Ticket, dirty: set[Part], language: str) -> list[Swap]:
        """To whom the answers go, which ones wait, and what became of those that went."""
        found = []
        if Part.RECIPIENTS in dirty:
            mail = self._session.get(Correspondence, ticket.id)
            html = posted.recipients(self._session, ticket, mail, language)
            found.append(replace(f"recipients-{ticket.id}", html))
        if Part.PLANNED in dirty:
            html = planned.waiting(self._session, ticket.id, self._names, language)
            found.append(replace(f"planned-{ticket.id}", html))
        if Part.POSTED in dirty:
            mails = posted.fates_of(self._session, self._dirt.posted[ticket.id])
            found += [replace(f"mail-{message_id}", fate.html(language)) for message_id, fate in mails.items()]
        return found

    def _promises(self, ticket: Ticket, language: str) -> str:
        return promises(self._session, ticket, language, self._names, self._now, self._clocks)

    def _view(self, view: views.View, language: str) -> list[Swap]:
        """Rows that come, move or go; the same for everyone who has that list."""
        key = (view, language)
        if key not in self._moved:
            rows = self._dirt.tickets[Part.ROW]
            shown = [self._tickets[ticket_id] for ticket_id in sorted(rows) if ticket_id in self._tickets]
            self._moved[key] = [
                self._row(ticket, view.name, language) if view.matches(ticket) else remove(f"row-{ticket.id}")
                for ticket in shown
            ]
        return self._moved[key]

    def _row(self, ticket: Ticket, view: str, language: str) -> Swap:
        key = (ticket.id, view, language)
        if key not in self._drawn:
            row = lists.row_of(ticket, self._customers[ticket.id], self._names, self._chips.get(ticket.id))
            html = row.html(language, view=view, now=self._now)
            self._drawn[key] = place(f"list-{view}", f"row-{ticket.id}", html, row.order)
        return self._drawn[key]

    def _agent(self, agent_id: int, language: str) -> list[Swap]:
        """What rings at one agent, what they are told, and how much they hold."""
        found = []
        for offer_id, agent in self._dirt.offers.items():
            if agent == agent_id:
                rings = self._ringing.get(offer_id)
                if rings is None:
                    found.append(remove(f"offer-{offer_id}"))
                else:
                    found.append(append("offers", f"offer-{offer_id}", rings.html(language, self._names, self._now)))
        if agent_id in self._dirt.told:
            found.append(replace("notices", promise_notices.notices_box(self._session, agent_id, language)))
        if agent_id in self._loaded:
            found.append(replace("presence", sidebar.presence_box(self._session, agent_id, language)))
        return found

    @cached_property
    def _loaded(self) -> set[int]:
        """Whose load may be another: those the events name, and those who hold the tickets."""
        held = self._dirt.tickets[Part.LOAD]
        holders = {ticket.agent_id for ticket in self._tickets.values() if ticket.id in held}
        return self._dirt.agents | {agent for agent in holders if agent is not None}

    def _for_staff(self) -> Iterator[Delivery]:
        """What stands on every console."""
        for topic in self._followed.staff:
            if self._dirt.everything:
                yield reload(topic, self._at)
                continue
            found = [remove("first-run")] if self._begun else []
            if self._dirt.people:
                found.append(replace("people", sidebar.colleagues(self._session, topic.language)))
            yield from self._delivered(topic, found)

    @cached_property
    def _begun(self) -> bool:
        """Whether the desk's first ticket is among these."""
        opened = self._dirt.tickets[Part.BEGINNING]
        return bool(opened) and self._session.exec(select(Ticket.id).order_by(col(Ticket.id)).limit(1)).one() in opened


_THEIRS = Beside(
    plain(Ticket, Customer).join(Customer, col(Customer.id) == Ticket.customer_id).where(listed(col(Ticket.id))),
    Ticket,
    Customer,
)
