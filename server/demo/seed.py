"""Fills an empty desk with the demo: the story is told to the real desk, by its own verbs, on a clock of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from chat.rating import rate
from routing.queues import Queue
from routing.reactions import REACTIONS
from server.auth import accounts
from server.auth.passwords import Passwords
from server.config import Config
from server.database import Database, migrate
from server.demo import story
from server.demo.furniture import Told, furnish
from server.demo.story import Line, Matter
from tickets import by_hand
from tickets.change import Change
from tickets.desk import Desk
from tickets.opening import open_ticket
from tickets.people import Customer
from tickets.reactions import Reactions
from tickets.status import Priority, Status
from tickets.ticket import Ticket

PASSWORD = "try-frontdesk"  # the demo's, printed for everybody; a real desk chooses its own


class StoryClock:
    """Tells the time at which the story is."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def seed(config: Config) -> None:
    """Tell the story to an empty desk; one that has agents is left as it is."""
    with closing(Database(config.database.url)) as database:
        migrate(database)
        asyncio.run(_tell(database))


def greeting(url: str) -> str:
    """Addresses and logins, for the terminal."""
    rows = "".join(f"    {person.email:<26} {PASSWORD}   {person.role}\n" for person in story.COLLEAGUES)
    return (
        f"\n  Frontdesk demo\n\n  The shop, with the chat in its corner   {url}/demo/shop\n"
        f"  The console, where agents work         {url}/app\n\n  Sign in as\n{rows}\n"
        "  Open the shop in one window and the console in another, and say hello. Ctrl+C stops the desk.\n\n"
    )


async def _tell(database: Database) -> None:
    clock = StoryClock(datetime.now(UTC))
    today, clock.at = clock.at, clock.at - timedelta(days=30)
    desk = Desk(database.writes, database.reads, clock=clock, reactions=Reactions(REACTIONS))
    async with desk:
        if await desk.read(accounts.nobody_yet):
            password_hash = await Passwords().hashed(PASSWORD)
            told = await desk.change(furnish, password_hash, by="system")
            for at, verb in sorted(_scenes(told, today), key=lambda scene: scene[0]):
                clock.at = at
                await verb(desk)


Scene = tuple[datetime, Callable[[Desk], Any]]


def _scenes(told: Told, today: datetime) -> list[Scene]:
    """Everything that was said and done, each at its time."""
    scenes: list[Scene] = []
    for number, matter in enumerate(story.MATTERS):
        teller = _Teller(matter, told, f"demo-{number}")
        at = today - timedelta(hours=matter.hours_ago)
        for index, line in enumerate(matter.lines):
            at += timedelta(minutes=line.after)
            scenes.append((at, teller.says(index, line)))
        scenes.append((at + timedelta(minutes=1), teller.ends(today)))
    return scenes


class _Teller:
    """Tells one matter, line by line."""

    def __init__(self, matter: Matter, told: Told, name: str) -> None:
        self._matter = matter
        self._told = told
        self._name = name
        self._ticket_id = 0
        self._answered_by = ""

    def says(self, index: int, line: Line) -> Callable[[Desk], Any]:
        return lambda desk: self._say(desk, line, f"{self._name}-{index}")

    def ends(self, today: datetime) -> Callable[[Desk], Any]:
        return lambda desk: desk.change(self._end, today, by=self._last_actor)

    @property
    def _customer(self) -> str:
        return f"customer:{self._told.customers[self._matter.customer]}"

    @property
    def _last_actor(self) -> str:
        return f"agent:{self._told.agents[self._answered_by]}" if self._answered_by else "system"

    async def _say(self, desk: Desk, line: Line, client_id: str) -> None:
        if line.who == "customer":
            await desk.change(self._customer_says, line.text, client_id=client_id, by=self._customer)
            return
        kind, _, name = line.who.rpartition(":")
        verb = by_hand.note if kind else by_hand.reply
        actor = f"agent:{self._told.agents[name]}"
        await desk.change(verb, self._ticket_id, text=line.text, client_id=client_id, by=actor)
        self._answered_by = self._answered_by if kind else name

    def _customer_says(self, change: Change, text: str, *, client_id: str) -> None:
        matter = self._matter
        if not self._ticket_id:
            customer = change.take(Customer, self._told.customers[matter.customer])
            queue = change.take(Queue, self._told.queues[matter.queue])
            ticket = open_ticket(
                change, customer, channel=matter.channel, subject=matter.subject, language=customer.language
            )
            ticket.move(change, queue.id)
            self._ticket_id = ticket.id
        change.take(Ticket, self._ticket_id).receive(change, text, client_id=client_id, name=matter.customer)

    def _end(self, change: Change, today: datetime) -> None:
        matter, ticket = self._matter, change.take(Ticket, self._ticket_id)
        if matter.priority is not Priority.NORMAL:
            ticket.set_priority(change, matter.priority)
        if matter.ends is not Status.NEW:
            ticket.set_status(change, matter.ends)
        if matter.snooze_hours is not None:
            ticket.snooze(change, today + timedelta(hours=matter.snooze_hours))
        if matter.rated is not None:
            with change.acting_as(self._customer):
                rate(change, ticket.id, score=matter.rated[0], comment=matter.rated[1])
