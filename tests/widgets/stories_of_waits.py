"""How those in line come to be told how long it may take."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from routing import handing, presence, told_waits
from routing.assignment import Assignment
from routing.callbacks import turning
from routing.callbacks.asking import Wish
from routing.callbacks.numbers import read_number
from routing.limits import WhenFull
from routing.presence import Intent
from routing.queues import Queue
from tests.widgets import callers
from tests.widgets.screens import Day, another_chat
from tickets.change import Change


async def who_waits_is_told(day: Day) -> None:
    """Ada gives Sam back, and has ended twenty talks of five minutes."""

    def talked(change: Change) -> None:
        for _ in range(20):
            change.add(
                Assignment(
                    id=change.new_id(),
                    ticket_id=day.ids["ticket"],
                    agent_id=day.ids["ada"],
                    queue_id=day.ids["support"],
                    weight=0,
                    live=False,
                    by_hand=False,
                    since=change.now - timedelta(minutes=5),
                    talk_ended_at=change.now,
                    ended_at=change.now,
                )
            )

    await day.does(handing.give_back, day.ids["ticket"], by=day.ada)
    await day.does(talked)
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


WAITS: dict[str, Callable[[Day], Awaitable[object]]] = {
    "QueueFull": sam_comes_to_a_full_line,
    "WaitExplained": nobody_can_take_it,
    "WaitsTold": who_waits_is_told,
    "ChannelChanged": sam_would_rather_be_called,
    "CallbackDialled": callers.asked_and(callers.ada_dials),
    "CallbackTermsChanged": callers.another_promise,
}
