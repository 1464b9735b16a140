"""What happens to those who wait: what they are told, how they turn, and what becomes of a complaint."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from routing import handing, presence, told_waits
from routing.assignment import Assignment
from routing.callbacks import turning
from routing.callbacks.asking import Wish
from routing.callbacks.numbers import read_number
from routing.limits import WhenFull
from routing.merging import merge, undo
from routing.presence import Intent
from routing.queues import Queue
from tests.widgets import callers
from tests.widgets.screens import Day, another_chat
from tickets.change import Change
from tickets.complaints import handling
from tickets.complaints.categories import furnish
from tickets.complaints.complaint import Complaint
from tickets.complaints.events import ComplaintFiled
from tickets.email.correspondence import correspond
from tickets.opening import open_ticket
from tickets.people import Customer
from tickets.status import Channel
from tickets.ticket import Ticket


def twenty_talks(change: Change, ids: Mapping[str, int]) -> None:
    """Of five minutes each: Ada has ended them."""
    for _ in range(20):
        change.add(
            Assignment(
                id=change.new_id(),
                ticket_id=ids["ticket"],
                agent_id=ids["ada"],
                queue_id=ids["support"],
                weight=0,
                live=False,
                by_hand=False,
                since=change.now - timedelta(minutes=5),
                talk_ended_at=change.now,
                ended_at=change.now,
            )
        )


async def who_waits_is_told(day: Day) -> None:
    """Ada gives Sam back, and has ended twenty talks."""
    await day.does(handing.give_back, day.ids["ticket"], by=day.ada)
    await day.does(twenty_talks, day.ids)
    await day.does(told_waits.tell, day.ids["support"])


async def sam_comes_to_a_full_line(day: Day) -> None:
    """Somebody waits in Support, where Sam has brought another matter; that is all it can hold."""

    def is_full(change: Change) -> None:
        queue = change.take(Queue, day.ids["support"])
        queue.set_limits(change, most_waiting=1, longest_wait=None, then=WhenFull.LETTER)
        for agent in ("ada", "bo"):
            presence.set_intent(change, day.ids[agent], Intent.AWAY)

    await day.does(handing.give_back, day.ids["ticket"], by=day.ada)
    await day.does(is_full)
    await another_chat(day)


async def sam_would_rather_be_called(day: Day) -> None:
    await day.does(handing.give_back, day.ids["ticket"], by=day.ada)
    wish = Wish("turn-1", read_number("030 1234567", "DE"), day.clock.now() + timedelta(hours=1))
    await day.does(turning.to_call, day.ids["ticket"], wish)


async def nobody_can_take_it(day: Day) -> None:
    """Everyone is away when Ada gives Sam back."""

    def are_away(change: Change) -> None:
        for agent in ("ada", "bo"):
            presence.set_intent(change, day.ids[agent], Intent.AWAY)

    await day.does(are_away)
    await day.does(handing.give_back, day.ids["ticket"], by=day.ada)


async def sam_complained(day: Day) -> None:
    def turns(change: Change) -> None:
        furnish(change)
        ticket = change.take(Ticket, day.ids["ticket"])
        ticket.channel = "complaint"
        change.add(Complaint(ticket_id=ticket.id, client_id="k-1", category="conduct", filed_at=change.now))
        change.record(ComplaintFiled(ticket=ticket.id))

    await day.does(turns)


async def it_takes_longer(day: Day) -> None:
    await sam_complained(day)
    until = day.clock.now() + timedelta(days=20)
    told = {"until": until, "reason": "We wait for the courier.", "client_id": "e-1"}
    await day.does(handling.extend, day.ids["ticket"], **told, by=day.ada)


async def sam_went_to_a_regulator(day: Day) -> None:
    await sam_complained(day)
    await day.does(handling.refer, day.ids["ticket"], regulator="The Ombudsman", reference="O-7", by=day.ada)


async def its_cause_is_found(day: Day) -> None:
    await sam_complained(day)
    found = {"root_cause": "A wrong label", "redress": "12.50", "currency": "eur"}
    await day.does(handling.examine, day.ids["ticket"], **found, by=day.ada)


async def a_mail_is_part_of_it(day: Day) -> None:
    def merges(change: Change) -> None:
        mail = open_ticket(change, change.take(Customer, day.ids["customer"]), channel=Channel.EMAIL, subject="Parcel")
        correspond(change, mail, address="sam@work.example")
        merge(change, mail.id, change.take(Ticket, day.ids["ticket"]).number)

    await day.does(merges, by=day.ada)


async def it_is_part_of_another(day: Day) -> None:
    def merges(change: Change) -> None:
        ticket = change.take(Ticket, day.ids["ticket"])
        other = open_ticket(change, change.take(Customer, ticket.customer_id), channel=Channel.PORTAL)
        ticket.end_live(change)
        merge(change, ticket.id, other.number)

    await day.does(merges, by=day.ada)


async def it_is_no_part_of_it(day: Day) -> None:
    await it_is_part_of_another(day)
    await day.does(undo, day.ids["ticket"], by=day.ada)


WAITS: dict[str, Callable[[Day], Awaitable[object]]] = {
    "MergeReceived": a_mail_is_part_of_it,
    "TicketMerged": it_is_part_of_another,
    "MergeUndone": it_is_no_part_of_it,
    "QueueFull": sam_comes_to_a_full_line,
    "WaitExplained": nobody_can_take_it,
    "WaitsTold": who_waits_is_told,
    "ChannelChanged": sam_would_rather_be_called,
    "ComplaintExtended": it_takes_longer,
    "ComplaintReferred": sam_went_to_a_regulator,
    "ComplaintExamined": its_cause_is_found,
    "CallbackDialled": callers.asked_and(callers.ada_dials),
    "CallbackTermsChanged": callers.another_promise,
}
