"""An offer is taken back when its ticket or its agent goes elsewhere, and nobody is blamed."""

import pytest

from routing import presence, refusals
from routing.offers import State
from routing.presence import Intent
from tests.cast import a_change, an_agent
from tests.routing.floor import (
    a_chat,
    a_floor,
    a_queue,
    capacity_of,
    offer_of,
    open_assignments,
    rings_at,
    settle,
)


@pytest.mark.parametrize("gone", ["resolved", "taken", "moved", "snoozed", "the visitor left"])
def test_an_offer_is_withdrawn_when_its_ticket_goes_elsewhere(gone: str) -> None:
    change = a_change()
    queue, (ada, _) = a_floor(change)
    grace = an_agent(change, "Grace")
    elsewhere = a_queue(change, "Billing")
    chat = a_chat(change, queue)
    offer = offer_of(change, chat)

    match gone:
        case "resolved":
            chat.resolve(change)
        case "taken":
            chat.assign(change, grace)
        case "moved":
            chat.move(change, elsewhere.id)
        case "snoozed":
            chat.snooze(change, change.now.replace(hour=23))
        case _:
            chat.end_live(change)
    settle(change)

    assert State.REVOKED == offer.state
    assert 0 == capacity_of(change, ada).used
    assert rings_at(change, chat) is None


def test_taking_by_hand_what_rings_at_you_does_not_count_twice() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    chats = [a_chat(change, queue) for _ in range(4)]

    chats[0].assign(change, ada)
    settle(change)

    assert (100, 0) == (capacity_of(change, ada).used, capacity_of(change, ada).excess)
    assert [False] == [one.over for one in open_assignments(change, chats[0])]


def test_who_goes_away_is_rung_no_longer() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    chat = a_chat(change, queue)

    presence.set_intent(change, ada.id, Intent.AWAY, "lunch")
    settle(change)

    assert bo.id == rings_at(change, chat)
    assert set() == refusals.who_refused(change, chat.id)


def test_a_member_who_is_taken_out_of_the_queue_is_rung_no_longer() -> None:
    change = a_change()
    queue, (_, bo) = a_floor(change)
    chat = a_chat(change, queue)

    queue.set_members(change, [bo.id])
    settle(change)

    assert bo.id == rings_at(change, chat)
