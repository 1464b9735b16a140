"""What is put into somebody's hands: nobody who waits live is forgotten there."""

from __future__ import annotations

import pytest

from routing import handing, presence
from routing.presence import Intent
from tests.cast import UnitChange, a_change, a_ticket, an_agent
from tests.routing.floor import a_chat, a_floor, a_queue, acts, rings_at, settle
from tickets.errors import Conflict


def who_was_silent_is_given_up(change: UnitChange) -> None:
    for agent_id in presence.silent(change.session, change.now):
        presence.lost(change, agent_id)
        settle(change)


@pytest.mark.parametrize("intent", [one for one in Intent if one is not Intent.AVAILABLE])
def test_who_waits_live_is_handed_to_nobody_who_is_not_there(intent: Intent) -> None:
    """A colleague reads so; what can wait may lie on any desk, and what one takes oneself is one's own affair."""
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    presence.set_intent(change, bo.id, intent)
    chat, letter = a_chat(change, queue), a_ticket(change, queue_id=queue.id)
    acts(change, ada)

    with pytest.raises(Conflict, match=r"Bo is not there") as refused:
        handing.assign(change, chat.id, bo.id)
    assert "agent" == refused.value.field
    handing.assign(change, letter.id, bo.id)
    acts(change, bo)
    handing.assign(change, chat.id, bo.id)

    assert (bo.id, bo.id) == (chat.agent_id, letter.agent_id)


def test_who_never_came_or_was_lost_is_not_there() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    never, lost = an_agent(change, "Grace"), an_agent(change, "Noor")
    presence.came(change, lost.id)
    presence.set_intent(change, lost.id, Intent.AVAILABLE)
    presence.of(change, lost.id).connect(change, False)
    chat = a_chat(change, queue)
    acts(change, ada)

    for agent in (never, lost):
        with pytest.raises(Conflict, match="is not there"):
            handing.assign(change, chat.id, agent.id)


def test_who_takes_a_chat_and_is_never_heard_of_has_it_for_the_grace_only() -> None:
    """However it came into their hands: then it is in line again, at its age, and rings at somebody."""
    change = a_change()
    ada, bo = an_agent(change, "Ada"), an_agent(change, "Bo")
    queue = a_queue(change, "Support", ada, bo)
    chat, letter = a_chat(change, queue), a_ticket(change, queue_id=queue.id)
    acts(change, bo)
    for ticket in (chat, letter):
        handing.assign(change, ticket.id, bo.id)
    settle(change)
    presence.came(change, ada.id)
    presence.set_intent(change, ada.id, Intent.AVAILABLE)

    change.moves(seconds=89)
    presence.seen(change, [ada.id])
    who_was_silent_is_given_up(change)
    assert bo.id == chat.agent_id
    change.moves(seconds=1)
    who_was_silent_is_given_up(change)

    assert [None, bo.id] == [ticket.agent_id for ticket in (chat, letter)]
    assert ada.id == rings_at(change, chat)


def test_who_takes_a_chat_and_comes_within_the_grace_keeps_it() -> None:
    change = a_change()
    bo = an_agent(change, "Bo")
    chat = a_chat(change, a_queue(change, "Support", bo))
    acts(change, bo)
    handing.assign(change, chat.id, bo.id)
    settle(change)

    change.moves(seconds=80)
    presence.came(change, bo.id)
    change.moves(seconds=80)
    who_was_silent_is_given_up(change)

    assert bo.id == chat.agent_id
