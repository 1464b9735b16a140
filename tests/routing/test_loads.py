"""What one piece of work takes of an agent: weights, how many at once, and nothing while its customer is silent."""

from __future__ import annotations

import pytest

from routing import loads, matching, silence
from routing.events import ChatFellSilent
from routing.loads import LoadForm
from routing.medium import Medium
from routing.queues import Queue
from tests.cast import UnitChange, a_change, a_ticket
from tests.routing.floor import a_chat, a_floor, accept, acts, capacity_of, offer_of, open_assignments, rings_at, settle
from tests.routing.talks import a_talk, sets, sweeps
from tickets.errors import Refused
from tickets.rules import Rules
from tickets.ticket import Ticket

# Weights, and how many at once


def test_a_weight_holds_for_what_comes_from_now_on() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    accept(change, ada, offer_of(change, a_chat(change, queue)))

    sets(change, Medium.CHAT, weight=40)
    accept(change, ada, offer_of(change, a_chat(change, queue)))

    assert 25 + 40 == capacity_of(change, ada).used


def test_an_agent_gets_no_more_of_a_kind_than_they_may_have_at_once() -> None:
    change = a_change()
    queue, (ada, bo) = a_floor(change)
    sets(change, Medium.CHAT, most=1)

    chats = [a_chat(change, queue) for _ in range(3)]

    assert [ada.id, bo.id, None] == [rings_at(change, chat) for chat in chats]
    accept(change, ada, offer_of(change, chats[0]))
    chats[0].resolve(change)
    settle(change)
    assert ada.id == rings_at(change, chats[2])


def test_next_gives_nothing_of_which_they_have_enough() -> None:
    change = a_change()
    queue, (ada,) = a_floor(change, "Ada")
    sets(change, Medium.TICKET, most=1)
    for _ in range(2):
        a_ticket(change, queue_id=queue.id)
    settle(change)
    acts(change, ada)
    matching.next_ticket(change, ada.id)
    settle(change)

    with pytest.raises(Refused, match="no room for more"):
        matching.next_ticket(change, ada.id)


def test_a_chat_comes_on_top_of_letters_and_another_talk_does_not() -> None:
    """docs/routing.md: whoever is full of letters still gets a chat, and it is flagged; the second waits."""
    change = a_change(rules=Rules(pool=30))
    queue, (ada,) = a_floor(change, "Ada")
    for _ in range(6):
        a_ticket(change, queue_id=queue.id).assign(change, ada)
    settle(change)

    chat = a_chat(change, queue)
    assert ada.id == rings_at(change, chat)
    accept(change, ada, offer_of(change, chat))

    assert (55, 25) == (capacity_of(change, ada).used, capacity_of(change, ada).excess)
    assert [True] == [one.over for one in open_assignments(change, chat)]
    assert rings_at(change, a_chat(change, queue)) is None


def test_where_letters_are_not_to_be_interrupted_no_chat_comes_on_top() -> None:
    change = a_change(rules=Rules(pool=30))
    queue, (ada,) = a_floor(change, "Ada")
    sets(change, Medium.TICKET, interruptible=False)
    for _ in range(6):
        a_ticket(change, queue_id=queue.id).assign(change, ada)
    settle(change)

    assert rings_at(change, a_chat(change, queue)) is None


# Silence


def test_a_silent_chat_gives_its_room_to_the_next_and_takes_it_back() -> None:
    """docs/routing.md: ten minutes after our answer; then four chats and the one that is back: 125 of 100, flagged."""
    change = a_change()
    ada, silent = a_talk(change)

    sweeps(change, minutes=9, seconds=59)
    assert 25 == capacity_of(change, ada).used
    sweeps(change, seconds=1)
    assert (0, True) == (capacity_of(change, ada).used, silent.silent)

    for _ in range(4):
        accept(change, ada, offer_of(change, a_chat(change, _queue(change, silent))))
    silent.receive(change, "Still nothing", client_id="c-2")
    settle(change)

    assert (125, 25, False) == (capacity_of(change, ada).used, capacity_of(change, ada).excess, silent.silent)
    assert [True] == [one.over for one in open_assignments(change, silent)]


def test_whoever_waits_for_us_is_not_silent() -> None:
    change = a_change()
    ada, chat = a_talk(change)
    chat.receive(change, "And when?", client_id="c-2")
    settle(change)

    sweeps(change, hours=1)
    assert 25 == capacity_of(change, ada).used

    chat.reply(change, "Tomorrow.", client_id="a-2", name="Ada")
    settle(change)
    sweeps(change, minutes=9)
    assert 25 == capacity_of(change, ada).used
    sweeps(change, minutes=1)
    assert 0 == capacity_of(change, ada).used, "ten minutes after the answer, whenever somebody had looked before"


def test_two_looks_at_the_same_silence_tell_of_it_once() -> None:
    change = a_change()
    _, chat = a_talk(change)
    (held,) = open_assignments(change, chat)
    change.moves(minutes=10)

    silence.look(change, held.id)
    silence.look(change, held.id)

    assert 1 == sum(isinstance(one, ChatFellSilent) for one in change.recorded)


def test_a_silent_chat_that_goes_to_somebody_else_weighs_again() -> None:
    change = a_change()
    ada, chat = a_talk(change)
    sweeps(change, minutes=10)

    chat.release(change)
    settle(change)

    assert not chat.silent
    assert 0 == capacity_of(change, ada).used


@pytest.mark.parametrize(
    ("medium", "said", "field"),
    [
        (Medium.CHAT, {"weight": 0}, "chat_weight"),
        (Medium.EMAIL, {"weight": 101}, "email_weight"),
        (Medium.CALLBACK, {"most": 0}, "callback_most"),
        (Medium.TICKET, {"wrap_seconds": 1801}, "ticket_wrap"),
        (Medium.CHAT, {"silent_minutes": 0}, "chat_silent"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(medium: Medium, said: dict[str, int], field: str) -> None:
    with pytest.raises(Refused) as refused:
        loads.set_loads(a_change(), {medium: LoadForm(**said)})  # type: ignore[arg-type]
    assert field == refused.value.field


def _queue(change: UnitChange, ticket: Ticket) -> Queue:
    assert ticket.queue_id is not None
    return change.take(Queue, ticket.queue_id)
