"""Nobody answers: we try again, so often, within the hours; and a call is an agent's whole attention."""

from __future__ import annotations

import pytest

from routing import handing
from routing.callbacks import by_hand
from routing.callbacks.callback import Outcome, State
from tests.cast import a_change, a_ticket
from tests.routing.callbacks.calls import (
    a_call_floor,
    asks,
    at,
    moves,
    moves_to,
    offers_of,
    rings,
)
from tests.routing.floor import accept, capacity_of, decline, offer_of, rings_at, settle
from tickets.errors import Conflict
from tickets.status import Status


@pytest.mark.parametrize(("outcome", "minutes"), [("no_answer", 15), ("busy", 5)])
def test_nobody_answered_so_it_is_tried_again_and_the_same_agent_may_be_asked(outcome: str, minutes: int) -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    asked = asks(change)

    rings(change, ada, asked.ticket, outcome)
    assert (State.RETRY_WAIT, None, 0) == (asked.callback.state, asked.ticket.agent_id, capacity_of(change, ada).used)
    moves(change, minutes=minutes, seconds=-1)
    assert 1 == offers_of(change, asked.ticket)
    moves(change, seconds=1)

    assert (ada.id, 2) == (rings_at(change, asked.ticket), offers_of(change, asked.ticket))


def test_the_next_try_is_within_opening_hours() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change, now="2026-11-23T16:30")
    asked = asks(change)
    moves_to(change, "2026-11-23T16:50")

    rings(change, ada, asked.ticket, "no_answer")

    assert at("2026-11-24T09:00") == asked.ticket.snoozed_until


def test_after_the_last_try_we_give_up_and_the_ticket_is_settled() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    asked = asks(change)

    for outcome in ("no_answer", "busy", "no_answer"):
        rings(change, ada, asked.ticket, outcome)
        moves(change, minutes=15)

    assert (State.DONE, "gave_up", 3) == (asked.callback.state, asked.callback.outcome, asked.callback.attempts)
    assert (Status.RESOLVED, 3) == (asked.ticket.status, offers_of(change, asked.ticket))


def test_reached_is_an_answer_and_the_ticket_stays_with_its_agent() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    asked = asks(change, text="Please call")

    moves(change, minutes=1)
    rings(change, ada, asked.ticket, "reached")

    assert (State.DONE, "reached") == (asked.callback.state, asked.callback.outcome)
    assert (ada.id, Status.OPEN, None) == (asked.ticket.agent_id, asked.ticket.status, asked.ticket.waiting_since)
    assert at("2026-11-23T10:01") == asked.ticket.first_reply_at


def test_a_wrong_number_ends_it() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    asked = asks(change)

    rings(change, ada, asked.ticket, "wrong_number")

    assert ("wrong_number", Status.RESOLVED) == (asked.callback.outcome, asked.ticket.status)


def test_a_second_click_counts_once_and_another_word_for_the_same_try_is_refused() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    asked = asks(change)

    rings(change, ada, asked.ticket, "no_answer", attempt=1)
    rings(change, ada, asked.ticket, "no_answer", attempt=1)

    assert (1, State.RETRY_WAIT) == (asked.callback.attempts, asked.callback.state)
    with pytest.raises(Conflict):
        by_hand.tried(change, asked.ticket.id, Outcome.REACHED, attempt=1)


def test_declining_is_no_try() -> None:
    change = a_change()
    _, (ada, bo) = a_call_floor(change, "Ada", "Bo")
    asked = asks(change)
    first, second = (ada, bo) if rings_at(change, asked.ticket) == ada.id else (bo, ada)

    decline(change, first, offer_of(change, asked.ticket))

    assert (second.id, 0) == (rings_at(change, asked.ticket), asked.callback.attempts)


def test_what_a_colleague_holds_they_ring_themselves() -> None:
    change = a_change()
    _, (ada, bo) = a_call_floor(change, "Ada", "Bo")
    asked = asks(change)
    holder, other = (ada, bo) if rings_at(change, asked.ticket) == ada.id else (bo, ada)
    accept(change, holder, offer_of(change, asked.ticket))

    with pytest.raises(Conflict, match=f"{holder.name} took this"):
        rings(change, other, asked.ticket, "no_answer")


def test_a_call_takes_an_agents_whole_attention_until_the_work_after_it_is_done() -> None:
    change = a_change()
    queue, (ada,) = a_call_floor(change)
    asked = asks(change)
    accept(change, ada, offer_of(change, asked.ticket))
    chat = a_ticket(change, live=True, queue_id=queue.id)
    settle(change)
    assert (100, None) == (capacity_of(change, ada).used, rings_at(change, chat))

    rings(change, ada, asked.ticket, "reached")
    assert rings_at(change, chat) is None
    asked.ticket.resolve(change)
    settle(change)

    assert ada.id == rings_at(change, chat)


def test_mails_are_laid_aside_for_a_call_and_chats_are_not() -> None:
    change = a_change()
    queue, (ada,) = a_call_floor(change)
    for _ in range(2):
        handing.assign(change, a_ticket(change, queue_id=queue.id).id, ada.id)
    settle(change)
    asked = asks(change)
    assert (ada.id, 110, 10) == (
        rings_at(change, asked.ticket),
        capacity_of(change, ada).used,
        capacity_of(change, ada).excess,
    )
    rings(change, ada, asked.ticket, "no_answer")
    assert (10, 0) == (capacity_of(change, ada).used, capacity_of(change, ada).excess)

    chat = a_ticket(change, live=True, queue_id=queue.id)
    settle(change)
    accept(change, ada, offer_of(change, chat))
    moves(change, minutes=15)
    assert rings_at(change, asked.ticket) is None
    chat.end_live(change)
    settle(change)
    assert ada.id == rings_at(change, asked.ticket)
