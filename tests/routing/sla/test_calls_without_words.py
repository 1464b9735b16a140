"""Who asks to be rung need not say why: the request is the beginning of what they are promised."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from routing import presence
from routing.callbacks import turning
from routing.callbacks.asking import Wish
from routing.presence import Intent
from routing.sla import keeping
from routing.sla.clock import SlaClock
from routing.sla.replay.retelling import retell
from routing.sla.replay.story import stories
from routing.sla.replay.world import as_it_was
from tests.routing.callbacks.calls import SAM, a_call_floor, asks, at, moves_to
from tests.routing.floor import a_chat, settle
from tests.routing.sla.promises import (
    ALoggedChange,
    a_policy,
    ada_answers,
    clock_of,
    clocks_of,
    sam_writes,
    the_scheduler_looks,
)
from tickets.status import Priority
from tickets.ticket import Ticket

DUE = {"first_reply": at("2026-11-23T10:35"), "resolution": at("2026-11-23T11:05")}


@pytest.mark.parametrize("text", ["", "My bike broke"])
def test_its_clocks_run_from_the_request_whatever_was_said(text: str) -> None:
    """They break in time though nobody touches the ticket, and a replay says the same."""
    change = a_desk()
    ticket = asks(change, text=text).ticket
    assert _due(change, ticket) == DUE

    change.moves(hours=1)
    assert ["SlaBreached", "SlaBreached"] == the_scheduler_looks(change)
    settle(change)
    _is_told_again_as_it_was(change, ticket)


def test_a_policy_that_comes_late_counts_from_the_request_and_not_from_a_later_word() -> None:
    change = a_desk(promised=False)
    ticket = asks(change).ticket
    change.moves(minutes=20)
    sam_writes(change, ticket)
    a_policy(change, MINUTES)
    keeping.touch(change, ticket)
    assert _due(change, ticket) == DUE


@pytest.mark.parametrize("touched", [False, True])
def test_who_was_answered_and_is_to_be_rung_waits_for_us_again_from_when_it_is_time(touched: bool) -> None:
    """Sam was answered in a chat, and turns it into a call for eleven: until then nobody waits, and then he does."""
    change = ALoggedChange()
    queue, (ada,) = a_call_floor(change, now="2026-11-23T10:00")
    a_policy(change, {"first_reply": 30, "next_reply": 30})
    presence.set_intent(change, ada.id, Intent.LUNCH)
    settle(change)
    change.moves(minutes=5)
    ticket = a_chat(change, queue)
    sam_writes(change, ticket)
    change.moves(minutes=5)
    ada_answers(change, ticket)
    change.moves(minutes=5)
    turning.to_call(change, ticket.id, Wish("key", SAM, at("2026-11-23T11:00"), name="Sam"))
    settle(change)
    assert (None, {"callback_window"}) == (ticket.waiting_since, set(ticket.sla_clocks))

    moves_to(change, "2026-11-23T11:00")
    change.moves(minutes=20)
    if touched:
        ticket.set_priority(change, Priority.HIGH)
        settle(change)

    clock = clock_of(change, ticket, "next_reply")
    assert ticket.waiting_since == clock.started_at == at("2026-11-23T11:00")
    assert ("running", at("2026-11-23T11:30")) == (clock.state, clock.due_at)
    change.moves(minutes=10)
    assert ["SlaBreached"] == the_scheduler_looks(change)
    _is_told_again_as_it_was(change, ticket)


MINUTES = {"first_reply": 30, "resolution": 60}


def a_desk(*, promised: bool = True) -> ALoggedChange:
    """Five past ten, in Berlin."""
    change = ALoggedChange()
    a_call_floor(change, now="2026-11-23T10:00")
    if promised:
        a_policy(change, MINUTES)
    settle(change)
    change.moves(minutes=5)
    return change


def _is_told_again_as_it_was(change: ALoggedChange, ticket: Ticket) -> None:
    change.write()
    (story,) = stories(change.session, [ticket.id])
    assert _facts(clocks_of(change, ticket)) == _facts(retell(story, as_it_was(change.session), change.now))


def _due(change: ALoggedChange, ticket: Ticket) -> dict[str, object]:
    return {one.metric: one.due_at for one in clocks_of(change, ticket) if one.metric in DUE}


def _facts(clocks: Iterable[SlaClock]) -> list[tuple[object, ...]]:
    return sorted((one.metric, one.state, one.started_at, one.due_at, one.breached_at) for one in clocks)
