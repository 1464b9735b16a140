"""Somebody who wants to be rung, on the desk of `screens.py`: what they do, and what Ada does for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlmodel import select

from routing import offers, placing, presence
from routing.callbacks import by_hand, chores
from routing.callbacks.asking import Wish, ask
from routing.callbacks.callback import Outcome
from routing.callbacks.numbers import read_number
from routing.callbacks.terms import set_terms
from routing.queues import Delivery, Queue
from tests.widgets.screens import Day
from tickets.change import Change
from tickets.ticket import Ticket


async def sam_asks(day: Day, *, later: bool = False) -> None:
    """For a call now, or in two hours; her hands are free for it."""

    def furnish(change: Change) -> None:
        queue = change.take(Queue, day.ids["billing"])
        queue.set_rules(change, delivery=Delivery.OFFER)
        queue.set_members(change, [day.ids["ada"]])
        placing.place(change, "callback", "", queue.id)
        for ticket in change.rows(select(Ticket)):
            ticket.resolve(change)

    await day.does(furnish)
    number = read_number("030 1234567", "DE")
    start = day.clock.now() + timedelta(hours=1) if later else None
    wish = Wish("one-form", number, start, name="Sam", text="About my bill", zone="Asia/Shanghai", page="/orders/5590")
    asked = await day.does(ask, wish)
    day.ids["call"], day.ids["call number"] = asked.ticket.id, asked.ticket.number


async def sam_asks_again(day: Day) -> None:
    """By another form, with more to say and an address."""
    number = read_number("030 1234567", "DE")
    await day.does(ask, Wish("another-form", number, text="It is urgent", email="sam@mail.example"))


async def ada_takes_it_and_is_lost(day: Day) -> None:
    await ada_takes_it(day)
    day.clock.moves(minutes=5)
    await day.does(presence.lost, day.ids["ada"])
    assert day.desk.look(lambda session: session.get_one(Ticket, day.ids["call"]).agent_id) is None


async def ada_takes_it(day: Day) -> None:
    (offer,) = day.desk.look(offers.live_of_agent, day.ids["ada"])
    await day.does(offers.accept, offer.id, by=day.ada)


def rings(*outcomes: str) -> Callable[[Day], Awaitable[None]]:
    async def story(day: Day) -> None:
        for n, outcome in enumerate(outcomes, 1):
            await day.does(by_hand.tried, day.ids["call"], Outcome(outcome), attempt=n, by=day.ada)
            day.clock.moves(minutes=15)
            await day.does(chores.fall_due, day.ids["call"])

    return story


async def ada_dials(day: Day) -> None:
    await day.does(by_hand.dial, day.ids["call"], by=day.ada)


async def another_promise(day: Day) -> None:
    await day.does(set_terms, day.ids["billing"], per_window=5)


async def its_time_comes(day: Day) -> None:
    day.clock.moves(hours=1)
    await day.does(chores.fall_due, day.ids["call"])


async def ada_cancels(day: Day) -> None:
    await day.does(by_hand.cancel, day.ids["call"], by=day.ada)


async def sam_moves_it(day: Day) -> None:
    start = day.clock.now() + timedelta(hours=3)
    by = f"customer:{day.desk.look(lambda session: session.get_one(Ticket, day.ids['call']).customer_id)}"
    await day.does(by_hand.move, day.ids["call"], start, by=by)


def asked_and(then: Callable[[Day], Awaitable[None]], *, later: bool = False) -> Callable[[Day], Awaitable[None]]:
    """The story from its beginning."""

    async def story(day: Day) -> None:
        await sam_asks(day, later=later)
        await then(day)

    return story
