"""docs/sla.md tells the truth: each of its examples is lived through on a moved clock."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from routing.merging import merge
from routing.queues import Delivery, Queue, add_queue
from routing.sla.policy import Terms, add_policy
from tests.cast import MONDAY, UnitChange, a_ticket
from tests.routing.floor import settle
from tests.routing.sla.promises import ALoggedChange, ada_answers, clock_of, office_hours, sam_writes
from tickets.people import Customer
from tickets.status import Priority, Status
from tickets.ticket import Ticket

DOCS = Path(__file__).parents[3] / "docs" / "sla.md"
EXAMPLES = re.findall(r"```example\n(.*?)```", DOCS.read_text("utf-8"), re.S)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
UNITS = {"min": 1, "h": 60}
STATUSES = {"pending": Status.PENDING, "on hold": Status.ON_HOLD, "open": Status.OPEN}
NAMES = {"update": "periodic_update"}


def moment(told: str) -> datetime:
    """ "Tue 10:00" of the week that begins on the cast's Monday."""
    day, clock = told.split()
    hours, minutes = map(int, clock.split(":"))
    return MONDAY.replace(hour=hours, minute=minutes) + timedelta(days=DAYS.index(day))


def metric(told: str) -> str:
    return NAMES.get(told, told.replace(" ", "_"))


def promise(change: UnitChange, told: str) -> None:
    """ "promised 24/7: first reply 1 h; urgent 30 min": a priority is for the metric before it."""
    mode, _, rest = told.partition(": ")
    business, last = "hours" in mode, ""
    targets: dict[str, dict[str, dict[str, Any]]] = {}
    for one in rest.split("; "):
        name, number, unit = one.rsplit(" ", 2)
        target = {"minutes": int(number) * UNITS[unit], "business": business}
        if name in set(Priority):
            targets[last][name] = target
        else:
            last = metric(name)
            targets[last] = {priority.value: target for priority in Priority}
    hours = office_hours(change).id
    add_policy(change, Terms("Example", targets, calendar_id=None if "queue" in mode else hours))
    for queue in change.rows(select(Queue)):
        queue.set_rules(change, delivery=Delivery.PULL, calendar_id=hours)


def happens(change: UnitChange, ticket: Ticket, what: str) -> None:
    if what in STATUSES:
        ticket.set_status(change, STATUSES[what])
    elif what in set(Priority):
        ticket.set_priority(change, Priority(what))
    elif what == "resolved":
        ticket.resolve(change)
    else:
        HAPPENINGS[what](change, ticket)
    settle(change)


def sam_writes_elsewhere(change: UnitChange, ticket: Ticket) -> None:
    sam_writes(change, a_ticket(change, change.take(Customer, ticket.customer_id)))


def that_is_merged(change: UnitChange, ticket: Ticket) -> None:
    its = select(Ticket).where(Ticket.customer_id == ticket.customer_id, Ticket.id != ticket.id)
    merge(change, change.rows(its)[0].id, ticket.number)


def it_is_moved(change: UnitChange, ticket: Ticket) -> None:
    ticket.move(change, add_queue(change, "Nights").id)


def it_is_moved_back(change: UnitChange, ticket: Ticket) -> None:
    ticket.move(change, change.rows(select(Queue.id).where(Queue.name == "Days"))[0])


HAPPENINGS: dict[str, Callable[[UnitChange, Ticket], None]] = {
    "Sam writes": sam_writes,
    "Ada answers": ada_answers,
    "Sam writes elsewhere": sam_writes_elsewhere,
    "that is merged into it": that_is_merged,
    "moved to a queue that is always open": it_is_moved,
    "moved back": it_is_moved_back,
}


def holds(change: UnitChange, ticket: Ticket, claim: str) -> None:
    told = re.fullmatch(r"(.*?) (is due|is paused|is kept|broke)(?: (.*))?", claim)
    assert told is not None, claim
    name, verb, at = told.groups()
    clock = clock_of(change, ticket, metric(name))
    if verb == "is due":
        assert ("running", moment(at), None) == (clock.state, clock.due_at, clock.breached_at), claim
    elif verb == "broke":
        assert moment(at) == clock.breached_at, claim
    else:
        assert {"is paused": "paused", "is kept": "met"}[verb] == clock.state, claim
        assert clock.breached_at is None, claim


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 6


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_holds(example: str) -> None:
    change = ALoggedChange()
    first, *lines = example.strip().splitlines()
    ticket = a_ticket(change, queue_id=add_queue(change, "Days").id)
    promise(change, first)
    for line in lines:
        if line.startswith(DAYS):
            change.clock.at = change.now = moment(line[:9])
            happens(change, ticket, line[9:].strip())
        else:
            holds(change, ticket, line.strip())
