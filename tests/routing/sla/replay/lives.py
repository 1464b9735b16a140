"""Tickets to which anything happens: to be told again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from sqlmodel import col, delete, select

from routing.callbacks.events import CallbackRequested, CallbackTried
from routing.merging import merge, undo
from routing.sla.clock import SlaClock
from routing.sla.reactions import REACTIONS
from tests.cast import a_customer
from tests.routing.floor import settle
from tests.routing.sla.promises import ada_answers, sam_writes, the_scheduler_looks
from tests.routing.sla.replay.meanwhile import (
    MEANWHILE,
    Happening,
    Life,
    a_desk_of_promises,
    as_usual,
    gold_brings_weekends,
    sam_has_weekends,
    sam_is_gold,
    weekends_are_others,
)
from tickets.complaints import handling
from tickets.complaints.complaint import decide, of_ticket
from tickets.complaints.filing import Told, file
from tickets.errors import Refused
from tickets.events import Event
from tickets.opening import open_ticket
from tickets.reactions import Reactions
from tickets.status import Channel, Priority, Status


def another_is_merged_into_it(life: Life) -> None:
    """Sam asked there, too; how long ago depends on how much has happened here."""
    other = open_ticket(life.change, a_customer(life.change), channel=Channel.EMAIL)
    sam_writes(life.change, other)
    life.change.moves(minutes=3)
    with suppress(Refused):  # by what is done
        merge(life.change, other.id, life.ticket.number)
        life.others.append(other)


def what_was_merged_has_another_in_it(life: Life) -> None:
    """Which of both is another matter shows later."""
    first = open_ticket(life.change, a_customer(life.change), channel=Channel.EMAIL)
    sam_writes(life.change, first)
    life.change.moves(minutes=2)
    second = open_ticket(life.change, a_customer(life.change), channel=Channel.EMAIL)
    sam_writes(life.change, second)
    life.change.moves(minutes=3)
    merge(life.change, first.id, second.number)
    settle(life.change)
    with suppress(Refused):  # by what is done
        merge(life.change, second.id, life.ticket.number)
        life.others += [second, first]


def it_goes_on_as_another_for(minutes: int) -> Happening:
    """It was another matter after all. What was promised for it broke meanwhile, or did not."""

    def parted(life: Life) -> None:
        other = open_ticket(life.change, a_customer(life.change), channel=Channel.EMAIL)
        sam_writes(life.change, other)
        with suppress(Refused):  # by a complaint, and while they wait in the chat
            merge(life.change, life.ticket.id, other.number)
            settle(life.change)
            life.change.moves(minutes=minutes)
            undo(life.change, life.ticket.id)

    return parted


def they_are_two_again(life: Life) -> None:
    if life.others:
        undo(life.change, life.others.pop().id)


def goes(status: Status) -> Happening:
    def gone(life: Life) -> None:
        if status in (Status.SPAM, Status.PENDING, Status.ON_HOLD, Status.OPEN) or not _is_undecided(life):
            life.ticket.set_status(life.change, status)

    return gone


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
    life.ticket.reply(life.change, "There it is.", client_id=str(life.change.new_id()), name="Ada")
    it_is_resolved(life)


def it_is_resolved(life: Life) -> None:
    if not _is_undecided(life):
        life.ticket.resolve(life.change)


def they_are_told_another_day(life: Life) -> None:
    until = life.change.now + timedelta(days=10)
    if life.ticket.channel == Channel.COMPLAINT:
        with suppress(Refused), life.change.acting_as(life.ada.actor):
            id = str(life.change.new_id())
            handling.extend(life.change, life.ticket.id, until=until, reason="The bank is slow.", client_id=id)


def it_is_decided(life: Life) -> None:
    if life.ticket.channel == Channel.COMPLAINT:
        with life.change.acting_as(life.ada.actor):
            id = str(life.change.new_id())
            decide(life.change, life.ticket.id, outcome="upheld", reason="We are sorry.", client_id=id)


def a_call_is_promised(life: Life) -> None:
    start = life.change.now + timedelta(minutes=40)
    _is_told(life, CallbackRequested(ticket=life.ticket.id, start=start, end=start + timedelta(minutes=90)))


def they_are_rung(life: Life) -> None:
    _is_told(life, CallbackTried(ticket=life.ticket.id, outcome="no_answer", attempt=1))


def _is_told(life: Life, event: Event) -> None:
    """Of a call clocks know what is said of it, and nothing else."""
    settle(life.change)
    life.change.record(event)
    life.change.settle(CLOCKS)
    life.change.events.clear()


CLOCKS = Reactions(REACTIONS)
HAPPENINGS: list[Happening] = [
    sam_asks, ada_replies, a_bot_answers, ada_answers_and_resolves, another_is_merged_into_it, they_are_two_again,
    what_was_merged_has_another_in_it, it_goes_on_as_another_for(20), it_goes_on_as_another_for(400),
    moves_to(0), moves_to(1), they_are_told_another_day, it_is_decided, a_call_is_promised, they_are_rung,
    it_is_resolved,
    lambda life: life.ticket.reopen(life.change),
    lambda life: life.ticket.assign(life.change, life.ada),
    lambda life: life.ticket.release(life.change),
    lambda life: life.ticket.begin_live(life.change),
    lambda life: life.ticket.end_live(life.change),
    *(goes(status) for status in (Status.PENDING, Status.ON_HOLD, Status.OPEN, Status.SPAM, Status.CLOSED)),
    *(becomes(priority) for priority in (Priority.LOW, Priority.NORMAL, Priority.URGENT)),
]  # fmt: skip
LIVES = st.lists(
    st.tuples(st.sampled_from([1, 7, 40, 130, 700]), st.booleans(), st.sampled_from([*HAPPENINGS, *MEANWHILE])),
    max_size=14,
)
WHOSE: list[Sequence[Happening]] = [
    (),
    (sam_is_gold,),
    (gold_brings_weekends, sam_is_gold),
    (sam_has_weekends, weekends_are_others),
]
CHANNELS = (Channel.CHAT.value, Channel.EMAIL.value, "bills", "manners")
BEGINNINGS = st.tuples(
    st.sampled_from([9, 18, 40, 105]), st.sampled_from(CHANNELS), st.booleans(), st.booleans(), st.sampled_from(WHOSE)
)
AFTERWARDS = st.lists(st.sampled_from(MEANWHILE), max_size=3)
Beginning = tuple[int, str, bool, bool, Sequence[Happening]]
_DESK: list[Life] = []


def a_life(beginning: Beginning, happenings: Sequence[tuple[int, bool, Happening]]) -> Life:
    """All this happened, each so many minutes after the one before; the scheduler looked in between, or was late."""
    hour, channel, live, in_line, whose = beginning
    life = _anew(hour)
    change = life.change
    sam = a_customer(change)
    for has in whose:
        has(replace(life, customer_id=sam.id))
    settle(change)
    if channel in ("bills", "manners"):
        told = Told(channel, "Too much.", email="sam@mail.example")
        life.ticket = file(change, f"k-{change.new_id()}", told).ticket
    else:
        waits, queue_id = live and channel == Channel.CHAT, life.queues[0].id if in_line else None
        life.ticket = open_ticket(change, sam, channel=Channel(channel), live=waits, queue_id=queue_id)
    life.customer_id = life.ticket.customer_id
    if not life.ticket.live and life.ticket.channel != Channel.COMPLAINT:
        sam_writes(change, life.ticket)
    settle(change)
    for minutes, looks, happens in happenings:
        change.moves(minutes=minutes)
        if looks:
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


def a_day_later(life: Life, edits: Sequence[Happening]) -> None:
    life.change.moves(days=1)
    for edit in edits:
        edit(life)
        settle(life.change)
        life.change.moves(seconds=1)


def clocks_of(life: Life) -> list[SlaClock]:
    mine = select(SlaClock).where(SlaClock.ticket_id == life.ticket.id)
    return list(life.change.rows(mine.order_by(col(SlaClock.id))))


def _is_undecided(life: Life) -> bool:
    """Complaints end by a decision."""
    complaint = of_ticket(life.change, life.ticket.id)
    return complaint is not None and not complaint.decided


def _anew(hour: int) -> Life:
    """The same desk for all, since it is making tables that takes time; as on any Monday, so many hours later."""
    if not _DESK:
        _DESK.append(a_desk_of_promises())
    life = _DESK[0]
    life.change.claim(delete(SlaClock))
    as_usual(life)
    settle(life.change)
    today = life.change.now.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today + timedelta(days=7 - today.weekday(), hours=hour)
    life.change.moves(seconds=(monday - life.change.now).total_seconds())
    life.change.events.clear()
    return replace(life, others=[])
