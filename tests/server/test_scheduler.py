"""What is due is done, once, and one thing that fails keeps nothing else waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from server import scheduler as scheduler_module
from server.database import Database
from server.scheduler import Scheduler
from tests.cast import MONDAY, MovedClock, a_database, a_desk, a_ticket
from tests.engine import database_url
from tickets import chores, log
from tickets.change import Change
from tickets.chores import Chore
from tickets.desk import Desk
from tickets.errors import Refused
from tickets.ticket import Ticket

SNOOZES = chores.CHORES


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    database = a_database(tmp_path)
    async with a_desk(database) as desk:
        yield desk
    database.close()


def snoozed(change: Change, minutes: int) -> int:
    ticket = a_ticket(change)
    ticket.snooze(change, change.now + timedelta(minutes=minutes))
    return ticket.id


def moved(desk: Desk) -> MovedClock:
    assert isinstance(desk.clock, MovedClock)
    return desk.clock


async def woken(desk: Desk) -> list[int | None]:
    rows = await desk.read(log.after, 0)
    return [row.ticket_id for row in rows if row.kind == "TicketWoken"]


async def test_a_snooze_ends_when_its_time_has_come_and_not_before(desk: Desk) -> None:
    early, late = [await desk.change(snoozed, minutes, by="agent:7") for minutes in (5, 10)]
    scheduler = Scheduler(desk, SNOOZES)

    assert 0 == await scheduler.look()
    moved(desk).moves(minutes=5)
    assert (1, [early]) == (await scheduler.look(), await woken(desk))
    assert 0 == await scheduler.look()
    moved(desk).moves(hours=1)
    assert (1, [early, late]) == (await scheduler.look(), await woken(desk))


async def test_it_is_the_house_that_does_it_and_it_is_in_the_log(desk: Desk) -> None:
    await desk.change(snoozed, 5, by="agent:7")
    moved(desk).moves(minutes=5)
    await Scheduler(desk, SNOOZES).look()

    newest = (await desk.read(log.after, 0))[-1]
    assert ("TicketWoken", "system", moved(desk).now()) == (newest.kind, newest.by, newest.at)


async def test_two_schedulers_do_a_thing_once(desk: Desk) -> None:
    """Both see it as due; the second to come finds nothing left to claim."""
    due = [await desk.change(snoozed, 5, by="agent:7") for _ in range(20)]
    moved(desk).moves(minutes=5)

    await asyncio.gather(*(Scheduler(desk, SNOOZES).look() for _ in range(4)))

    assert due == sorted(ticket for ticket in await woken(desk) if ticket is not None)


async def test_two_processes_do_a_thing_once(tmp_path: Path) -> None:
    here, there = a_database(tmp_path), Database(database_url(tmp_path))
    clock = MovedClock()
    async with a_desk(here, clock=clock) as one, a_desk(there, clock=clock) as other:
        for _ in range(10):
            await one.change(snoozed, 5, by="agent:7")
        clock.moves(minutes=5)
        await asyncio.gather(Scheduler(one, SNOOZES).look(), Scheduler(other, SNOOZES).look())

        assert 10 == len(await woken(one))
    here.close()
    there.close()


async def test_what_is_prepared_is_done_before_the_next_is_prepared(desk: Desk) -> None:
    """So that whoever writes meanwhile waits for one of them, not for all."""
    seen: list[str] = []

    def prepared(session: Session, key: str) -> str:
        seen.append(f"read {key}")
        return f"{key} at hand"

    chore = Chore("long", lambda *_: ["one", "two"], lambda _, ready: seen.append(f"do {ready}"), prepares=prepared)

    assert 2 == await Scheduler(desk, [chore]).look()
    assert ["read one", "do one at hand", "read two", "do two at hand"] == seen


async def test_one_step_at_a_time_while_it_runs_and_the_others_do_not_wait_for_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All steps in a row, twice a second, were a time in which every message came late."""
    monkeypatch.setattr(scheduler_module, "TICK", 0.001)
    left, at_each_look = ["one", "two", "three"], list[list[str]]()
    over, others = asyncio.Event(), list[int]()

    def due(session: Session, now: datetime) -> Sequence[str]:
        at_each_look.append(list(left))
        if not left:
            loop.call_soon_threadsafe(over.set)
        return list(left)

    def step(change: Change, ready: str) -> None:
        left.remove(ready)

    def other(session: Session, now: datetime) -> Sequence[str]:
        others.append(len(left))
        return []

    loop = asyncio.get_running_loop()
    steps = Chore("index", due, step, prepares=lambda session, key: key)
    async with Scheduler(desk, [steps, Chore("other", other, step)]).running(), asyncio.timeout(30):
        await over.wait()

    assert [["one", "two", "three"], ["two", "three"], ["three"], []] == at_each_look[:4]
    assert others


async def test_a_chore_that_fails_keeps_no_other_waiting(desk: Desk) -> None:
    """Whether it cannot say what is due, or cannot do it, or may not."""
    did: list[str] = []

    def unreadable(session: Session, now: datetime) -> Sequence[str]:
        raise ZeroDivisionError

    def three(session: Session, now: datetime) -> Sequence[str]:
        return ["one", "two", "three"]

    def stumbles(change: Change, key: str) -> None:
        if key == "one":
            raise ZeroDivisionError
        if key == "two":
            raise Refused("No.")
        did.append(key)

    def does(change: Change, key: str) -> None:
        did.append(f"{key} after")

    scheduler = Scheduler(desk, [Chore("a", unreadable, does), Chore("b", three, stumbles), Chore("c", three, does)])
    await scheduler.look()

    assert {"three", "one after", "two after", "three after"} == set(did)


async def test_on_a_line_that_is_lost_nothing_more_is_asked(desk: Desk) -> None:
    """Each of the others used to wait for a new line, one after another, while the desk was to close."""
    asked = []

    def lost(session: Session, now: datetime) -> Sequence[int]:
        asked.append("lost")
        raise OperationalError("select", {}, OSError("timed out"), connection_invalidated=True)

    def fine(session: Session, now: datetime) -> Sequence[int]:
        asked.append("fine")
        return []

    both = [Chore("lost", lost, lambda change, key: None), Chore("fine", fine, lambda change, key: None)]
    await Scheduler(desk, both).look()

    first_alone = asked.index("fine")
    assert first_alone > 0, "not in the look that the line was lost in"
    assert ["lost"] * first_alone + ["fine"] == asked


async def test_a_ticket_that_woke_meanwhile_is_left_alone(desk: Desk) -> None:
    ticket = await desk.change(snoozed, 5, by="agent:7")
    moved(desk).moves(minutes=5)
    keys = await desk.read(SNOOZES[0].due, moved(desk).now())
    await desk.change(lambda change: change.take(Ticket, ticket).wake(change), by="agent:7")

    for key in [*keys, 404]:
        await desk.change(SNOOZES[0].act, key, by="system")

    assert [ticket] == await woken(desk)


async def test_it_looks_again_and_again_and_says_when(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readiness asks how long ago the last look was."""
    monkeypatch.setattr(scheduler_module, "TICK", 0.001)
    third = asyncio.Event()
    looks: list[datetime] = []

    def due(session: Session, now: datetime) -> Sequence[str]:
        looks.append(now)
        if len(looks) == 1:
            raise ZeroDivisionError
        if len(looks) == 3:
            loop.call_soon_threadsafe(third.set)
        return []

    loop = asyncio.get_running_loop()
    async with Scheduler(desk, [Chore("a", due, lambda change, key: None)]).running() as scheduler, asyncio.timeout(30):
        await third.wait()
        assert scheduler.ticked_at is not None

    assert [MONDAY] * 3 == looks[:3]


async def test_what_may_lie_about_is_looked_for_seldom_unless_there_was_something(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks for a look gets one at everything."""
    monkeypatch.setattr(scheduler_module, "TICK", 0.001)
    fifth, looked = asyncio.Event(), {"often": 0, "seldom": 0}

    def often(session: Session, now: datetime) -> Sequence[str]:
        looked["often"] += 1
        if looked["often"] == 5:
            loop.call_soon_threadsafe(fifth.set)
        return []

    def seldom(session: Session, now: datetime) -> Sequence[str]:
        looked["seldom"] += 1
        return ["old"] if looked["seldom"] <= 2 else []

    loop = asyncio.get_running_loop()
    chores = [Chore("a", seldom, lambda change, key: None, every=3600.0), Chore("b", often, lambda change, key: None)]
    async with Scheduler(desk, chores).running() as scheduler, asyncio.timeout(30):
        await fifth.wait()

    assert 3 == looked["seldom"]
    await scheduler.look()
    assert 4 == looked["seldom"]


async def test_what_was_done_is_followed_by_one_look_at_all_that_come_after_it(desk: Desk) -> None:
    """And not by one for each of them."""
    sessions, waits = dict[str, list[Session]](), ["once"]

    def due(name: str) -> Chore:
        def asked(session: Session, now: datetime) -> Sequence[str]:
            sessions.setdefault(name, []).append(session)
            return [waits.pop()] if name == "a" and waits else []

        return Chore(name, asked, lambda change, key: None)

    assert 1 == await Scheduler(desk, [due("a"), due("b"), due("c")]).look()
    assert [1, 2, 2] == [len(sessions[name]) for name in "abc"]


async def test_a_quiet_house_is_looked_at_once_for_all_chores(desk: Desk) -> None:
    sessions: set[int] = set()
    asked: list[str] = []

    def quiet(name: str) -> Chore:
        def due(session: Session, now: datetime) -> Sequence[str]:
            sessions.add(id(session))
            asked.append(name)
            return []

        return Chore(name, due, lambda change, key: None)

    assert 0 == await Scheduler(desk, [quiet("a"), quiet("b"), quiet("c")]).look()
    assert (["a", "b", "c"], 1) == (asked, len(sessions))


async def test_what_one_chore_makes_due_the_next_one_does_in_the_same_look(desk: Desk) -> None:
    waits, did = ["first"], list[str]()

    def first(session: Session, now: datetime) -> Sequence[str]:
        return [key for key in waits if key == "first"]

    def second(session: Session, now: datetime) -> Sequence[str]:
        return [key for key in waits if key == "second"]

    def passes_on(change: Change, key: str) -> None:
        waits[:] = ["second"]

    scheduler = Scheduler(desk, [Chore("a", first, passes_on), Chore("b", second, lambda change, key: did.append(key))])
    assert (2, ["second"]) == (await scheduler.look(), did)
