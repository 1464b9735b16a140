"""News is promised from each word of ours to the next, or to the end of the matter: once for each word."""

from __future__ import annotations

from datetime import timedelta

import pytest

from routing.merging import merge
from routing.sla.policy import Terms, add_policy
from routing.sla.replay.retelling import retell
from routing.sla.replay.story import stories
from routing.sla.replay.world import as_it_was
from tests.cast import UnitChange, a_change
from tests.routing.floor import a_queue, settle
from tests.routing.sla.promises import (
    ALoggedChange,
    a_promised_ticket,
    ada_answers,
    after,
    clocks_of,
    sam_writes,
    targets,
    the_scheduler_looks,
)
from tickets.status import Status
from tickets.ticket import Ticket


def promises(change: UnitChange, metric: str) -> None:
    """Within an hour, and nothing but this."""
    add_policy(change, Terms("Only this", targets({metric: 60})))


def goes(change: UnitChange, ticket: Ticket, status: Status) -> None:
    ticket.set_status(change, status)
    settle(change)


def test_an_update_is_due_so_long_after_each_word_of_ours() -> None:
    """Nobody needs to ask: from one answer to the next, each a promise of its own."""
    change = a_change()
    promises(change, "periodic_update")
    ticket = a_promised_ticket(change)
    assert [] == list(clocks_of(change, ticket))

    ada_answers(change, ticket)
    assert after(hours=1) == ticket.sla_due_at
    change.moves(minutes=40)
    ada_answers(change, ticket)
    assert after(hours=1, minutes=40) == ticket.sla_due_at
    goes(change, ticket, Status.RESOLVED)

    states = [(clock.cycle, clock.state, clock.breached_at) for clock in clocks_of(change, ticket)]
    assert [(1, "met", None), (2, "met", None)] == sorted(states)


def test_an_update_that_paused_is_begun_anew_by_our_next_word() -> None:
    change = a_change()
    promises(change, "pausable_update")
    ticket = a_promised_ticket(change)
    ada_answers(change, ticket)
    goes(change, ticket, Status.PENDING)
    change.moves(hours=5)
    ada_answers(change, ticket)
    assert (None, True) == (ticket.sla_due_at, ticket.sla_paused)

    change.moves(hours=5)
    sam_writes(change, ticket)
    assert after(hours=11) == ticket.sla_due_at
    assert [] == [kind for kind in the_scheduler_looks(change) if kind == "SlaBreached"]


@pytest.mark.parametrize("metric", ["periodic_update", "pausable_update"])
@pytest.mark.parametrize("promised", ["before", "late"])
def test_the_update_of_one_word_is_kept_once(metric: str, promised: str) -> None:
    """The end of the matter was our news. Who reopens it is owed an answer, and news after our next word."""
    change = ALoggedChange()
    if promised == "before":
        promises(change, metric)
    ticket = a_promised_ticket(change)
    ada_answers(change, ticket)
    change.moves(minutes=50)
    goes(change, ticket, Status.RESOLVED)
    change.moves(hours=20)
    if promised == "late":
        promises(change, metric)
    sam_writes(change, ticket)
    goes(change, ticket, Status.ON_HOLD)
    assert ["met"] * (promised == "before") == [one.state for one in clocks_of(change, ticket)]

    ada_answers(change, ticket)
    assert change.now + timedelta(hours=1) == ticket.sla_due_at
    goes(change, ticket, Status.SPAM)
    goes(change, ticket, Status.OPEN)
    assert change.now + timedelta(hours=1) == ticket.sla_due_at


def test_whoever_is_reopened_and_stands_where_an_older_one_stood_has_news_after_our_next_word() -> None:
    """A place in line that a merge lends is older than our first word, and says nothing of what was settled since."""
    change = ALoggedChange()
    a_queue(change)
    promises(change, "periodic_update")
    older = a_promised_ticket(change)
    change.moves(minutes=10)
    ticket = a_promised_ticket(change)
    change.moves(minutes=10)
    ada_answers(change, ticket)
    change.moves(minutes=10)
    goes(change, ticket, Status.RESOLVED)
    change.moves(hours=1)
    sam_writes(change, ticket)
    merge(change, older.id, ticket.number)
    settle(change)
    assert older.queued_at == ticket.queued_at
    change.moves(minutes=5)
    ada_answers(change, ticket)

    assert change.now + timedelta(hours=1) == ticket.sla_due_at
    (story,) = stories(change.session, [ticket.id])
    told = retell(story, as_it_was(change.session), change.now)
    assert [one.due_at for one in told] == [one.due_at for one in clocks_of(change, ticket)]
