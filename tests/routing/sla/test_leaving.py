"""Who goes away unanswered: what was broken by then stays broken, in every figure; the rest counts neither way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import select

from routing.callbacks import turning
from routing.simulation.promises import kept_and_broken
from routing.sla import keeping
from routing.sla.ledger import fold
from routing.sla.policy import SlaPolicy, Terms, add_policy
from routing.sla.recall import recall
from routing.sla.replay.outcome import Outcome, Tally
from routing.sla.replay.retelling import retell
from routing.sla.replay.story import stories, touched_since
from routing.sla.replay.world import as_it_was
from routing.wallboard.days import chosen
from routing.wallboard.entries import Count, counted
from routing.wallboard.outcomes import FIGURES
from tests.cast import UnitChange
from tests.routing.floor import a_chat, a_floor, accept, offer_of, settle
from tests.routing.sla.promises import (
    ALoggedChange,
    ada_answers,
    clock_of,
    clocks_of,
    sam_writes,
    targets,
    the_scheduler_looks,
    told,
)
from tickets.people import Agent
from tickets.status import Status
from tickets.ticket import Ticket

ALIKE = ("state", "cycle", "started_at", "due_at", "breached_at", "ended_at", "elapsed_seconds", "since")
Goes = Callable[[UnitChange, Ticket], None]


def waits(metric: str) -> tuple[ALoggedChange, Ticket]:
    """For an agent, or in an open chat for each word of theirs: two minutes are promised."""
    change = ALoggedChange()
    _, (ada,) = a_floor(change, "Ada")
    add_policy(change, Terms("Only this", targets({metric: 2})))
    ticket = a_chat(change)
    if metric == "response":
        accept(change, ada, offer_of(change, ticket))
        sam_writes(change, ticket)
    return change, ticket


def they_close_the_page(change: UnitChange, ticket: Ticket) -> None:
    ticket.end_live(change)
    settle(change)


def they_would_rather_have_a_letter(change: UnitChange, ticket: Ticket) -> None:
    turning.to_email(change, ticket.id, "sam@mail.example")
    settle(change)


def it_is_spam(change: UnitChange, ticket: Ticket) -> None:
    ticket.set_status(change, Status.SPAM)
    settle(change)


def figures(change: ALoggedChange, metric: str) -> set[tuple[int, int]]:
    """Kept and broken, as all count them: simulator, page of outcomes, and a replay, as it was and told again."""
    change.write()
    day = Outcome(change.now - timedelta(days=1), change.now)
    day.tell(change.session, as_it_was(change.session), touched_since(change.session, day.since))
    row, board = day.by["metric"].get(metric), outcomes(change)
    tallies = [Tally()] if row is None else [row.really, row.then]
    days = {(one.kept, one.broken) for one in tallies}
    return {kept_and_broken(change.session).get(metric, (0, 0)), (board.good, board.n - board.good), *days}


def outcomes(change: ALoggedChange) -> Count:
    today = change.now.date()
    return counted(change.session, FIGURES["promises"], chosen(change.session, change.now, today, today)).all


def as_the_ledger_tells_it(change: ALoggedChange, ticket: Ticket) -> None:
    """Told again, the clocks are the same; and each is what its entries add up to."""
    (story,) = stories(change.session, [ticket.id])
    again, really = retell(story, as_it_was(change.session), change.now), clocks_of(change, ticket)
    assert [[getattr(one, name) for name in ALIKE] for one in really] == [
        [getattr(one, name) for name in ALIKE] for one in again
    ]
    for one in really:
        folded = fold(recall(change).entries(one.id))
        assert (one.state, one.breached_at, one.ended_at) == (folded.state, folded.breached_at, folded.ended_at)


@pytest.mark.parametrize("noticed", ["in time", "as they go"])
@pytest.mark.parametrize(
    ("metric", "goes"),
    [
        ("speed_of_answer", they_close_the_page),
        ("speed_of_answer", they_would_rather_have_a_letter),
        ("response", they_close_the_page),
    ],
)
def test_what_was_broken_before_they_went_stays_broken(metric: str, goes: Goes, noticed: str) -> None:
    """semantics.md part 8: abandoned after the target counts, as the page of waiting times says, too."""
    change, ticket = waits(metric)
    change.moves(minutes=5)
    if noticed == "in time":
        the_scheduler_looks(change)
        settle(change)
    goes(change, ticket)

    clock = clock_of(change, ticket, metric)
    broke = change.now - timedelta(minutes=3)
    assert ("met", change.now, broke) == (clock.state, clock.ended_at, clock.breached_at)
    assert {} == ticket.sla_clocks
    assert ["activate", "breach", "fulfil"] == [kind for kind in told(change, ticket, metric) if kind != "warn"]
    assert {(0, 1)} == figures(change, metric)
    as_the_ledger_tells_it(change, ticket)


@pytest.mark.parametrize("metric", ["speed_of_answer", "response"])
def test_what_they_did_not_wait_for_counts_neither_way(metric: str) -> None:
    change, ticket = waits(metric)
    change.moves(seconds=119)
    they_close_the_page(change, ticket)

    assert ("cancelled", None) == (clock_of(change, ticket, metric).state, clock_of(change, ticket, metric).breached_at)
    assert {(0, 0)} == figures(change, metric)
    as_the_ledger_tells_it(change, ticket)


@pytest.mark.parametrize("metric", ["speed_of_answer", "response"])
def test_nobody_owed_spam_an_answer_in_the_chat(metric: str) -> None:
    change, ticket = waits(metric)
    change.moves(minutes=5)
    it_is_spam(change, ticket)

    assert {(0, 0)} == figures(change, metric)


def test_one_question_is_broken_once_however_often_they_come_and_go() -> None:
    """It is the same promise that goes on, and is kept late."""
    change, ticket = waits("response")
    change.moves(minutes=5)
    for _ in range(2):
        they_close_the_page(change, ticket)
        change.moves(minutes=1)
        ticket.begin_live(change)
        settle(change)
        change.moves(minutes=1)
    assert ticket.sla_breached
    ada_answers(change, ticket)

    (clock,) = clocks_of(change, ticket)
    assert ("met", change.now) == (clock.state, clock.ended_at)
    assert 1 == told(change, ticket, "response").count("breach")
    assert {(0, 1)} == figures(change, "response")
    as_the_ledger_tells_it(change, ticket)


def test_nobody_waits_in_a_chat_while_they_are_away() -> None:
    """Gone after a minute, back after an hour: the second of the two minutes is still to come, and then it breaks."""
    change, ticket = waits("response")
    change.moves(minutes=1)
    they_close_the_page(change, ticket)
    change.moves(hours=1)
    ticket.begin_live(change)
    settle(change)
    clock = clock_of(change, ticket, "response")
    assert ("running", 1, None) == (clock.state, clock.cycle, clock.breached_at)
    assert change.now + timedelta(minutes=1) == clock.due_at

    change.moves(minutes=3)
    the_scheduler_looks(change)
    settle(change)
    assert change.now - timedelta(minutes=2) == clock.breached_at
    assert {(0, 1)} == figures(change, "response")
    as_the_ledger_tells_it(change, ticket)


def test_what_is_promised_late_counts_none_of_the_time_that_they_were_away() -> None:
    """The chat was closed meanwhile, and taken up again by them."""
    change, ticket = waits("response")
    (policy,) = change.rows(select(SlaPolicy))
    policy.set_active(change, False)
    change.write()
    keeping.touch(change, ticket)
    for moved, goes in ((1, ticket.end_live), (60, ticket.begin_live)):
        change.moves(minutes=moved)
        goes(change)
        settle(change)
    policy.set_active(change, True)
    change.write()
    keeping.touch(change, ticket)

    assert change.now + timedelta(minutes=1) == clock_of(change, ticket, "response").due_at


def test_whoever_comes_back_to_the_line_is_promised_speed_anew() -> None:
    """They gave up waiting; that they came again is another wait."""
    change, ticket = waits("speed_of_answer")
    change.moves(minutes=5)
    they_close_the_page(change, ticket)
    change.moves(minutes=30)
    ticket.begin_live(change)
    settle(change)
    change.moves(minutes=1)
    ticket.assign(change, change.rows(select(Agent))[0])
    settle(change)

    assert {(1, 1)} == figures(change, "speed_of_answer")
    as_the_ledger_tells_it(change, ticket)
