"""Opened again, settled with one answer, first answered: as semantics.md part 8 defines it, over chosen days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from routing.calendars import BusinessCalendar
from routing.callbacks.callback import Callback
from routing.hours import Calendar, add_calendar
from routing.queues import Delivery, Queue
from routing.sla.clock import SlaClock
from routing.wallboard import entries
from routing.wallboard.days import Days, chosen, usual_days
from routing.wallboard.entries import Asked, Count, counted
from routing.wallboard.first_replies import half, mean, waited
from routing.wallboard.outcomes import FIGURES, by_place
from tests.cast import MONDAY, UnitChange, a_change, a_ticket
from tests.routing.floor import a_queue
from tests.routing.test_speed import happens
from tickets.errors import Refused
from tickets.merge import Merge
from tickets.status import Channel, Status
from tickets.ticket import Ticket

TODAY = MONDAY.date()
HOUR = 3600
ADA, ROBOT = "agent:7", "bot:hours"


def a_desk(zone: str = "UTC") -> tuple[UnitChange, Queue]:
    """Support, open from nine to five on working days."""
    change = a_change()
    queue = a_queue(change)
    hours = add_calendar(change, "Office", BusinessCalendar(zone, (((540, 1020),),) * 5 + ((), ())))
    queue.set_rules(change, delivery=Delivery.PULL, calendar_id=hours.id)
    happens(change)
    return change, queue


def answers(change: UnitChange, ticket: Ticket, by: str = ADA) -> None:
    change.by = by
    ticket.reply(change, "With you.", client_id=f"a-{change.new_id()}", name="Ada")
    happens(change)


def solves(change: UnitChange, ticket: Ticket) -> Ticket:
    ticket.resolve(change)
    happens(change)
    return ticket


def writes(change: UnitChange, ticket: Ticket) -> None:
    ticket.receive(change, "And?", client_id=f"c-{change.new_id()}")
    happens(change)


def the_days(change: UnitChange, first: date = TODAY, last: date | None = None) -> Days:
    change.write()
    return chosen(change.session, change.now, first, last or first)


def told(change: UnitChange, queue: Queue, name: str, days: Days | None = None, *, channel: str = "chat") -> Count:
    """What the figure says; the rows behind it are as many."""
    days = days or the_days(change)
    found = by_place(change.session, name, days).get((queue.id, channel), Count())
    asked = Asked(f"{name}-{channel}", queue.id)
    assert found == entries.total(change.session, FIGURES, asked, days)
    assert found.n == len({row.ticket_id for row in entries.page(change.session, FIGURES, asked, days)})
    return found


def test_the_example_of_the_page() -> None:
    """docs/wallboard.md, Answers and outcomes."""
    change, queue = a_desk()
    once, twice, again = (a_ticket(change, queue_id=queue.id) for _ in range(3))
    change.moves(hours=9)  # an hour after closing time
    for ticket in (once, twice, twice, again):
        answers(change, ticket)
    for ticket in (once, twice, again):
        solves(change, ticket)
    change.moves(days=1)
    writes(change, again)
    days = the_days(change)

    assert (3, 1) == ((reopened := told(change, queue, "reopened", days)).n, reopened.bad)
    assert Count(3, 1) == told(change, queue, "one-touch", days)
    found = waited(change.session, days)[queue.id, "chat"]
    assert (9 * HOUR, 8 * HOUR) == (mean(found.around_the_clock), mean(found.while_open))


def test_opened_again_counts_each_ticket_once_on_the_days_on_which_it_was_solved() -> None:
    """However often; not what was opened before, what came out of the spam, nor what goes on as another."""
    change, queue = a_desk()
    often, before, spam, merged = (a_ticket(change, queue_id=queue.id) for _ in range(4))
    solves(change, before)
    change.moves(days=1)
    writes(change, before)
    for _ in range(2):
        solves(change, often)
        writes(change, often)
    solves(change, often)
    solves(change, before)
    spam.set_status(change, Status.SPAM)
    happens(change)
    spam.reopen(change)
    merged.set_status(change, Status.CLOSED)
    happens(change)
    change.add(Merge(ticket_id=merged.id, target_id=often.id, at=change.now, by=ADA))
    change.moves(days=1)

    yesterday = the_days(change, TODAY + timedelta(days=1))
    assert Count(2, 1) == told(change, queue, "reopened", yesterday)
    assert Count(1, 0) == told(change, queue, "reopened"), "it was opened again the day after"
    assert Count(2, 0) == told(change, queue, "reopened", the_days(change, TODAY, TODAY + timedelta(days=2)))


def test_what_was_closed_without_being_resolved_is_solved_too() -> None:
    change, queue = a_desk()
    ticket = a_ticket(change, queue_id=queue.id)
    ticket.set_status(change, Status.CLOSED)
    happens(change)
    assert Count(1, 1) == told(change, queue, "reopened")

    ticket.reopen(change)
    happens(change)
    assert Count(1, 0) == told(change, queue, "reopened")
    ticket.set_status(change, Status.SPAM)
    happens(change)
    assert Count() == told(change, queue, "reopened"), "and what turned out to be spam never was"


def test_one_answer_is_one_of_a_person_or_one_call() -> None:
    """Not none, not two, not a bot's; and not where the customer came back."""
    change, queue = a_desk()
    none, one, two, bots, both, called, back = (a_ticket(change, queue_id=queue.id) for _ in range(7))
    for ticket in (one, two, two, both, back):
        answers(change, ticket)
    for ticket in (bots, both):
        answers(change, ticket, ROBOT)
    change.add(_a_call(change, called, queue))
    for ticket in (none, one, two, bots, both, called, back):
        solves(change, ticket)
    writes(change, back)

    days = the_days(change)
    rows = entries.page(change.session, FIGURES, Asked("one-touch-chat", None), days)
    assert Count(7, 3) == told(change, queue, "one-touch", days)
    assert {one.id, both.id, called.id} == {row.ticket_id for row in rows if row.good}


def _a_call(change: UnitChange, ticket: Ticket, queue: Queue) -> Callback:
    facts: dict[str, Any] = dict.fromkeys(("start", "end", "not_before", "asked_at"), change.now)
    facts |= {"phone": "+4930123456", "form_key": "f-1", "state": "done", "outcome": "reached"}
    return Callback(ticket_id=ticket.id, queue_id=queue.id, **facts)


def test_the_first_answer_is_that_of_a_person_to_somebody_who_waited() -> None:
    """A bot's is none, and our own first word answers nobody; a second answer changes nothing."""
    change, queue = a_desk()
    asked = a_ticket(change, queue_id=queue.id)
    happens(change)
    change.by = ADA
    ours = a_ticket(change, queue_id=queue.id)
    ours.channel = Channel.EMAIL.value
    answers(change, ours)
    answers(change, asked, ROBOT)
    change.moves(hours=1)
    answers(change, asked)
    change.moves(hours=1)
    answers(change, asked)

    found = waited(change.session, the_days(change))[queue.id, "chat"]
    assert ([HOUR], [HOUR]) == (found.around_the_clock, found.while_open)
    assert 1 == told(change, queue, "first-replies").n
    assert 0 == told(change, queue, "first-replies", channel="email").n


def test_time_that_has_passed_is_measured_by_the_hours_of_its_day() -> None:
    """Who is answered on the day on which hours change; half of them waited at most so long."""
    change, queue = a_desk()
    tickets = [a_ticket(change, queue_id=queue.id) for _ in range(3)]
    answers(change, tickets[0])
    change.moves(hours=2)
    answers(change, tickets[1])
    hours = change.take(Calendar, queue.calendar_id or 0)
    hours.set_hours(change, BusinessCalendar("UTC", ((), *(((0, 1440),),) * 6)))
    change.moves(hours=2)
    answers(change, tickets[2])

    found = waited(change.session, the_days(change))[queue.id, "chat"]
    assert [0, 2 * HOUR, 4 * HOUR] == sorted(found.around_the_clock)
    assert [0, 2 * HOUR, 2 * HOUR] == sorted(found.while_open)
    assert (2 * HOUR, 2 * HOUR) == (half(found.around_the_clock), mean(found.around_the_clock))


def test_promises_of_chosen_days_are_those_of_every_kind_to_customers() -> None:
    """Kept and broken ones; not cancelled, not between queues, not of other days."""
    change, queue = a_desk()
    ticket, yesterday = a_ticket(change, queue_id=queue.id), change.now - timedelta(days=1)
    clocks: list[dict[str, Any]] = [
        {"metric": "resolution", "state": "met", "ended_at": change.now},
        {"metric": "next_reply", "state": "running", "breached_at": change.now},
        {"metric": "next_reply", "state": "met", "ended_at": yesterday},
        {"metric": "resolution", "state": "cancelled", "ended_at": change.now},
        {"metric": "ownership", "state": "met", "ended_at": change.now},
    ]
    times: dict[str, Any] = {"started_at": yesterday, "since": yesterday, "target_seconds": 60.0}
    for cycle, facts in enumerate(clocks, start=50):
        change.add(SlaClock(id=change.new_id(), ticket_id=ticket.id, cycle=cycle, **times, **facts))

    assert Count(2, 1) == counted(change.session, FIGURES["promises"], the_days(change)).of(queue.id)


@pytest.mark.parametrize(
    ("zone", "at", "days"),
    [
        ("UTC", "2026-11-23T23:59:59.999999", [23]),
        ("UTC", "2026-11-24T00:00:00", [24]),
        ("Asia/Shanghai", "2026-11-23T16:00:00", [24]),
        ("America/New_York", "2026-11-24T04:59:59", [23]),
    ],
)
def test_a_day_ends_at_midnight_where_the_queue_is(zone: str, at: str, days: list[int]) -> None:
    change, queue = a_desk(zone)
    ticket = a_ticket(change, queue_id=queue.id)
    change.now = datetime.fromisoformat(f"{at}+00:00")
    solves(change, ticket)
    change.moves(days=2)

    found = [
        day for day in (22, 23, 24, 25) if told(change, queue, "reopened", the_days(change, date(2026, 11, day))).n
    ]
    assert days == found


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (TODAY, TODAY + timedelta(days=2), "last"),
        (TODAY, TODAY - timedelta(days=1), "first"),
        (TODAY - timedelta(days=92), TODAY, "first"),
        (date.min, TODAY, "first"),
        (TODAY, date.max, "last"),
    ],
)
def test_days_that_cannot_be_meant_are_refused(first: date, last: date, field: str) -> None:
    change = a_change()
    with pytest.raises(Refused) as refusal:
        chosen(change.session, change.now, first, last)
    assert field == refusal.value.field


def test_the_usual_days_are_the_last_seven_where_the_queues_are() -> None:
    change, _ = a_desk("Asia/Shanghai")
    change.moves(hours=9)  # there it is tomorrow

    assert (date(2026, 11, 18), date(2026, 11, 24)) == usual_days(change.session, change.now)
