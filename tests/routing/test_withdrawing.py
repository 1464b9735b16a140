"""An offer is taken back when its ticket or its agent goes elsewhere, and nobody is blamed."""

import pytest

from routing import matching, presence, refusals, stays
from routing.offers import State
from routing.presence import Intent
from routing.stays import RelaxStep
from tests.cast import a_change, an_agent
from tests.routing.floor import (
    a_chat,
    a_floor,
    a_queue,
    at_the_desk,
    capacity_of,
    offer_of,
    open_assignments,
    rings_at,
    settle,
)
from tickets.rules import Rules


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


def test_an_edit_of_a_queue_takes_back_only_what_rings_at_who_may_answer_no_longer() -> None:
    """Ada is a member, Noor is called to help with the whole line, Eve with what has waited for a minute."""
    change = a_change(rules=Rules(pool=25, ring_seconds=300))
    queue, (ada,) = a_floor(change, "Ada")
    noor, eve = an_agent(change, "Noor"), an_agent(change, "Eve")
    helpers, repairs = a_queue(change, "Helpers", noor), a_queue(change, "Repairs", eve)
    queue.set_overflow(change, to=helpers.id, at=2)
    stays.set_steps(change, queue.id, [RelaxStep(queue_id=0, number=0, after_seconds=60, drop=[], widen_to=repairs.id)])
    at_the_desk(change, noor, eve)
    chats = [a_chat(change, queue) for _ in range(3)]
    change.moves(seconds=60)
    for chat in chats:
        matching.look_again(change, chat.id)
        settle(change)
    ringing = [offer_of(change, chat) for chat in chats]
    assert [ada.id, noor.id, eve.id] == [offer.agent_id for offer in ringing]

    queue.rename(change, "Help")
    queue.set_patience(change, wrap_seconds=10, raise_after=5)
    queue.set_overflow(change, to=helpers.id, at=3)
    settle(change)
    assert ringing == [offer_of(change, chat) for chat in chats]

    helpers.set_members(change, [])
    settle(change)
    assert [ada.id, None, eve.id] == [rings_at(change, chat) for chat in chats]
    repairs.set_members(change, [])
    settle(change)
    assert [ada.id, None, None] == [rings_at(change, chat) for chat in chats]
