"""Talks of an agent's: what an admin set for them, one that is going on, and what becomes of it as time passes."""

from __future__ import annotations

from typing import Any

from routing import loads, silence, wrapping
from routing.loads import USUAL, LoadForm
from routing.medium import Medium
from tests.cast import UnitChange
from tests.routing.floor import a_chat, a_floor, accept, offer_of, settle
from tickets.people import Agent
from tickets.ticket import Ticket


def sets(change: UnitChange, medium: Medium, **said: Any) -> None:
    """As an admin does: one medium is another, the rest as usual."""
    usual = USUAL[medium]
    known = {"interruptible": usual.interruptible, "silent_minutes": usual.silent_minutes}
    loads.set_loads(change, {medium: LoadForm(**{**known, **said})})
    settle(change)


def a_talk(change: UnitChange, **said: Any) -> tuple[Agent, Ticket]:
    """Ada holds Sam's chat, and has answered."""
    queue, (ada,) = a_floor(change, "Ada")
    sets(change, Medium.CHAT, **said)
    chat = a_chat(change, queue)
    accept(change, ada, offer_of(change, chat))
    chat.receive(change, "Where is it?", client_id="c-1")
    chat.reply(change, "On its way.", client_id="a-1", name="Ada")
    settle(change)
    return ada, chat


def sweeps(change: UnitChange, **by: float) -> None:
    """Time passes, and the house looks at what is due."""
    change.moves(**by)
    for held in silence.due(change.session, change.now):
        silence.look(change, held)
    for held in wrapping.due(change.session, change.now):
        wrapping.run_out(change, held)
    settle(change)
