"""A desk on which anybody may do anything, with Ada's console in every view and each customer's chat open beside it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import Any

from lxml.html import HtmlElement
from sqlmodel import Session, select
from sqlmodel.sql.expression import SelectOfScalar

from chat.frames import welcome
from chat.visitor import Visitor
from tests.cast import an_agent
from tests.widgets.applier import parsed, same
from tests.widgets.screens import Day, another_chat
from tickets import log
from tickets.change import Change
from tickets.email.mailbox import add_mailbox
from tickets.errors import Refused
from tickets.live import Topic
from tickets.people import Role
from tickets.ticket import Ticket
from widgets import fragments

OURS = "support@shop.example"
VIEWS = ("mine", "waiting", "unassigned", "in_line")


class Chat:
    """What a visitor's widget shows, kept up by frames alone: widgets/embed/chat.js, without its looks."""

    def __init__(self, visitor_id: int) -> None:
        self.visitor_id = visitor_id
        self.cursor = 0
        self.state: dict[str, Any] | None = None
        self.messages: dict[int, dict[str, Any]] = {}
        self.notes: dict[int, dict[str, Any]] = {}
        self.seen = 0

    def welcome(self, told: dict[str, Any]) -> None:
        self.cursor, self.state = told["cursor"], told["chat"]
        self.messages = {message["id"]: message for message in told["messages"]}
        self.notes = {note["at"]: note for note in told["notes"]}
        self.seen = told["chat"]["seen"] if told["chat"] else 0

    def hear(self, frame: dict[str, Any]) -> None:
        if "message" in frame:
            self.messages[frame["message"]["id"]] = frame["message"]
        elif "chat" in frame:
            self.state, self.seen = frame["chat"], max(self.seen, frame["chat"]["seen"])
        elif "note" in frame:
            after = max((message["seq"] for message in self.messages.values()), default=0)
            self.notes[frame["at"]] = {"at": frame["at"], "after": after, **frame["note"]}
        elif "seen" in frame:
            self.seen = max(self.seen, frame["seen"]["seq"])

    def shown(self) -> dict[str, Any]:
        facts = {key: value for key, value in (self.state or {}).items() if key not in {"place", "seen"}}
        read = [each["seq"] for each in self.messages.values() if each["from"] == "you" and each["seq"] <= self.seen]
        return {"chat": facts, "messages": self.messages, "notes": self.notes, "read": read}


@dataclass
class Scene:
    """What is on the screens is kept up by what the feed delivers, and by nothing else."""

    day: Day
    dice: random.Random
    pages: dict[str, HtmlElement] = field(default_factory=dict)
    chats: list[Chat] = field(default_factory=list)
    cursor: int = 0
    turn: int = 0

    def open(self) -> None:
        self.cursor = self.day.cursor
        self.pages = {view: parsed(self.day.page(view)) for view in VIEWS}
        self.chats = [Chat(self.day.ids[name]) for name in ("sam", "lis-token", "priyas-token")]
        for each in self.chats:
            each.welcome(self.look(each))

    def look(self, chat: Chat) -> dict[str, Any]:
        """What a visitor who comes now is told."""

        def read(session: Session) -> dict[str, Any]:
            row = session.get_one(Visitor, chat.visitor_id)
            told = welcome(session, row, epoch="e1", now=self.day.clock.now(), rules=self.day.desk.rules)["welcome"]
            return dict(json.loads(json.dumps(told)))

        return self.day.desk.look(read)

    def catch_up(self) -> None:
        """What the feed delivers, to everyone who listens."""
        for view, page in self.pages.items():
            self.day.live(page, self.day.since(self.cursor, view), view)
        for each in self.chats:
            self._tell(each)
        self.cursor = self.day.cursor

    def _tell(self, chat: Chat) -> None:
        ticket = self.day.desk.look(lambda session: session.get_one(Visitor, chat.visitor_id).ticket_id)
        if ticket != (chat.state or {}).get("ticket"):
            chat.welcome(self.look(chat))  # as their own line does when a ticket begins
            return
        topic = Topic(f"chat:{ticket}")
        now = self.day.clock.now()
        for delivery in self.day.desk.look(
            lambda s: list(fragments.render(s, log.after(s, chat.cursor), {topic}, now))
        ):
            frame = json.loads(delivery.frame)
            chat.hear(frame)
        chat.cursor = self.day.cursor

    def compare(self, did: str, views: Sequence[str]) -> None:
        for view in views:
            fresh = same(parsed(self.day.page(view)))
            told = "\n".join(unified_diff(same(self.pages[view]), fresh, "live", "reloaded", n=3, lineterm=""))
            assert not told, f"{view} after {did}:\n{told}"
        for each in self.chats:
            anew = Chat(each.visitor_id)
            anew.welcome(self.look(each))
            for part, told in anew.shown().items():
                assert told == each.shown()[part], f"{part} in the chat of {each.visitor_id} after {did}"

    # Who and what

    @property
    def who(self) -> str:
        """One of those at work."""
        return self.dice.choice([self.day.ada, self.day.bo, f"agent:{self.day.ids['grace']}"])

    @property
    def agent(self) -> int:
        return self.day.ids[self.dice.choice(["ada", "bo"])]

    @property
    def queue(self) -> int:
        return self.day.ids[self.dice.choice(["support", "billing"])]

    @property
    def ticket(self) -> int:
        """Sam's, which is open on the screen, half of the time."""
        return self.dice.choice([self.day.ids["ticket"], self.dice.choice(self.rows(select(Ticket.id)))])

    def rows(self, query: SelectOfScalar[int]) -> list[int]:
        """The ids of what there is, in an order that every run finds."""
        return sorted(self.day.desk.look(lambda session: session.exec(query).all()))

    def one(self, query: SelectOfScalar[int]) -> int:
        """Any of them. Refused, where there is none."""
        found = self.rows(query)
        if not found:
            raise Refused("There is none.")
        return self.dice.choice(found)

    def new_id(self) -> str:
        self.turn += 1
        return f"r-{self.turn}"

    async def by_visitor(self, verb: Callable[..., Any], *, of: Chat | None = None, **facts: Any) -> Any:
        chat = of or self.dice.choice(self.chats)
        row = self.day.desk.look(lambda session: session.get_one(Visitor, chat.visitor_id))
        by = f"customer:{row.customer_id}" if row.customer_id else f"visitor:{row.id}"
        told: dict[str, Any] = {"visitor_id": row.id, **facts}
        return await self.day.does(verb, by=by, **told)

    async def on_ticket(self, verb: Callable[..., Any], *args: Any, **facts: Any) -> None:
        """To Sam's, which is open on the screen, or to any other; to the next one, where it cannot be done to this."""
        known = self.rows(select(Ticket.id))
        *others, last = [self.ticket, *self.dice.sample(known, len(known))]
        for ticket in others:
            with suppress(Refused):
                await self.day.does(verb, ticket, *args, by=self.who, **facts)
                return
        await self.day.does(verb, last, *args, by=self.who, **facts)

    async def takes(self, verb: Callable[..., Any], *args: Any, by: str = "", **facts: Any) -> None:
        """A verb of the ticket itself."""
        ticket = self.ticket
        await self.day.does(lambda change: verb(change.take(Ticket, ticket), change, *args, **facts), by=by or self.who)


async def a_scene(day: Day, seed: int) -> Scene:
    """Ada and Bo at work, Grace, who supervises, and three customers in their chats; it can be written to."""

    def hires(change: Change) -> int:
        return an_agent(change, "Grace Hopper", role=Role.SUPERVISOR).id

    day.ids["grace"] = await day.does(hires)
    await day.does(add_mailbox, OURS, name="Tea shop")
    await another_chat(day)
    await another_chat(day, "Priya Nair", "priyas-token")
    scene = Scene(day, random.Random(seed))
    scene.open()
    return scene
