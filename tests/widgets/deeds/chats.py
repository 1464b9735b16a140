"""What customers do in their chats, and agents with whatever ticket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy.orm import InstrumentedAttribute
from sqlmodel import col, or_, select

import chat.chores
import routing.chores
import tickets.chores
from chat import talk, visitor
from chat.visitor import Visitor
from routing import handing, offers, presence, told_waits
from routing.offers import Offer
from routing.presence import Intent
from routing.queues import Delivery, Queue
from routing.sla.clock import SlaClock
from server.scheduler import Scheduler
from tests.widgets.scene import Scene
from tests.widgets.stories_of_waits import twenty_talks
from tickets import by_hand
from tickets.change import Change
from tickets.opening import open_ticket
from tickets.people import new_customer
from tickets.saying import Post
from tickets.status import Channel, Priority, Status
from tickets.ticket import Ticket

CHORES = (*tickets.chores.CHORES, *routing.chores.CHORES, *chat.chores.CHORES)
_RINGS = select(Offer.id).where(Offer.state == "offered")
Deed = Callable[[Scene], Awaitable[object]]


async def somebody_comes(scene: Scene) -> None:
    await scene.day.does(visitor.came, scene.dice.choice(scene.chats).visitor_id)


async def somebody_leaves(scene: Scene) -> None:
    """In the middle of their chat: nobody is seen for long."""
    chat = scene.dice.choice(scene.chats)
    await scene.day.does(visitor.came, chat.visitor_id)
    await scene.by_visitor(talk.say, of=chat, client_id=scene.new_id(), text="One moment")
    scene.day.clock.moves(minutes=10)
    await what_is_due(scene)


async def somebody_is_back(scene: Scene) -> None:
    gone = select(Visitor.id).where(~col(Visitor.connected))
    if not scene.rows(gone):
        await somebody_leaves(scene)
    await scene.day.does(visitor.came, scene.one(gone))


async def somebody_waits_live_again(scene: Scene) -> None:
    ticket = scene.ticket

    def waits(change: Change) -> None:
        found = change.take(Ticket, ticket)
        found.end_live(change)
        found.begin_live(change)

    await scene.day.does(waits)


def whoever_it_rings_at(answers: Callable[..., object]) -> Deed:
    """They answer. Where it rings at nobody, Bo has time, and somebody comes."""

    async def deed(scene: Scene) -> None:
        if not scene.rows(_RINGS):
            await scene.day.does(_bo_has_time, scene.day.ids["bo"], scene.day.ids["support"])
            await scene.day.does(somebody_new, scene.day.ids["support"])
        offer = scene.one(_RINGS)
        agent = scene.day.desk.look(lambda session: session.get_one(Offer, offer).agent_id)
        await scene.day.does(answers, offer, by=f"agent:{agent}")

    return deed


def _bo_has_time(change: Change, bo: int, queue: int) -> None:
    found = change.take(Queue, queue)
    found.set_rules(change, delivery=Delivery.OFFER)
    found.set_members(change, [bo])
    for ticket in change.rows(select(Ticket).where(or_(Ticket.agent_id == bo, Ticket.queue_id == queue))):
        if ticket.channel != Channel.COMPLAINT:  # which ends with a decision
            ticket.resolve(change)
    presence.came(change, bo)
    presence.set_intent(change, bo, Intent.AVAILABLE)


def somebody_new(change: Change, queue: int) -> None:
    open_ticket(change, new_customer(change, ""), channel=Channel.CHAT, subject="Hello?", live=True, queue_id=queue)


async def time_passes(scene: Scene) -> None:
    """And whatever falls due is done."""
    scene.day.clock.moves(minutes=scene.dice.choice([1, 4, 12, 40]))
    await what_is_due(scene)


def a_promise_comes_to(when: Literal["warn_at", "due_at"]) -> Deed:
    """The next one does: to its warning, or to its end."""

    async def deed(scene: Scene) -> None:
        column: InstrumentedAttribute[datetime] = getattr(SlaClock, when)
        running = select(SlaClock.id).where(column > scene.day.clock.now(), col(SlaClock.ended_at).is_(None))
        clock = scene.one(running.order_by(column).limit(1))
        scene.day.clock.at = scene.day.desk.look(lambda session: getattr(session.get_one(SlaClock, clock), when))
        await what_is_due(scene)

    return deed


async def what_is_due(scene: Scene) -> None:
    """Those who are at their screens are heard of meanwhile."""
    for name in ("ada", "bo"):
        await scene.day.does(presence.came, scene.day.ids[name])
    await Scheduler(scene.day.desk, CHORES).look()


async def who_waits_is_told(scene: Scene) -> None:
    """For about how long: Bo is there, and there are talks to go by."""
    queue = scene.day.ids["support"]
    await scene.day.does(_bo_has_time, scene.day.ids["bo"], queue)
    await scene.day.does(twenty_talks, scene.day.ids)
    await scene.day.does(somebody_new, queue)
    await scene.day.does(somebody_new, queue)
    scene.day.clock.moves(seconds=told_waits.EVERY.total_seconds())
    await scene.day.does(told_waits.tell, queue)
    await what_is_due(scene)


async def a_chat_is_rated(scene: Scene) -> None:
    """When it has ended."""
    chat, score = scene.dice.choice(scene.chats), scene.dice.randint(1, 5)
    await scene.by_visitor(talk.end, of=chat)
    await scene.by_visitor(talk.rate, of=chat, score=score)


async def a_customer_is_waited_for(scene: Scene) -> None:
    """And answers."""
    ticket, words = scene.ticket, scene.new_id()

    def waits(change: Change) -> None:
        change.take(Ticket, ticket).set_status(change, Status.PENDING)

    def answers(change: Change) -> None:
        found = change.take(Ticket, ticket)
        with change.acting_as(f"customer:{found.customer_id}"):
            found.receive(change, "Here it is.", client_id=words)

    await scene.day.does(waits, by=scene.who)
    await scene.day.does(answers)


async def somebody_sets_their_presence(scene: Scene) -> None:
    agent = scene.agent
    await scene.day.does(presence.set_intent, agent, scene.dice.choice(list(Intent)), by=f"agent:{agent}")


async def something_is_read(scene: Scene) -> None:
    """What a customer has just written."""
    chat = scene.dice.choice(scene.chats)
    said = await scene.by_visitor(talk.say, of=chat, client_id=scene.new_id(), text="Are you there?")
    await scene.day.does(by_hand.see, said.message.ticket_id, said.message.seq, by=scene.who)


async def somebody_else_writes(scene: Scene) -> None:
    """Or a machine of theirs."""
    post = Post("email", scene.day.clock.now())
    told: dict[str, Any] = {"client_id": scene.new_id(), "name": "Priya", "robot": scene.dice.choice([True, False])}
    await scene.takes(Ticket.overhear, "I am away", post=post, by="system", **told)


DEEDS: dict[str, Deed] = {
    "says": lambda s: s.by_visitor(talk.say, client_id=s.new_id(), text=s.dice.choice(["Hello?", "你好", "And?"])),
    "says something else": lambda s: s.by_visitor(talk.say, client_id=s.new_id(), text="Another matter", new=True),
    "ends": lambda s: s.by_visitor(talk.end),
    "rates": a_chat_is_rated,
    "comes": somebody_comes,
    "leaves": somebody_leaves,
    "is back": somebody_is_back,
    "waits live again": somebody_waits_live_again,
    "replies": lambda s: s.on_ticket(by_hand.reply, text="Let me look.", client_id=s.new_id()),
    "notes": lambda s: s.on_ticket(by_hand.note, text="Odd.", client_id=s.new_id()),
    "sees": something_is_read,
    "is overheard": somebody_else_writes,
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
    "accepts": whoever_it_rings_at(offers.accept),
    "declines": whoever_it_rings_at(offers.decline),
    "waits": time_passes,
    "is told how long": who_waits_is_told,
    "is waited for": a_customer_is_waited_for,
    "is nearly late": a_promise_comes_to("warn_at"),
    "is late": a_promise_comes_to("due_at"),
    "is available, or not": somebody_sets_their_presence,
}
