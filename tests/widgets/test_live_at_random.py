"""Whatever people do, and in whatever order: who has listened all along sees what a reload brings, on both sides."""

from __future__ import annotations

import json
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from lxml.html import HtmlElement
from sqlmodel import Session, col, select

import chat.chores
import routing.chores
import tickets.chores
from chat import talk, visitor
from chat.frames import welcome
from chat.visitor import Visitor
from routing import handing, offers, presence
from routing.presence import Intent
from server.scheduler import Scheduler
from tests.cast import an_agent
from tests.widgets.applier import parsed, same
from tests.widgets.screens import Day, a_day, another_chat
from tickets import by_hand, log
from tickets.change import Change
from tickets.errors import Refused
from tickets.live import Topic
from tickets.people import Role
from tickets.status import Priority, Status
from tickets.ticket import Ticket
from widgets import fragments

VIEWS = ("mine", "waiting", "unassigned", "in_line")
CHORES = (*tickets.chores.CHORES, *routing.chores.CHORES, *chat.chores.CHORES)
STEPS = 25
Deed = Callable[["Scene"], Awaitable[object]]


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
    """A desk where anybody may do anything, Ada's console on it in every view, and every customer's chat."""

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
    def ticket(self) -> int:
        """Sam's, which is open on the screen, half of the time."""
        known = self.day.desk.look(lambda session: session.exec(select(Ticket.id).order_by(col(Ticket.id))).all())
        return self.dice.choice([self.day.ids["ticket"], self.dice.choice(known)])

    @property
    def agent(self) -> int:
        return self.day.ids[self.dice.choice(["ada", "bo"])]

    def new_id(self) -> str:
        self.turn += 1
        return f"r-{self.turn}"

    async def by_visitor(self, verb: Callable[..., Any], **facts: Any) -> None:
        chat = self.dice.choice(self.chats)
        row = self.day.desk.look(lambda session: session.get_one(Visitor, chat.visitor_id))
        by = f"customer:{row.customer_id}" if row.customer_id else f"visitor:{row.id}"
        told: dict[str, Any] = {"visitor_id": row.id, **facts}
        await self.day.does(verb, by=by, **told)

    async def on_ticket(self, verb: Callable[..., Any], *args: Any, **facts: Any) -> None:
        await self.day.does(verb, self.ticket, *args, by=self.who, **facts)


async def somebody_comes_or_goes(scene: Scene) -> None:
    chat = scene.dice.choice(scene.chats)
    await scene.day.does(visitor.came, chat.visitor_id)


async def an_offer_is_answered(scene: Scene) -> None:
    for name in ("ada", "bo"):
        for offer in scene.day.desk.look(offers.live_of_agent, scene.day.ids[name]):
            verbs: list[Callable[..., Any]] = [offers.accept, offers.decline]
            await scene.day.does(scene.dice.choice(verbs), offer.id, by=f"agent:{scene.day.ids[name]}")
            return


async def time_passes(scene: Scene) -> None:
    """And whatever falls due is done."""
    scene.day.clock.moves(minutes=scene.dice.choice([1, 4, 12, 40]))
    await Scheduler(scene.day.desk, CHORES).look()


async def somebody_sets_their_presence(scene: Scene) -> None:
    agent = scene.agent
    await scene.day.does(presence.set_intent, agent, scene.dice.choice(list(Intent)), by=f"agent:{agent}")


DEEDS: dict[str, Deed] = {
    "says": lambda s: s.by_visitor(talk.say, client_id=s.new_id(), text=s.dice.choice(["Hello?", "你好", "And?"])),
    "says something else": lambda s: s.by_visitor(talk.say, client_id=s.new_id(), text="Another matter", new=True),
    "ends": lambda s: s.by_visitor(talk.end),
    "rates": lambda s: s.by_visitor(talk.rate, score=s.dice.randint(1, 5)),
    "comes": somebody_comes_or_goes,
    "replies": lambda s: s.on_ticket(by_hand.reply, text="Let me look.", client_id=s.new_id()),
    "notes": lambda s: s.on_ticket(by_hand.note, text="Odd.", client_id=s.new_id()),
    "sees": lambda s: s.on_ticket(by_hand.see, s.dice.randint(1, 6)),
    "prioritises": lambda s: s.on_ticket(by_hand.set_priority, s.dice.choice(list(Priority))),
    "names": lambda s: s.on_ticket(by_hand.set_subject, s.new_id()),
    "sets": lambda s: s.on_ticket(by_hand.set_status, s.dice.choice([Status.OPEN, Status.PENDING, Status.ON_HOLD])),
    "snoozes": lambda s: s.on_ticket(by_hand.snooze, s.day.clock.now() + timedelta(minutes=s.dice.choice([20, 300]))),
    "wakes": lambda s: s.on_ticket(by_hand.wake),
    "resolves": lambda s: s.on_ticket(by_hand.resolve),
    "reopens": lambda s: s.on_ticket(by_hand.reopen),
    "assigns": lambda s: s.on_ticket(handing.assign, s.agent),
    "gives back": lambda s: s.on_ticket(handing.give_back),
    "moves": lambda s: s.on_ticket(handing.move, s.day.ids[s.dice.choice(["support", "billing"])]),
    "answers an offer": an_offer_is_answered,
    "waits": time_passes,
    "is available, or not": somebody_sets_their_presence,
}


async def a_scene(day: Day, seed: int) -> Scene:
    def hires(change: Change) -> int:
        return an_agent(change, "Grace Hopper", role=Role.SUPERVISOR).id

    day.ids["grace"] = await day.does(hires)
    await another_chat(day)
    await another_chat(day, "Priya Nair", "priyas-token")
    scene = Scene(day, random.Random(seed))
    scene.open()
    return scene


@pytest.mark.parametrize("seed", [11])
async def test_whatever_happens_a_live_page_equals_a_reloaded_one(seed: int, tmp_path: Path) -> None:
    await play(tmp_path, seed, STEPS)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(100, 103))
async def test_whatever_happens_for_long(seed: int, tmp_path: Path) -> None:
    await play(tmp_path, seed, STEPS * 6)


async def play(folder: Path, seed: int, steps: int) -> None:
    """Do this many things at random; after each one view and every chat are compared, in the end all of them.

    The seed names the story.
    """
    done: list[str] = []
    async with a_day(folder) as day:
        scene = await a_scene(day, seed)
        while len(done) < steps:
            deed = scene.dice.choice(sorted(DEEDS))
            try:
                await DEEDS[deed](scene)
            except Refused:
                continue  # it cannot be done now, and nothing has changed
            done.append(deed)
            scene.catch_up()
            views = VIEWS if len(done) == steps else [VIEWS[len(done) % len(VIEWS)]]
            scene.compare(f"{done[-12:]} (seed {seed}, step {len(done)})", views)
