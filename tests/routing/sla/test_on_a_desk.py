"""Promises on a real desk: told once, at their time, whoever looks and however late; and what the log remembers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from routing.calendars import BusinessCalendar
from routing.hours import Calendar
from routing.reactions import REACTIONS
from routing.sla import applying, chores
from routing.sla.clock import SlaClock
from routing.sla.events import SlaBreached
from routing.sla.ledger import SlaEntry
from routing.sla.policy import SlaPolicy, Terms, add_policy
from server.database import Database
from server.scheduler import Scheduler
from tests.cast import MONDAY, MovedClock, a_customer, a_database, a_desk, a_ticket
from tests.routing.sla.promises import USUAL, after, office_hours, targets
from tickets import log
from tickets.change import Change
from tickets.desk import Desk
from tickets.opening import open_ticket
from tickets.saying import Post
from tickets.status import Channel, Priority, Status
from tickets.ticket import Ticket


@dataclass
class House:
    desk: Desk
    clock: MovedClock

    async def does(self, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await self.desk.change(verb, *args, by="system", **kwargs)

    async def takes(self, ticket: int, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        await self.does(lambda change: verb(change.take(Ticket, ticket), change, *args, **kwargs) and None)

    async def a_ticket(self) -> int:
        def opens(change: Change) -> int:
            ticket = a_ticket(change)
            ticket.receive(change, "Where is my parcel?", client_id=str(ticket.id))
            return ticket.id

        return int(await self.does(opens))

    async def says(self, ticket: int, verb: Callable[..., Any]) -> None:
        name = {"name": "Ada"} if verb is Ticket.reply else {}
        await self.takes(ticket, verb, "Well", client_id=str(self.clock.now()) + verb.__name__, **name)

    def ticket(self, ticket: int) -> Ticket:
        return self.desk.look(lambda session: session.get_one(Ticket, ticket))

    def clocks(self, ticket: int) -> dict[str, SlaClock]:
        mine = select(SlaClock).where(SlaClock.ticket_id == ticket)
        return {clock.metric: clock for clock in self.desk.look(lambda session: session.exec(mine).all())}

    def told(self, ticket: int, kind: str) -> list[SlaEntry]:
        """What the ledger says of it."""
        mine = select(SlaEntry).where(SlaEntry.ticket_id == ticket, SlaEntry.kind == kind)
        return self.desk.look(lambda session: [*session.exec(mine)])

    def logged(self, kind: type[Any]) -> list[Any]:
        return [row.event for row in self.desk.look(log.after, 0) if row.kind == kind.__name__]


@pytest.fixture
def database(tmp_path: Path) -> Any:
    database = a_database(tmp_path)
    yield database
    database.close()


@contextlib.asynccontextmanager
async def opened(database: Database, clock: MovedClock | None = None) -> AsyncIterator[House]:
    clock = clock or MovedClock()
    async with a_desk(database, clock=clock, reactions=REACTIONS) as desk:
        yield House(desk, clock)


def promises(change: Change, minutes: dict[str, int] | None = None) -> int:
    return add_policy(change, Terms("Everybody", targets(minutes or USUAL))).id


async def test_a_breach_is_told_once_at_its_time_after_a_night_without_us(database: Database) -> None:
    """The house stood still over the due time; two processes look when it is back."""
    async with opened(database) as house:
        await house.does(promises)
        ticket = await house.a_ticket()
    house.clock.moves(hours=5)
    async with opened(database, house.clock) as house:
        looks = [Scheduler(house.desk, chores.CHORES).look() for _ in range(2)]
        await asyncio.gather(*looks)
        await Scheduler(house.desk, chores.CHORES).look()

        assert [after(hours=1)] == [event.due for event in house.logged(SlaBreached)]
        assert after(hours=1) == house.clocks(ticket)["first_reply"].breached_at
        told = house.told(ticket, "breach")
        assert [(after(hours=1), after(hours=5))] == [(entry.at, entry.noted_at) for entry in told]
        shown = house.ticket(ticket)
        assert (True, True, after(hours=1)) == (shown.sla_breached, shown.sla_warned, shown.sla_due_at)


async def test_what_is_over_is_told_as_broken_and_not_as_scarce(database: Database) -> None:
    async with opened(database) as house:
        await house.does(promises, {"first_reply": 60})
        await house.a_ticket()
        house.clock.moves(minutes=45)
        scheduler = Scheduler(house.desk, chores.CHORES)
        await scheduler.look()
        await scheduler.look()
        house.clock.moves(minutes=15)
        await scheduler.look()
        second = await house.a_ticket()
        house.clock.moves(hours=2)
        await scheduler.look()

        kinds = [(row.kind, row.ticket_id == second) for row in house.desk.look(log.after, 0)]
        told = [kind for kind in kinds if kind[0] in {"SlaWarned", "SlaBreached"}]
        assert [("SlaWarned", False), ("SlaBreached", False), ("SlaBreached", True)] == told


async def test_an_answer_that_came_first_is_not_overtaken_by_a_slow_scheduler(database: Database) -> None:
    """It read what is due before the answer, and claims afterwards."""
    async with opened(database) as house:
        await house.does(promises, {"first_reply": 60, "next_reply": 60})
        answered, moved = await house.a_ticket(), await house.a_ticket()
        house.clock.moves(minutes=59)
        await house.says(answered, Ticket.reply)
        await house.takes(moved, Ticket.set_priority, Priority.LOW)
        house.clock.moves(minutes=2)
        for ticket in (answered, moved):
            await house.does(chores.breach, house.clocks(ticket)["first_reply"].id)
            await house.does(chores.warn, house.clocks(ticket)["first_reply"].id)

        assert [] == house.logged(SlaBreached)


async def test_a_policy_that_comes_late_counts_from_the_beginning(database: Database) -> None:
    """An hour open, two pending, one open: the log knows. The first answer was given before anything was promised."""
    async with opened(database) as house:
        ticket = await house.a_ticket()
        house.clock.moves(hours=1)
        await house.says(ticket, Ticket.reply)
        await house.takes(ticket, Ticket.set_status, Status.PENDING)
        house.clock.moves(hours=2)
        await house.says(ticket, Ticket.receive)
        house.clock.moves(minutes=10)
        await house.does(promises)
        await house.takes(ticket, Ticket.set_priority, Priority.HIGH)

        clocks = house.clocks(ticket)
        assert {"next_reply", "resolution"} == set(clocks)
        assert after(hours=10) == clocks["resolution"].due_at
        assert (after(), 3600.0) == (clocks["resolution"].started_at, clocks["resolution"].elapsed_seconds)
        assert (after(hours=3, minutes=30), after(hours=3)) == (
            clocks["next_reply"].due_at,
            clocks["next_reply"].started_at,
        )
        assert after(hours=3, minutes=10) == house.ticket(ticket).sla_applied_at


async def test_a_policy_that_comes_too_late_is_broken_when_it_would_have_been(database: Database) -> None:
    async with opened(database) as house:
        ticket = await house.a_ticket()
        house.clock.moves(hours=3)
        await house.does(promises, {"first_reply": 60})
        await house.takes(ticket, Ticket.set_priority, Priority.HIGH)

        assert after(hours=1) == house.clocks(ticket)["first_reply"].breached_at
        assert 1 == len(house.logged(SlaBreached))


async def test_a_promise_that_comes_late_to_a_mail_counts_from_when_it_came(database: Database) -> None:
    """It had waited five minutes to be read, which the log does not say and the message does."""
    async with opened(database) as house:
        came = house.clock.now()
        house.clock.moves(minutes=5)

        def opens(change: Change) -> int:
            ticket = open_ticket(change, a_customer(change), channel=Channel.EMAIL, subject="My parcel", at=came)
            ticket.receive(change, "Where is it?", client_id="mail-1", post=Post(Channel.EMAIL, came))
            return ticket.id

        ticket = await house.does(opens)
        house.clock.moves(minutes=5)
        await house.does(promises)
        await house.takes(ticket, Ticket.set_priority, Priority.HIGH)

        clocks = house.clocks(ticket)
        assert (after(hours=1), after()) == (clocks["first_reply"].due_at, clocks["first_reply"].started_at)
        assert after(hours=8) == clocks["resolution"].due_at


async def test_what_was_taken_for_spam_is_owed_an_answer_again(database: Database) -> None:
    """Less the time in which nobody could know."""
    async with opened(database) as house:
        await house.does(promises)
        ticket = await house.a_ticket()
        house.clock.moves(minutes=20)
        await house.takes(ticket, Ticket.set_status, Status.SPAM)
        house.clock.moves(hours=3)
        await house.takes(ticket, Ticket.reopen)

        first = house.clocks(ticket)["first_reply"]
        assert ("running", after(hours=4), None) == (first.state, first.due_at, first.ended_at)


async def test_an_edited_policy_reaches_open_tickets_when_they_are_touched_or_when_it_is_applied(
    database: Database,
) -> None:
    async with opened(database) as house:
        policy = await house.does(promises, {"first_reply": 60})
        touched, still, done = [await house.a_ticket() for _ in range(3)]
        await house.takes(done, Ticket.resolve)
        terms = Terms("Everybody", targets({"first_reply": 120}))
        await house.does(lambda change: change.take(SlaPolicy, policy).edit(change, terms))
        await house.takes(touched, Ticket.set_priority, Priority.HIGH)

        assert after(hours=2) == house.ticket(touched).sla_due_at
        assert after(hours=1) == house.ticket(still).sla_due_at
        assert applying.Preview(open=2, joins=0, renews=1, leaves=0) == house.desk.look(
            applying.preview, policy, MONDAY
        )

        await house.does(applying.apply_to_open, policy)
        scheduler = Scheduler(house.desk, chores.CHORES)
        await asyncio.gather(scheduler.look(), scheduler.look())
        await scheduler.look()
        assert after(hours=2) == house.ticket(still).sla_due_at
        assert {"first_reply"} == set(house.clocks(done))
        assert "met" == house.clocks(done)["first_reply"].state
        assert house.desk.look(lambda session: session.get_one(SlaPolicy, policy)).apply_due is None
        assert 0 == house.desk.look(applying.preview, policy, MONDAY).changes


async def test_many_tickets_are_gone_through_a_few_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "AT_ONCE", 2)
    async with opened(database) as house:
        ids = [await house.a_ticket() for _ in range(5)]
        policy = await house.does(promises)
        await house.does(applying.apply_to_open, policy)
        scheduler = Scheduler(house.desk, chores.CHORES)

        held = []
        for _ in range(4):
            await scheduler.look()
            held.append([house.ticket(ticket).sla_policy_id for ticket in ids].count(policy))
        assert [2, 4, 5, 5] == held
        assert [] == house.desk.look(applying.unapplied, house.clock.now())


async def test_other_hours_move_what_is_still_to_come(database: Database) -> None:
    """The office closes at noon from now on. The morning that has passed was worked; a paused clock hears of it too."""
    noon = BusinessCalendar("UTC", (((9 * 60, 12 * 60),),) * 5 + ((), ()))
    async with opened(database) as house:
        calendar = await house.does(lambda change: office_hours(change).id)
        terms = Terms("Office", targets({"resolution": 8 * 60}, business=True), calendar_id=calendar)
        await house.does(add_policy, terms)
        runs, paused = await house.a_ticket(), await house.a_ticket()
        house.clock.moves(hours=2)
        await house.takes(paused, Ticket.set_status, Status.PENDING)
        house.clock.moves(hours=4)  # 15:00
        await house.does(lambda change: change.take(Calendar, calendar).set_hours(change, noon))
        scheduler = Scheduler(house.desk, chores.CHORES)
        await scheduler.look()
        await scheduler.look()

        assert after(days=1, hours=2) == house.ticket(runs).sla_due_at, "six hours are worked, two are left"
        await house.takes(paused, Ticket.set_status, Status.OPEN)
        assert after(days=2, hours=3) == house.ticket(paused).sla_due_at, "two are worked, six are left"
        kept = house.desk.look(lambda session: session.get_one(Calendar, calendar))
        assert (None, 2) == (kept.retime_due, kept.version)


async def test_the_nearest_promise_is_read_off_the_ticket(database: Database) -> None:
    """Whatever a ticket shows is what its clocks say."""
    async with opened(database) as house:
        await house.does(promises)
        ticket = await house.a_ticket()
        await house.says(ticket, Ticket.reply)
        house.clock.moves(minutes=1)
        await house.says(ticket, Ticket.receive)

        def open_clocks(session: Session) -> list[SlaClock]:
            return [one for one in session.exec(select(SlaClock)).all() if one.ended_at is None]

        clocks, shown = house.desk.look(open_clocks), house.ticket(ticket)
        assert {clock.metric: clock.id for clock in clocks} == shown.sla_clocks
        nearest = min(clocks, key=lambda clock: clock.due_at or after(days=99))
        assert (nearest.due_at, nearest.warn_at, nearest.metric) == (
            shown.sla_due_at,
            shown.sla_warn_at,
            shown.sla_metric,
        )
