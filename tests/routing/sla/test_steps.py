"""Steps of a policy are taken at their time exactly, once, whoever notices, and do what the policy says."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

import server.tables  # noqa: F401  (all tables, before any is made)
from routing.queues import Delivery
from routing.reactions import REACTIONS
from routing.sla import chores
from routing.sla.events import SlaUntold
from routing.sla.ledger import SlaEntry
from routing.sla.policy import SlaPolicy, Terms, add_policy
from routing.sla.steps import Step, checked_steps
from server.scheduler import TICK, Scheduler
from tests.cast import MONDAY, MovedClock, UnitChange, a_change, a_database, a_desk, a_ticket, an_agent
from tests.routing.floor import ALL, a_floor, a_queue, settle
from tests.routing.sla.promises import (
    a_promised_ticket,
    ada_answers,
    after,
    clock_of,
    office_hours,
    sam_writes,
    targets,
    the_scheduler_looks,
)
from tickets.change import Change
from tickets.email.mailbox import add_mailbox
from tickets.email.outgoing import Outgoing
from tickets.errors import NotFound, Refused
from tickets.people import Role
from tickets.rules import Rules
from tickets.status import Status
from tickets.ticket import Ticket

HALF, NEARLY, BROKEN, LONG_BROKEN = (
    Step("used", 50, "tell", "supervisors"),
    Step("left", 10, "raise"),
    Step("late", 0, "raise"),
    Step("late", 30, "raise"),
)


def a_stepped_policy(change: Change, *steps: Step, **terms: Any) -> SlaPolicy:
    """A first reply within an hour, and what happens until then."""
    return add_policy(change, Terms("Stepped", targets({"first_reply": 60}), steps=steps, **terms))


def taken(change: UnitChange, ticket: Ticket) -> list[tuple[float, str]]:
    """When each step was taken, in minutes since the morning began, and what it does."""
    mine = select(SlaEntry).where(SlaEntry.ticket_id == ticket.id, SlaEntry.kind == "step")
    entries = sorted(change.rows(mine), key=lambda entry: entry.id)
    return [((entry.at - MONDAY).total_seconds() / 60, entry.facts["does"]) for entry in entries]


def looks(change: UnitChange, **later: float) -> None:
    change.moves(**later)
    the_scheduler_looks(change)
    settle(change)


def test_steps_come_at_their_time_and_not_before() -> None:
    """By percent and by minutes; each is stamped with its time, however late it is noticed."""
    change = a_change()
    a_stepped_policy(change, HALF, NEARLY, BROKEN, LONG_BROKEN)
    ticket = a_promised_ticket(change)
    looks(change, minutes=29, seconds=59)
    assert [] == taken(change, ticket)

    looks(change, seconds=4)
    assert [(30, "tell")] == taken(change, ticket)
    looks(change, minutes=60)
    looks(change)
    assert [(30, "tell"), (50, "raise"), (60, "raise")] == taken(change, ticket)[:3]


def test_a_step_for_every_promise_and_the_same_for_one_are_taken_once() -> None:
    change = a_change()
    a_stepped_policy(change, NEARLY, replace(NEARLY, metric="first_reply"))
    ticket = a_promised_ticket(change)
    looks(change, minutes=70)
    assert ([(50, "raise")], "high") == (taken(change, ticket), ticket.priority)


def test_several_processes_take_a_step_once() -> None:
    change = a_change()
    a_stepped_policy(change, HALF)
    ticket = a_promised_ticket(change)
    change.moves(minutes=31)
    change.write()
    (seen,), (too,) = chores.at_a_step(change.session, change.now), chores.at_a_step(change.session, change.now)
    for clock in (seen, too):
        chores.step(change, clock)

    assert 1 == change.kinds.count("SlaStepReached")
    assert [(30, "tell")] == taken(change, ticket)


def test_a_paused_clock_takes_no_step_and_goes_on_where_it_was() -> None:
    change = a_change()
    add_policy(change, Terms("Ends", targets({"resolution": 60}), steps=[HALF]))
    ticket = a_promised_ticket(change)
    change.moves(minutes=20)
    ticket.set_status(change, Status.PENDING)
    settle(change)
    looks(change, hours=8)
    assert [] == taken(change, ticket)

    sam_writes(change, ticket)
    looks(change, minutes=11)
    assert [(20 + 8 * 60 + 10, "tell")] == taken(change, ticket)


def test_what_an_answer_ends_in_time_takes_no_step_any_more() -> None:
    change = a_change()
    a_stepped_policy(change, HALF, BROKEN)
    ticket = a_promised_ticket(change)
    change.moves(minutes=20)
    ada_answers(change, ticket)
    looks(change, hours=5)

    assert [] == taken(change, ticket)


def test_a_late_answer_breaks_the_promise_and_its_steps_are_taken_by_whoever_notices() -> None:
    """The scheduler was not there: nothing is lost by that, and nothing happens again when it is back."""
    change = a_change()
    a_stepped_policy(change, BROKEN)
    ticket = a_promised_ticket(change)
    change.moves(minutes=70)
    ada_answers(change, ticket)
    looks(change)

    assert ([(60, "raise")], "high") == (taken(change, ticket), ticket.priority)


def test_an_edited_policy_does_not_repeat_what_was_done() -> None:
    change = a_change()
    policy = a_stepped_policy(change, HALF)
    ticket = a_promised_ticket(change)
    looks(change, minutes=31)
    policy.edit(change, Terms("Stepped", targets({"first_reply": 62}), steps=[HALF, NEARLY]))
    ticket.set_subject(change, "Where?")
    for status in (Status.ON_HOLD, Status.OPEN):
        ticket.set_status(change, status)
    settle(change)
    looks(change, minutes=25)

    assert [(30, "tell"), (52, "raise")] == taken(change, ticket)


def test_steps_count_in_the_hours_of_the_promise() -> None:
    change = a_change()
    office = office_hours(change)
    promise = targets({"first_reply": 8 * 60}, business=True)
    add_policy(change, Terms("Office", promise, steps=[HALF], calendar_id=office.id))
    change.moves(hours=6)  # it closes in two
    ticket = a_promised_ticket(change)

    assert after(days=1, hours=2) == clock_of(change, ticket, "first_reply").step_at


def test_people_are_told_by_mail() -> None:
    """Whoever has it; where nobody has, the supervisors. Never who has left."""
    change = a_change()
    grace, gone = an_agent(change, "Grace", Role.SUPERVISOR), an_agent(change, "Gone", Role.SUPERVISOR)
    gone.active = False
    ada = an_agent(change, "Ada")
    a_stepped_policy(change, Step("used", 25, "tell", "holder"), HALF, Step("used", 75, "tell", "holder"))
    ticket = a_promised_ticket(change)
    looks(change, minutes=16)
    looks(change, minutes=15)
    ticket.assign(change, ada)
    settle(change)
    looks(change, minutes=15)

    mails = change.rows(select(Outgoing).where(Outgoing.notice == "promise"))
    assert [grace.email, grace.email, ada.email] == [mail.to_address for mail in mails]
    assert ("first_reply", False, f"/app/tickets/{ticket.number}") == tuple(
        mails[0].facts[name] for name in ("metric", "late", "link")
    )


@pytest.mark.parametrize(("most", "ours"), [(0, False), (60, True)])
def test_who_cannot_be_told_by_mail_is_named_in_the_story(most: int, ours: bool) -> None:
    """Beyond what the desk sends in a minute, and where the desk itself receives at the address."""
    change = a_change(rules=Rules(notices_per_minute=most))
    grace = an_agent(change, "Grace", Role.SUPERVISOR)
    if ours:
        add_mailbox(change, grace.email)
    a_stepped_policy(change, HALF)
    ticket = a_promised_ticket(change)
    change.moves(minutes=30)
    the_scheduler_looks(change)
    change.settle(ALL)

    (untold,) = (event for event in change.recorded if isinstance(event, SlaUntold))
    assert [] == change.rows(select(Outgoing).where(Outgoing.notice == "promise"))
    assert (ticket.id, "first_reply", grace.id) == (untold.ticket, untold.metric, untold.agent)


@pytest.mark.parametrize(("to", "named"), [("supervisors", False), ("holder", False), ("left", True)])
def test_a_step_that_tells_nobody_says_so(to: str, named: bool) -> None:
    """The desk has no supervisor and no admin who is still there, or whoever was to be told has left."""
    change = a_change()
    for role in (Role.SUPERVISOR, Role.ADMIN):
        an_agent(change, role.value, role).active = False
    ada = an_agent(change, "Ada")
    a_stepped_policy(change, Step("used", 50, "tell", str(ada.id) if to == "left" else to))
    ada.active = False
    a_promised_ticket(change)
    change.moves(minutes=30)
    the_scheduler_looks(change)
    change.settle(ALL)

    (untold,) = (event for event in change.recorded if isinstance(event, SlaUntold))
    assert ("first_reply", ada.id if named else None) == (untold.metric, untold.agent)
    assert [] == change.rows(select(Outgoing).where(Outgoing.notice == "promise"))


def test_it_is_moved_and_given_to_somebody() -> None:
    change = a_change()
    _, (ada,) = a_floor(change, "Ada")
    change.clock.at = change.now = MONDAY
    second = a_queue(change, "Second line", delivery=Delivery.PULL)
    steps = (Step("used", 50, "move", str(second.id)), Step("late", 0, "assign", str(ada.id)))
    a_stepped_policy(change, *steps)
    ticket = a_promised_ticket(change)
    looks(change, minutes=31)
    assert (second.id, None) == (ticket.queue_id, ticket.agent_id)

    looks(change, minutes=30)
    assert ada.id == ticket.agent_id


def test_a_step_is_only_for_the_metric_that_it_names() -> None:
    change = a_change()
    step = Step("used", 50, "raise", metric="resolution")
    add_policy(change, Terms("Both", targets({"first_reply": 60, "resolution": 80}), steps=[step]))
    ticket = a_promised_ticket(change)
    looks(change, minutes=39)
    assert [] == taken(change, ticket)
    looks(change, minutes=1)
    assert [(40, "raise")] == taken(change, ticket)


@pytest.mark.parametrize(
    "step",
    [
        Step("used", 0, "raise"), Step("used", 100, "raise"), Step("left", 0, "raise"), Step("late", -1, "raise"),
        Step("soon", 1, "raise"), Step("used", 1, "shout"), Step("used", 1, "tell"), Step("used", 1, "raise", "holder"),
    ],
)  # fmt: skip
def test_a_step_that_cannot_be_meant_is_refused(step: Step) -> None:
    with pytest.raises(Refused):
        checked_steps([step])


def test_a_step_names_who_there_is() -> None:
    with pytest.raises(NotFound):
        a_stepped_policy(a_change(), Step("used", 50, "assign", "99"))


# On a desk


@pytest.mark.parametrize("schedulers", [1, 2])
async def test_however_many_schedulers_each_step_breach_and_warning_comes_once(tmp_path: Path, schedulers: int) -> None:
    """Never early; at the next look, which is less than 5 s away; stamped with its time. Also after a restart."""
    clock, database = MovedClock(), a_database(tmp_path)
    async with a_desk(database, clock=clock, reactions=REACTIONS) as desk:
        await desk.change(a_stepped_policy, HALF, BROKEN, by="system")
        tickets = [await desk.change(_opened, by="system") for _ in range(3)]
        sweeping = [Scheduler(desk, chores.CHORES) for _ in range(schedulers)]
        clock.moves(minutes=30, seconds=-1)
        await asyncio.gather(*(one.look() for one in sweeping))
        assert [] == await desk.read(_told)
        clock.moves(seconds=1 + TICK)
        await asyncio.gather(*(one.look() for one in sweeping))
        assert 3 * ["step"] == await desk.read(_told)
        clock.moves(minutes=20)
        await asyncio.gather(*(one.look() for one in sweeping))
        assert [*3 * ["step"], *3 * ["warn"]] == sorted(await desk.read(_told))
    async with a_desk(database, clock=clock, reactions=REACTIONS) as desk:  # it was down when promises broke
        clock.moves(hours=2)
        sweeping = [Scheduler(desk, chores.CHORES) for _ in range(schedulers)]
        for _ in range(2):
            await asyncio.gather(*(one.look() for one in sweeping))
        assert sorted(3 * ["step", "step", "warn", "breach"]) == sorted(await desk.read(_told))
        stamps = {row.at for row in await desk.read(_entries) if row.kind == "breach"}
        assert {MONDAY + timedelta(hours=1)} == stamps
        assert 3 == len(tickets)
    database.close()


def _opened(change: Change) -> int:
    ticket = a_ticket(change)
    ticket.receive(change, "Where is my parcel?", client_id=str(change.new_id()))
    return ticket.id


def _entries(session: Session) -> list[SlaEntry]:
    return list(session.exec(select(SlaEntry)).all())


def _told(session: Session) -> list[str]:
    return [row.kind for row in _entries(session) if row.kind in {"step", "breach", "warn"}]
