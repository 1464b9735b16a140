"""How events come about that are about agents themselves: what they may say of themselves, and how much they hold."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from routing import handing, loads, offers, presence, silence, states, wrapping
from routing.loads import LoadForm
from routing.medium import Medium
from routing.presence import Intent
from routing.queues import Queue
from routing.states import StateForm, Takes
from tests.widgets.screens import Day
from tickets import by_hand
from tickets.change import Change
from tickets.ticket import Ticket


async def adas_state_has_another_name(day: Day) -> None:
    """Grace set it for her; it is on her own screen, and beside her name on everybody's."""

    def renames(change: Change) -> None:
        state = states.add_state(change, StateForm("Letters", takes={Medium.EMAIL: Takes.NEW}))
        change.write()
        presence.choose(change, day.ids["ada"], state.key)
        state.edit(change, StateForm("Post", glyph="mail", takes={Medium.EMAIL: Takes.NEW}))

    await day.does(renames, by=day.bo)


async def chats_take_less(day: Day) -> None:
    forms = {**loads.USUAL, Medium.CHAT: LoadForm(weight=20, wrap_seconds=60, silent_minutes=5)}
    await day.does(loads.set_loads, forms, by=day.bo)


async def sam_leaves_and_ada_writes_it_down(day: Day) -> None:
    """She sees until when, on her own screen."""
    await chats_take_less(day)
    await day.takes(Ticket.end_live, by="system")


async def ada_has_written_it_down(day: Day) -> None:
    await sam_leaves_and_ada_writes_it_down(day)
    (held,) = day.desk.look(wrapping.under_way, day.ids["ada"])
    await day.does(wrapping.finish, held.id, by=day.ada)


async def sam_is_silent(day: Day) -> None:
    """Ada has answered, and nothing comes."""
    await day.does(by_hand.reply, day.ids["ticket"], text="Anything else?", client_id="a-2", by=day.ada)
    for _ in range(2):
        day.clock.moves(minutes=11)
        for held in day.desk.look(silence.due, day.clock.now()):
            await day.does(silence.look, held)


async def sam_is_heard_again(day: Day) -> None:
    await sam_is_silent(day)
    await day.sam_says("Yes: where is it?", "c-4")


async def nobody_takes_it(day: Day) -> None:
    """The first refusal is enough for this queue."""

    def in_haste(change: Change) -> None:
        change.take(Queue, day.ids["support"]).set_patience(change, wrap_seconds=None, raise_after=1)

    await day.does(in_haste, by=day.bo)
    await day.does(presence.set_intent, day.ids["bo"], Intent.AVAILABLE, by=day.bo)
    await day.takes(Ticket.release)
    (offer,) = day.desk.look(offers.live_of_agent, day.ids["bo"])
    await day.does(offers.decline, offer.id, by=day.bo)


async def ada_gives_sam_to_bo(day: Day) -> None:
    """Who is there."""
    await day.does(presence.set_intent, day.ids["bo"], Intent.AVAILABLE, by=day.bo)
    await day.does(handing.assign, day.ids["ticket"], day.ids["bo"], by=day.ada)


AGENTS: dict[str, Callable[[Day], Awaitable[object]]] = {
    "AgentStateChanged": adas_state_has_another_name,
    "LoadsChanged": chats_take_less,
    "WrapUpBegan": sam_leaves_and_ada_writes_it_down,
    "WrapUpEnded": ada_has_written_it_down,
    "ChatFellSilent": sam_is_silent,
    "ChatHeardAgain": sam_is_heard_again,
    "OftenRefused": nobody_takes_it,
    "TicketAssigned": ada_gives_sam_to_bo,
}
