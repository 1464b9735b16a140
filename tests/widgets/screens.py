"""A desk in the middle of its day, and Ada's console on it: the page as she has it, and as a reload would bring it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from chat import talk, unread, visitor
from chat.site import Site, SiteForm, add_site
from chat.visitor import arrive, hash_of
from routing import offers, presence
from routing.presence import Intent
from routing.queues import add_queue
from routing.reactions import REACTIONS
from routing.sla.policy import Terms, add_policy
from server.database import Database
from tests.cast import MovedClock, a_database, a_desk, an_agent
from tests.engine import a_copy, database_url
from tests.widgets import applier
from tickets import by_hand, log
from tickets.change import Change
from tickets.desk import Desk
from tickets.edge import SignedIn
from tickets.email.outbox import REACTIONS as OUTBOX
from tickets.email.planned import REACTIONS as PLANNED
from tickets.live import Topic
from tickets.people import Customer, IdentifierKind, Role
from tickets.ticket import Ticket
from widgets import fragments, tallies
from widgets.deliveries import Delivery
from widgets.pages import Pages


@dataclass
class Day:
    """A desk with Ada and Bo at it, and Sam who has begun a chat that Ada holds. `ids` names what the story needs."""

    desk: Desk
    clock: MovedClock
    ids: dict[str, int] = field(default_factory=dict)
    language: str = "en"
    pages: Pages = field(default_factory=Pages)
    role: Role = Role.AGENT  # Ada's

    async def does(self, verb: Callable[..., Any], *args: Any, by: str = "system", **kwargs: Any) -> Any:
        return await self.desk.change(verb, *args, by=by, **kwargs)

    async def sam_says(self, text: str, client_id: str) -> None:
        by = f"customer:{self.ids['customer']}"
        who = {"visitor_id": self.ids["sam"], "ticket_id": self.ids["ticket"], "called": "Sam Okafor"}
        await self.does(talk.say, client_id=client_id, text=text, by=by, **who)

    async def takes(self, verb: Callable[..., Any], *args: Any, by: str | None = None, **kwargs: Any) -> Any:
        """A verb of the ticket itself."""

        def act(change: Change) -> Any:
            return verb(change.take(Ticket, self.ids["ticket"]), change, *args, **kwargs)

        return await self.does(act, by=by or self.ada)

    @property
    def ada(self) -> str:
        return f"agent:{self.ids['ada']}"

    @property
    def bo(self) -> str:
        return f"agent:{self.ids['bo']}"

    @property
    def number(self) -> int | None:
        """Of the ticket that is open."""
        return self.ids.get("number")

    def page(self, view: str = "open", *, part: str | None = None) -> str:
        return self.desk.look(self._page, view, part)

    def _page(self, session: Session, view: str, part: str | None) -> str:
        agent = SignedIn(self.ids["ada"], "Ada Lund", self.role, "", 1)
        reader: dict[str, Any] = {
            "agent": agent,
            "language": self.language,
            "csrf": "token",
            "epoch": "e1",
            "now": self.clock.now(),
        }
        if part is None:
            return self.pages.console(session, view=view, ticket_number=self.number, **reader)
        return self.pages.console_part(session, part=part, view=view, ticket_number=self.number, **reader)

    def topics(self, view: str = "open") -> set[Topic]:
        """What Ada's open console follows."""
        ada = self.ids["ada"]
        names = ["staff", f"agent:{ada}", f"view:{view}:{ada}"]
        names += [f"ticket:{self.ids['ticket']}"] if "ticket" in self.ids else []
        return {Topic(name, self.language) for name in names}

    def since(self, cursor: int, view: str = "open") -> list[Delivery]:
        """What the feed would deliver to Ada for everything after `cursor`, and the numbers, if they are recounted."""
        return self.desk.look(self._since, cursor, view)

    def _since(self, session: Session, cursor: int, view: str) -> list[Delivery]:
        topics, rows = self.topics(view), log.after(session, cursor)
        found = fragments.render(session, rows, topics, self.clock.now())
        if any(tallies.may_be_other(row) for row in rows):
            found += tallies.count(session, topics, self.clock.now(), self.desk.rules)
        return found

    @property
    def cursor(self) -> int:
        return self.desk.look(log.newest)

    def kinds_since(self, cursor: int) -> set[str]:
        return {row.kind for row in self.desk.look(log.after, cursor)}

    def live(self, page: Any, deliveries: list[Delivery], view: str = "open") -> Any:
        """The page after these frames."""
        for delivery in deliveries:
            applier.apply(page, delivery.frame, panes=lambda: self.page(view, part="panes"))
        return page


@contextlib.asynccontextmanager
async def a_day(folder: Path, language: str = "en") -> AsyncIterator[Day]:
    async with a_first_day(folder, language) as day:
        await _sam_comes(day)
        yield day


@contextlib.asynccontextmanager
async def a_first_day(folder: Path, language: str = "en", role: Role = Role.AGENT) -> AsyncIterator[Day]:
    """Nobody has written yet."""
    async with _at(a_database(folder), MovedClock()) as desk:
        day = Day(*desk, language=language, role=role)
        await day.does(_open_the_desk, day.ids)
        yield day


@dataclass(frozen=True)
class Morning:
    """A day that went no further, to be gone on with many times: where it is kept, and each list as it was then."""

    url: str
    at: datetime
    ids: dict[str, int]
    cursor: int
    pages: dict[str, str]


async def a_morning(folder: Path, views: Iterable[str]) -> Morning:
    """`views` are lists of the console; "queue" is that of the queue in which Sam's ticket is."""
    async with a_day(folder) as day:
        names = [name if name != "queue" else f"queue-{day.ids['support']}" for name in views]
        pages = {name: day.page(name) for name in names}
        return Morning(database_url(folder), day.clock.at, day.ids, day.cursor, pages)


@contextlib.asynccontextmanager
async def that_day(morning: Morning, folder: Path) -> AsyncIterator[Day]:
    """The same day goes on, in a place of its own."""
    async with _at(Database(a_copy(morning.url, folder)), MovedClock(morning.at)) as desk:
        yield Day(*desk, ids={**morning.ids})


@contextlib.asynccontextmanager
async def _at(database: Database, clock: MovedClock) -> AsyncIterator[tuple[Desk, MovedClock]]:
    with contextlib.closing(database):
        reactions = (*REACTIONS, *OUTBOX, *PLANNED, *unread.REACTIONS)
        async with a_desk(database, clock=clock, reactions=reactions) as desk:
            yield desk, clock


def _open_the_desk(change: Change, ids: dict[str, int]) -> None:
    ada, bo = an_agent(change, "Ada Lund"), an_agent(change, "Bo Lindgren")
    support = add_queue(change, "Support", members=[ada.id, bo.id])
    billing = add_queue(change, "Billing", members=[bo.id])
    site = add_site(change, SiteForm(key="tea", name="Tea shop", default_queue_id=support.id))
    promises = {"first_reply": {"normal": {"minutes": 5}}, "next_reply": {"normal": {"minutes": 30}}}
    promises["resolution"] = {priority: {"minutes": 480} for priority in ("normal", "urgent")}
    ids["policy"] = add_policy(change, Terms("Everybody", promises)).id
    ids |= {"ada": ada.id, "bo": bo.id, "support": support.id, "billing": billing.id, "site": site.id}
    for agent in (ada, bo):
        presence.came(change, agent.id)


async def _sam_comes(day: Day) -> None:
    """His earlier matter is settled; the new one rings at Ada, who takes it and answers."""
    ids = day.ids
    await day.does(presence.set_intent, ids["ada"], Intent.AVAILABLE, by=day.ada)

    def arrives(change: Change) -> None:
        site = change.take(Site, ids["site"])
        sam = arrive(change, site_key=site.key, token_hash=hash_of("sams-token"), language="en")
        visitor.came(change, sam.id)
        ids["sam"] = sam.id

    await day.does(arrives)
    said = await day.does(
        talk.say,
        visitor_id=ids["sam"],
        client_id="c-1",
        text="Where is it?",
        name="Sam Okafor",
        by=f"visitor:{ids['sam']}",
    )
    ids["ticket"] = said.message.ticket_id
    ids["customer"] = int(said.message.by.partition(":")[2])
    ids["number"] = day.desk.look(lambda session: session.get_one(Ticket, ids["ticket"]).number)
    (offer,) = day.desk.look(offers.live_of_agent, ids["ada"])
    await day.does(offers.accept, offer.id, by=day.ada)
    await day.does(by_hand.reply, ids["ticket"], text="One moment.", client_id="a-1", by=day.ada)
    await day.sam_says("Thank you, I wait.", "c-2")


async def another_chat(day: Day, name: str = "李静", token: str = "lis-token") -> int:
    """Somebody else begins a chat; the id of the ticket."""

    def arrives(change: Change) -> int:
        found = arrive(change, site_key="tea", token_hash=hash_of(token), language="zh")
        visitor.came(change, found.id)
        found.introduce(change, name=name, email="shared@mail.example")
        return found.id

    visitor_id = await day.does(arrives)
    said = await day.does(
        talk.say,
        visitor_id=visitor_id,
        client_id=f"c-{token}",
        text="你好，退款什么时候到账？",
        by=f"visitor:{visitor_id}",
    )
    day.ids[token] = visitor_id
    return int(said.message.ticket_id)


def claims_email(change: Change, customer_id: int, value: str) -> None:
    change.take(Customer, customer_id).add_identifier(change, IdentifierKind.EMAIL, value)
