"""The console's pages: what the database knows, drawn for one agent in their language, whole or in parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from markupsafe import Markup
from sqlmodel import Session, select

from routing import views
from tickets import log
from tickets.canned import fill, find_canned
from tickets.errors import NotFound
from tickets.find import LONGEST_QUERY
from tickets.people import Customer, Role
from tickets.text import LONGEST
from tickets.ticket import Ticket
from widgets import labels, lists, panel, planned, posted, promise_notices, ringing, script_words, sidebar, ticket_pane
from widgets.drawing import render
from widgets.embed.page import frame_page, launcher
from widgets.mail_frame import mail_frame
from widgets.names import Names
from widgets.states import looks
from widgets.words import translate

__all__ = ["Pages", "Reader", "render", "translate"]

PARTS = {
    "list": ("console/list.html",),
    "ticket": ("console/ticket.html",),
    "panes": (
        "console/sidebar.html",
        "console/list.html",
        "console/ticket.html",
        "console/notices.html",
        "console/offers.html",
        "console/menus.html",
    ),
}


class Signed(Protocol):
    """The agent who looks, as the edge knows them."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> Role: ...


@dataclass(frozen=True)
class Reader:
    """Who reads the page, and when. `csrf` and `epoch` travel with it; nothing is decided by them."""

    agent: Signed
    language: str
    csrf: str
    epoch: str
    now: datetime
    largest: int = 20 * 1024 * 1024  # bytes of a file that can be sent


class Pages:
    """Everything that is drawn for an eye. One per process; every method reads and none changes anything."""

    def __init__(self, *, public_url: str = "") -> None:
        self.public_url = public_url

    def render(self, template: str, language: str, **facts: Any) -> str:
        return render(template, language, **facts)

    def translate(self, language: str, text: str, **facts: object) -> str:
        return translate(language, text, **facts)

    def console(self, session: Session, /, *, view: str, ticket_number: int | None, **reader: Any) -> str:
        """The whole page: a list, and the ticket that is open. Raises NotFound."""
        screen = Screen(session, Reader(**reader), view, ticket_number)
        return render("console/page.html", screen.reader.language, **screen.facts())

    def console_part(
        self, session: Session, /, *, part: str, view: str, ticket_number: int | None, after: str = "", **reader: Any
    ) -> str:
        """The same templates, for a page that is already open. `after`: more rows of a list, or "earlier" entries."""
        screen = Screen(session, Reader(**reader), view, ticket_number)
        if part == "rows":
            return screen.more_rows(after)
        if part == "earlier":
            return screen.earlier_entries(after)
        if part not in PARTS:
            raise NotFound("There is nothing at this address.")
        facts = screen.ticket_facts() if part == "ticket" else screen.facts()
        return "".join(render(template, screen.reader.language, **facts) for template in PARTS[part])

    def search(self, session: Session, /, *, query: str, part: str | None = None, **reader: Any) -> str:
        """What a search found, in the place of the list."""
        view = lists.FINDS + query[:LONGEST_QUERY]
        if part is None:
            return self.console(session, view=view, ticket_number=None, **reader)
        return self.console_part(session, part=part, view=view, ticket_number=None, **reader)

    def canned(
        self, session: Session, agent: Signed, /, *, query: str, ticket_number: int | None = None
    ) -> list[dict[str, str]]:
        """Canned replies as [{"shortcut", "title", "text"}], their blanks filled in for this ticket and agent."""
        found = session.exec(select(Ticket).where(Ticket.number == ticket_number)).first() if ticket_number else None
        customer = session.get(Customer, found.customer_id) if found else None
        values = {"agent.name": agent.name, "customer.name": customer.name if customer else ""}
        values["ticket.number"] = str(found.number) if found else ""
        queue_id = found.queue_id if found else None
        replies = find_canned(session, query, queue_id=queue_id)
        return [{"shortcut": one.shortcut, "title": one.title, "text": fill(one.text, values)} for one in replies]

    def frame(self, frame: Mapping[str, Any]) -> str:
        """The document inside the chat's frame."""
        return frame_page(frame)

    def mail_frame(self, html: str, language: str) -> str:
        """The document in which a formatted mail is shown, once it has been made harmless."""
        return mail_frame(html, language)

    def loader(self) -> bytes:
        """The script that other people's pages include."""
        return launcher()


class Screen:
    """One agent's console at one moment, read in one snapshot."""

    def __init__(self, session: Session, reader: Reader, view: str, ticket_number: int | None) -> None:
        self.session = session
        self.reader = reader
        self.view = view
        self.cursor = log.newest(session)
        self.names = Names(session, self.cursor)
        self.opened = None if ticket_number is None else ticket_pane.opened(session, ticket_number, self.names)
        self.pane = self.opened.pane if self.opened else None

    def facts(self) -> dict[str, Any]:
        """Everything that the page and its parts are drawn from."""
        reader = self.reader
        language = reader.language
        listing = lists.listing(self.session, self.view, reader.agent.id, self.names)
        return {
            "reader": reader,
            "here": "tickets",
            "listing": listing,
            "title": listing.title(language),
            "rows": self._rows(listing),
            "first_run": not listing.rows and self.session.exec(select(Ticket.id).limit(1)).first() is None,
            "facts": self._script_facts(),
            **self._side(listing.view),
            **self.ticket_facts(),
        }

    def ticket_facts(self) -> dict[str, Any]:
        """What the open ticket is drawn from: whoever goes from one to the next has the list already."""
        return {"cursor": self.cursor, "pane": self.pane, **(self._ticket(self.opened) if self.opened else {})}

    def more_rows(self, after: str) -> str:
        """The rows of the list after the one whose order is given, as a list of their own."""
        listing = lists.listing(self.session, self.view, self.reader.agent.id, self.names, after=after or None)
        return render("console/more.html", self.reader.language, rows=self._rows(listing), more=listing.more)

    def earlier_entries(self, before: str) -> str:
        """The entries of the open ticket's timeline before this position, as a list of their own."""
        if self.pane is None or not (before.isascii() and before.isdigit() and len(before) < 18):
            raise NotFound("There is nothing at this address.")
        entries, earlier = self.pane.entries(self.reader.language, self.session, int(before))
        return render("console/more.html", self.reader.language, rows=Markup("".join(entries)), more=earlier)

    def _rows(self, listing: lists.Listing) -> Markup:
        reader, open_id = self.reader, self.pane.ticket.id if self.pane else None
        return Markup("").join(
            Markup(row.html(reader.language, view=listing.view, now=reader.now, current=row.ticket.id == open_id))
            for row in listing.rows
        )

    def _side(self, view: str) -> dict[str, Any]:
        """The sidebar, the offers, and the menus."""
        session, names, reader = self.session, self.names, self.reader
        language = reader.language
        counted = lists.counts(session, reader.agent.id)
        if view not in counted and (views.part_of(view) or view in labels.PARTS):
            counted[view] = views.count(session, views.view_of(view, reader.agent.id))
        cards = [one.html(language, names, reader.now) for one in ringing.at_agent(session, reader.agent.id)]
        return {
            "initials": names.agents[reader.agent.id].initials,
            "presence": Markup(sidebar.presence_box(session, reader.agent.id, language)),
            "people": Markup(sidebar.colleagues(session, language)),
            "notices": Markup(promise_notices.notices_box(session, reader.agent.id, language)),
            "offers": Markup("".join(cards)),
            "queues": [queue for queue in _by_name(names) if not queue.archived],
            "count": lambda name: Markup(render("console/_count.html", language, view=name, n=counted.get(name, 0))),
            "total": Markup(render("console/_total.html", language, view=view, n=counted.get(view, 0))),
            "views": labels.VIEWS,
            "statuses": labels.STATUSES,
            "status_hints": labels.STATUS_HINTS,
            "own_statuses": [*names.statuses.values()],
            "priorities": labels.PRIORITIES,
            "outcomes": labels.OUTCOMES,
            "states": [*looks(session).values()],
            "shortcuts": labels.SHORTCUTS,
        }

    def _ticket(self, opened: ticket_pane.Opened) -> dict[str, Any]:
        session, reader = self.session, self.reader
        language, (pane, about, clocks) = reader.language, opened
        entries, earlier = pane.entries(language, session)
        return {
            "name": lists.called(language, pane.customer, pane.ticket),
            "head": Markup(pane.head(language, reader.now)),
            "shown": Markup(pane.shown(language)),
            "seen": Markup(pane.seen(language)),
            "planned": Markup(planned.among(session, pane.ticket, about.mail, self.names, language)),
            "recipients": Markup(posted.recipients(session, pane.ticket, about.mail, language)),
            "entries": Markup("".join(entries)),
            "earlier": earlier,
            "panel": Markup(panel.panel(session, about, clocks).html(language, self.names, reader.now)),
        }

    def _script_facts(self) -> dict[str, Any]:
        """What the page's scripts go by."""
        reader = self.reader
        return {
            "me": reader.agent.id,
            "name": reader.agent.name,
            "language": reader.language,
            "epoch": reader.epoch,
            "cursor": self.cursor,
            "now": reader.now.isoformat(),
            "longest": LONGEST,
            "largest": reader.largest,
            "words": script_words.words(reader.language),
        }


def _by_name(names: Names) -> list[Any]:
    return sorted(names.queues.values(), key=lambda queue: queue.name.casefold())
