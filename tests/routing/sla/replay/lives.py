"""Tickets to which anything happens: to be told again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st
from sqlmodel import col, delete, select

from routing.calendars import BusinessCalendar
from routing.hours import Calendar
from routing.merging import merge, undo
from routing.queues import Queue, add_queue
from routing.sla import applying, keeping
from routing.sla.choosing import seconds_of
from routing.sla.clock import SlaClock
from routing.sla.policy import SlaPolicy, Terms, add_policy
from tests.cast import a_customer, an_agent
from tests.routing.floor import settle
from tests.routing.sla.promises import OFFICE, ALoggedChange, ada_answers, office_hours, sam_writes, the_scheduler_looks
from tickets.errors import Refused
from tickets.opening import open_ticket
from tickets.people import Agent
from tickets.status import Channel, Priority, Status
from tickets.ticket import Ticket

LATER = BusinessCalendar("UTC", (((11 * 60, 20 * 60),),) * 5 + ((), ()))
MINUTES = {
    "first_reply": 60, "next_reply": 30, "speed_of_answer": 5, "response": 10, "periodic_update": 200,
    "pausable_update": 100, "resolution": 400, "agent_work": 240, "total_resolution": 600,
}  # fmt: skip


@dataclass
class Life:
    """One desk, and the ticket that things happen to."""

    change: ALoggedChange
    ada: Agent
    queues: Sequence[Queue]
    policy: SlaPolicy
    hours: Calendar
    ticket: Ticket
    others: list[Ticket] = field(default_factory=list)  # that were merged into it


Happening = Callable[[Life], None]


def another_is_merged_into_it(life: Life) -> None:
    """Sam asked there, too; how long ago depends on how much has happened here."""
    other = open_ticket(life.change, a_customer(life.change), channel=Channel.EMAIL)
    sam_writes(life.change, other)
    life.change.moves(minutes=3)
    with suppress(Refused):  # by what is done
        merge(life.change, other.id, life.ticket.number)
        life.others.append(other)


def they_are_two_again(life: Life) -> None:
    if life.others:
        undo(life.change, life.others.pop().id)


def goes(status: Status) -> Happening:
    return lambda life: life.ticket.set_status(life.change, status)


def becomes(priority: Priority) -> Happening:
    return lambda life: life.ticket.set_priority(life.change, priority)


def moves_to(n: int) -> Happening:
    return lambda life: life.ticket.move(life.change, life.queues[n].id)


def sam_asks(life: Life) -> None:
    sam_writes(life.change, life.ticket)


def a_bot_answers(life: Life) -> None:
    with life.change.acting_as("bot:1"):
        ada_answers(life.change, life.ticket)


def ada_replies(life: Life) -> None:
    with life.change.acting_as(life.ada.actor):
        ada_answers(life.change, life.ticket)


def ada_answers_and_resolves(life: Life) -> None:
    """One change: the answer is not followed by a time in which it was open."""
    ticket, change = life.ticket, life.change
    ticket.reply(change, "There it is.", client_id=str(change.new_id()), name="Ada")
    ticket.resolve(change)


def the_policy_is_another(life: Life) -> None:
    """Twice as long, or half."""
    now = seconds_of(life.policy.targets["resolution"]["normal"]) // 60
    factor = 0.5 if now >= MINUTES["resolution"] else 2
    life.policy.edit(life.change, terms(factor))


def it_is_applied(life: Life) -> None:
    life.change.write()
    keeping.touch(life.change, life.ticket, say=True)


def it_is_off(life: Life) -> None:
    life.policy.set_active(life.change, not life.policy.active)


def other_hours(life: Life) -> None:
    life.hours.set_hours(life.change, LATER if life.hours.hours == OFFICE else OFFICE)
    settle(life.change)
    while steps := applying.untimed(life.change.session, life.change.now):
        for step in steps:
            applying.retime_next(life.change, step)
        life.change.write()


HAPPENINGS: list[Happening] = [
    sam_asks, ada_replies, a_bot_answers, ada_answers_and_resolves, the_policy_is_another, it_is_applied, it_is_off,
    other_hours, another_is_merged_into_it, they_are_two_again, moves_to(0), moves_to(1),
    lambda life: life.ticket.resolve(life.change),
    lambda life: life.ticket.reopen(life.change),
    lambda life: life.ticket.assign(life.change, life.ada),
    lambda life: life.ticket.release(life.change),
    lambda life: life.ticket.begin_live(life.change),
    lambda life: life.ticket.end_live(life.change),
    *(goes(status) for status in (Status.PENDING, Status.ON_HOLD, Status.OPEN, Status.SPAM, Status.CLOSED)),
    *(becomes(priority) for priority in (Priority.LOW, Priority.NORMAL, Priority.URGENT)),
]  # fmt: skip
LIVES = st.lists(st.tuples(st.sampled_from([1, 7, 40, 130, 700]), st.sampled_from(HAPPENINGS)), max_size=14)
BEGINNINGS = st.tuples(st.sampled_from([Channel.CHAT, Channel.EMAIL]), st.booleans())
_DESK: list[Life] = []


def terms(factor: float = 1.0) -> Terms:
    """In office hours where it is urgent."""
    targets = {
        metric: {
            name: {"seconds": int(n * 60 * factor * share), "business": name == "urgent"}
            for name, share in {"urgent": 0.5, "high": 1.0, "normal": 1.0, "low": 2.0}.items()
        }
        for metric, n in MINUTES.items()
    }
    return Terms("All", targets)


def a_life(beginning: tuple[Channel, bool], happenings: Sequence[tuple[int, Happening]]) -> Life:
    """All this happened, each so many minutes after the one before; the scheduler looked in between."""
    life = _anew()
    change = life.change
    channel, live = beginning
    life.ticket = open_ticket(change, a_customer(change), channel=channel, live=live and channel is Channel.CHAT)
    if not life.ticket.live:
        sam_writes(change, life.ticket)
    settle(change)
    for minutes, happens in happenings:
        change.moves(minutes=minutes)
        the_scheduler_looks(change)
        settle(change)
        change.moves(seconds=1)
        happens(life)
        settle(change)
    change.moves(minutes=3)
    the_scheduler_looks(change)
    settle(change)
    change.write()
    return life


def clocks_of(life: Life) -> list[SlaClock]:
    mine = select(SlaClock).where(SlaClock.ticket_id == life.ticket.id)
    return list(life.change.rows(mine.order_by(col(SlaClock.id))))


def _anew() -> Life:
    """The same desk for all: it is making tables that takes time."""
    if not _DESK:
        change = ALoggedChange()
        ada = an_agent(change)
        hours = office_hours(change)
        queues = [add_queue(change, name) for name in ("Support", "Returns")]
        queues[0].calendar_id = hours.id
        policy = add_policy(change, terms())
        add_policy(change, internal())
        settle(change)
        _DESK.append(Life(change, ada, queues, policy, hours, Ticket.__new__(Ticket)))
    life = _DESK[0]
    life.change.claim(delete(SlaClock))
    life.change.moves(days=1)
    life.change.events.clear()
    return replace(life, others=[])


def internal() -> Terms:
    target = {name: {"minutes": 90, "business": False} for name in ("urgent", "high", "normal", "low")}
    return Terms("Between queues", {"ownership": target}, internal=True)
