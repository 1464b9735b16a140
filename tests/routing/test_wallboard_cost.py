"""A busy desk's board costs indexed queries, as many as on an empty one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, insert
from sqlmodel import Session

from chat import satisfaction
from routing.assignment import Assignment
from routing.presence import Presence
from routing.queues import Queue, QueueMember
from routing.sla.clock import SlaClock
from routing.spans import PresenceSpan
from routing.wallboard.board import board
from routing.wallboard.days import chosen, usual_days
from routing.wallboard.entries import counted
from routing.wallboard.first_replies import waited
from routing.wallboard.flow import flows
from routing.wallboard.hands import hands
from routing.wallboard.outcomes import FIGURES, by_place
from routing.wallboard.speed import speeds
from routing.wallboard.today import as_of
from routing.work import WorkSpan
from server.database import Database
from tests.cast import MONDAY, a_database
from tests.engine import about_sqlite
from tickets.log import LogRow
from tickets.people import Agent, Customer
from tickets.rules import Rules
from tickets.ticket import Ticket

OPEN, DONE_TODAY, OLDER = 2_000, 1_000, 4_000  # tickets
LOGGED = 20_000
NOW = MONDAY + timedelta(hours=8)
MOST_STATEMENTS = 20


def a_ticket(dice: Random, number: int) -> dict[str, Any]:
    """Open, settled today, or long settled."""
    opened = NOW - timedelta(minutes=dice.randrange(600))
    row: dict[str, Any] = {
        "id": number,
        "number": number,
        "channel": dice.choice(("chat", "email", "complaint")),
        "status": dice.choice(("new", "open", "open", "pending")),
        "customer_id": 1,
        "queue_id": 1 + number % 8,
        "agent_id": dice.choice((None, *range(1, 41))),
        "live": number % 50 == 0,
        "opened_at": opened,
        "updated_at": opened,
        "queued_at": opened,
        "waiting_since": dice.choice((None, opened)),
        "sla_warned": number % 10 == 0,
        "sla_breached": number % 20 == 0,
        "resolved_at": None,
        "first_reply_at": None,
    }
    if number > OPEN:
        days = 0 if number <= OPEN + DONE_TODAY else dice.randrange(1, 300)
        resolved = NOW - timedelta(days=days, minutes=dice.randrange(400))
        row |= {"status": "resolved", "resolved_at": resolved, "first_reply_at": resolved, "live": False}
    return row


def a_clock(ticket: dict[str, Any]) -> dict[str, Any]:
    ended = ticket["resolved_at"]
    due = ticket["opened_at"] + timedelta(minutes=30)
    return {
        "id": ticket["id"],
        "ticket_id": ticket["id"],
        "metric": "first_reply",
        "state": "met" if ended else "running",
        "started_at": ticket["opened_at"],
        "target_seconds": 1800.0,
        "since": ticket["opened_at"],
        "due_at": due,
        "breached_at": due if ticket["sla_breached"] and ended is None else None,
        "ended_at": ended,
    }


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Eight queues, forty agents, and a day that has been long."""
    dice = Random(11)
    found = [a_ticket(dice, number) for number in range(1, OPEN + DONE_TODAY + OLDER + 1)]
    held = [one for one in found[:OPEN] if one["agent_id"]]
    here = {"intent": "available", "takes_chat": "new", "connected": True}
    moment = {"since": NOW, "seen_at": NOW, "idle_since": NOW}
    with closing(a_database(tmp_path_factory.mktemp("busy"))) as database, database.writes.begin() as connection:
        for model, rows in (
            (Customer, [{"id": 1, "name": "Sam", "language": "", "notes": "", "created_at": NOW}]),
            (Agent, [{"id": n, "name": f"Agent {n}", "email": f"{n}@x", "created_at": NOW} for n in range(1, 41)]),
            (Queue, [{"id": n, "name": f"Queue {n}"} for n in range(1, 9)]),
            (QueueMember, [{"queue_id": q, "agent_id": n} for q in range(1, 9) for n in range(1, 41)]),
            (Presence, [{"agent_id": n, **here, **moment} for n in range(1, 41)]),
            (Ticket, found),
            (SlaClock, [a_clock(one) for one in found]),
            (Assignment, [_assignment(one) for one in held]),
            (WorkSpan, [_span(one) for one in held]),
            (PresenceSpan, [_presence(n, days) for n in range(1, 41) for days in range(300)]),
            (LogRow, [_log(n) for n in range(1, LOGGED + 1)]),
        ):
            connection.execute(insert(model), rows)
        connection.commit()
        yield database


def _assignment(ticket: dict[str, Any]) -> dict[str, Any]:
    facts = {"weight": 5, "live": False, "by_hand": True, "since": ticket["opened_at"]}
    return {"id": ticket["id"], "ticket_id": ticket["id"], "agent_id": ticket["agent_id"], **facts}


def _span(ticket: dict[str, Any]) -> dict[str, Any]:
    """Of long ago, most of them."""
    ended = NOW - timedelta(days=ticket["id"] % 300)
    began = ended - timedelta(minutes=5)
    who = {"assignment_id": ticket["id"], "agent_id": ticket["agent_id"], "ticket_id": ticket["id"]}
    return {"id": ticket["id"], **who, "medium": "chat", "wraps": False, "began_at": began, "ended_at": ended}


def _presence(agent: int, days: int) -> dict[str, Any]:
    began, ended = NOW - timedelta(days=days, hours=8), NOW - timedelta(days=days)
    said = {"intent": "available", "connected": True, "by": "system"}
    return {"agent_id": agent, "began_at": began, "ended_at": ended, **said}


def _log(pos: int) -> dict[str, Any]:
    kind = "LiveEnded" if pos % 20 == 0 else "MessageReceived"
    at = NOW - timedelta(seconds=LOGGED - pos)
    return {"pos": pos, "at": at, "kind": kind, "ticket_id": 1 + pos % OPEN, "by": "customer:1", "data": "{}"}


Ask = Callable[[Session], None]


def count_it(session: Session) -> None:
    """What a wallboard reads, all of it."""
    at = as_of(session, NOW)
    board(session, at, Rules())
    for figure in satisfaction.FIGURES.values():
        counted(session, figure, at)


def test_it_asks_as_much_of_a_busy_desk_as_of_an_empty_one(desk: Database, tmp_path: Path) -> None:
    with closing(a_database(tmp_path)) as empty:
        asked = [len(statements(database)) for database in (empty, desk)]

    assert asked[0] <= asked[1] <= asked[0] + 2 <= MOST_STATEMENTS  # who is busy is asked only where somebody is


def how_soon(session: Session) -> None:
    """What the page of waiting times counts of today."""
    speeds(session, as_of(session, NOW))


def how_busy(session: Session) -> None:
    """What the page of handling and occupancy counts of today, and who was sent on."""
    hands(session, as_of(session, NOW))
    flows(session, as_of(session, NOW))


def what_became_of_them(session: Session) -> None:
    """What the page of answers and outcomes counts of a week."""
    days = chosen(session, NOW, *usual_days(session, NOW))
    for name in ("reopened", "one-touch"):
        by_place(session, name, days)
    waited(session, days)
    counted(session, FIGURES["promises"], days)


@about_sqlite
@pytest.mark.parametrize("ask", [count_it, how_soon, how_busy, what_became_of_them])
def test_no_history_is_read_from_its_beginning(desk: Database, ask: Ask) -> None:
    """The log, the clocks and what is long settled are found by their times."""
    plans: list[str] = []
    with desk.reads.connect() as connection:
        for statement, values in statements(desk, ask):
            found = connection.exec_driver_sql(f"explain query plan {statement}", values)
            plans += [str(step.detail) for step in found]

    whole = re.compile(
        "SCAN (log|assignment|work_span|presence_span|sla_clock|rating|ticket|callback|complaint|message|merge)"
        "(?! USING INDEX .*(open|undecided))"
    )
    assert [] == [step for step in plans if whole.match(step)]


def statements(database: Database, ask: Ask = count_it) -> list[tuple[str, Any]]:
    """What is asked of the database, and with which values."""
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        asked.append((statement, values))

    event.listen(database.reads, "before_cursor_execute", note)
    try:
        with Session(database.reads) as session:
            ask(session)
    finally:
        event.remove(database.reads, "before_cursor_execute", note)
    return asked
