"""How events come about that are about agents themselves: what they may say of themselves, and how much they hold."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from routing import presence, states
from routing.medium import Medium
from routing.states import StateForm, Takes
from tests.widgets.screens import Day
from tickets.change import Change


async def adas_state_has_another_name(day: Day) -> None:
    """Grace set it for her; it is on her own screen, and beside her name on everybody's."""

    def renames(change: Change) -> None:
        state = states.add_state(change, StateForm("Letters", takes={Medium.EMAIL: Takes.NEW}))
        change.write()
        presence.choose(change, day.ids["ada"], state.key)
        state.edit(change, StateForm("Post", glyph="mail", takes={Medium.EMAIL: Takes.NEW}))

    await day.does(renames, by=day.bo)


AGENTS: dict[str, Callable[[Day], Awaitable[object]]] = {
    "AgentStateChanged": adas_state_has_another_name,
}
