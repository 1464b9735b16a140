"""What can be let happen in the demo: customers who write, ring, complain and lose patience, as they would for real."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from chat import talk, visitor
from routing.callbacks import by_hand as calls
from routing.callbacks.asking import Wish, ask, offered
from routing.callbacks.numbers import read_number
from server.demo import finding, lines
from server.demo.furniture import SITE
from server.demo.mailing import Mailing
from server.demo.story import SAFETY
from tickets.change import Change
from tickets.complaints.filing import Told, file
from tickets.desk import Desk
from tickets.ticket import Ticket


@dataclass(frozen=True)
class Stage:
    """Where a scene is played. `key` is its own: played again with the same one, it is the same scene."""

    desk: Desk
    mailing: Mailing
    key: str

    @property
    def number(self) -> int:
        """What is chosen by it."""
        return int(self.key[:8], 16)


Plays = Callable[[Stage], Awaitable[int | None]]


async def writes(stage: Stage) -> int | None:
    return await stage.mailing.writes(lines.pick(lines.WRITERS, stage.number), key=stage.key)


async def answers(stage: Stage) -> int | None:
    """None where no mail of ours can be answered."""
    ours = await stage.desk.read(finding.newest_of_ours)
    return None if ours is None else await stage.mailing.answers(ours, lines.ANSWER, key=stage.key)


async def chats(stage: Stage) -> int | None:
    return await stage.desk.change(_begin_chat, stage.key, lines.pick(lines.CHATTERS, stage.number), by="system")


async def wants_call(stage: Stage) -> int | None:
    """At once, or as soon as the line for calls opens."""
    return await stage.desk.change(_ask, _wish(stage), by="system")


async def complains(stage: Stage) -> int | None:
    one = lines.pick(lines.CROSS, stage.number)
    told = Told(
        category=one.category,
        text=one.text,
        wanted=one.wanted,
        reference=one.reference,
        name=one.name,
        email=one.address,
        language=one.language,
        site=SITE,
    )
    return (await stage.desk.change(file, stage.key, told, by="system")).ticket.id


async def grows_impatient(stage: Stage) -> int | None:
    """Whoever has been silent longest of those who wait; None where nobody does."""
    who = await stage.desk.read(finding.longest_silent)
    if who is None:
        return None
    if who.thread is not None:
        return await stage.mailing.answers(who.thread, lines.AGAIN, key=stage.key)
    return await stage.desk.change(_say_again, stage.key, who, by=who.actor)


async def comes_due(stage: Stage) -> int | None:
    """The next call that is waiting for its time is moved to the present; where none waits, one is asked for first."""
    waiting = await stage.desk.read(finding.next_call) or await _later(stage)
    if waiting is not None:
        await stage.desk.change(_move_to_now, waiting, by="system")
    return waiting


async def cries_for_help(stage: Stage) -> int | None:
    return await stage.mailing.writes(lines.pick(lines.ALARMED, stage.number), key=stage.key, to=SAFETY)


SCENES: dict[str, Plays] = {
    "mail": writes,
    "chat": chats,
    "call": wants_call,
    "urgent": cries_for_help,
    "complaint": complains,
    "again": grows_impatient,
    "answer": answers,
    "due": comes_due,
}
"""By name, in the order in which they are played."""


def _begin_chat(change: Change, key: str, one: lines.Somebody) -> int:
    """They look in for as long as a visitor may be silent, and are gone then."""
    name = f"demo-{key}"
    known = finding.visitor_of(change, visitor.hash_of(name))
    id = known or visitor.arrive(change, site_key=SITE, token_hash=visitor.hash_of(name), language=one.language).id
    change.write()
    visitor.came(change, id)
    said = talk.say(change, visitor_id=id, client_id=key, text=one.text, name=one.name)
    return said.ticket_id


def _wish(stage: Stage) -> Wish:
    """By a number that nobody has: 555-01xx is kept for stories."""
    one = lines.pick(lines.CALLERS, stage.number)
    phone = read_number(f"+1 {201 + stage.number % 2} 555 01{stage.number // 7 % 100:02}", "")
    return Wish(
        form_key=f"demo-{stage.key}",
        phone=phone,
        name=one.name,
        text=one.text,
        topic=one.topic,
        language=one.language,
        site=SITE,
    )


def _ask(change: Change, wish: Wish) -> int:
    return ask(change, wish).ticket.id


def _say_again(change: Change, key: str, who: finding.Waiting) -> int:
    if who.visitor_id is not None:
        return talk.say(change, visitor_id=who.visitor_id, client_id=key, text=who.words(lines.AGAIN)).ticket_id
    ticket = change.take(Ticket, who.ticket_id)
    ticket.receive(change, who.words(lines.AGAIN), client_id=key, name=who.name)
    return ticket.id


async def _later(stage: Stage) -> int | None:
    """Somebody asks to be rung in the first window that is still to come; None where there is none."""
    found = await stage.desk.read(offered, "orders", stage.desk.clock.now())
    wish = replace(_wish(stage), start=next((window.start for day in found.days for window in day), None))
    return None if wish.start is None else await stage.desk.change(_ask, wish, by="system")


def _move_to_now(change: Change, ticket_id: int) -> None:
    """As their customer does on their own page."""
    with change.acting_as(f"customer:{change.take(Ticket, ticket_id).customer_id}"):
        calls.move(change, ticket_id, None)
