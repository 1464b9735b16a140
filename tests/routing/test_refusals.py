"""Who has said no to a ticket, and for how long they are not asked again."""

from __future__ import annotations

from routing import handing
from tests.cast import UnitChange, a_change
from tests.routing.floor import a_chat, a_floor, accept, acts, decline, offer_of, rings_at, settle
from tickets.people import Agent
from tickets.ticket import Ticket


def gives_back(change: UnitChange, agent: Agent, ticket: Ticket) -> None:
    acts(change, agent)
    handing.give_back(change, ticket.id)
    settle(change)


def test_who_declined_is_not_asked_again_when_a_colleague_gives_it_back() -> None:
    """semantics.md part 3: a declined item is never offered to that agent again."""
    change = a_change()
    queue, (ada, bo, noor) = a_floor(change, "Ada", "Bo", "Noor")
    chat = a_chat(change, queue)
    decline(change, ada, offer_of(change, chat))
    accept(change, bo, offer_of(change, chat))

    gives_back(change, bo, chat)
    assert noor.id == rings_at(change, chat)
    accept(change, noor, offer_of(change, chat))
    gives_back(change, noor, chat)

    assert bo.id == rings_at(change, chat), "who gave it back is asked after the others"


def test_who_declined_and_took_it_after_all_has_said_yes() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    chat = a_chat(change, queue)
    decline(change, ada, offer_of(change, chat))
    acts(change, ada)
    handing.assign(change, chat.id, ada.id)
    settle(change)
    handing.assign(change, chat.id, bo.id)
    settle(change)

    gives_back(change, bo, chat)

    assert ada.id == rings_at(change, chat)


def test_what_was_settled_and_comes_again_is_asked_of_everybody() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    chat = a_chat(change, queue)
    decline(change, ada, offer_of(change, chat))
    accept(change, bo, offer_of(change, chat))
    chat.resolve(change)
    settle(change)

    chat.begin_live(change)
    settle(change)
    gives_back(change, bo, chat)

    assert ada.id == rings_at(change, chat)
