"""A desk says that it writes while rows reach the disk: an answer that needed none is no sign of it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import Session, col, select, update

from server.database import Database
from server.watching import readiness
from server.watching.metrics import Metrics
from server.watching.readiness import Readiness
from tests.cast import a_database, an_agent
from tests.engine import about_sqlite
from tests.server.ear import until
from tickets import desk as desks
from tickets.asked import Asked
from tickets.change import Change
from tickets.closing.live import Closing
from tickets.desk import Desk
from tickets.errors import NotFound, Overloaded, Unavailable, unavailable
from tickets.hearing import try_to_write
from tickets.ids import IdBlock
from tickets.people import Agent
from tickets.reactions import Reactions


def nobody_is_there(change: Change) -> None:
    change.take(Agent, 999_999)


def nothing_to_do(change: Change) -> None:
    change.claim(update(Agent).where(col(Agent.id) == 999_999).values(name="Nobody"))


async def test_only_what_reached_the_disk_is_a_write(tmp_path: Path) -> None:
    """Refusals, and chores that found nothing, used to keep a desk ready that could not write a word."""
    metrics = Metrics()
    with contextlib.closing(a_database(tmp_path)) as database:
        async with Desk(database.writes, database.reads, reactions=Reactions([]), ended=metrics.committed) as desk:
            with pytest.raises(NotFound):
                await desk.change(nobody_is_there, by="system")
            await desk.change(nothing_to_do, by="system")
            assert (None, True) == (metrics.wrote_at, desk.hearing.fails)

            await desk.change(lambda change: an_agent(change).id, by="system")
            assert (float, False) == (type(metrics.wrote_at), desk.hearing.fails)


async def test_a_trial_leaves_the_row_that_it_writes_another_one(tmp_path: Path) -> None:
    """One that is told to be what it is reaches no disk: SQLite compares first."""
    metrics = Metrics()
    with contextlib.closing(a_database(tmp_path)) as database:
        async with Desk(database.writes, database.reads, reactions=Reactions([]), ended=metrics.committed) as desk:
            await desk.change(nothing_to_do, by="system")  # which takes a block of ids
            before = await desk.read(next_id)
            await desk.change(try_to_write, by="system")
            assert before + 1 == await desk.read(next_id)
            assert metrics.wrote_at is not None


def next_id(session: Session) -> int:
    return session.exec(select(IdBlock.next).where(IdBlock.name == "id")).one()


def test_a_change_that_the_disk_did_not_take_casts_doubt_on_those_before() -> None:
    metrics, good, lost = Metrics(), an_end(), an_end()
    good.wrote = True
    lost.end(error=unavailable())
    metrics.committed([good])
    wrote_at = metrics.wrote_at
    metrics.committed([lost])
    assert isinstance(lost.error, Unavailable)
    assert metrics.fails
    assert wrote_at == metrics.wrote_at

    metrics.committed([good])
    assert not metrics.fails


async def test_who_is_turned_away_is_counted_and_casts_no_doubt_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody was told of it: the alarm for a desk that refuses work kept silent while it refused."""
    metrics = Metrics()
    monkeypatch.setattr(desks, "MOST_WAITING", 0)
    with contextlib.closing(a_database(tmp_path)) as database:
        async with Desk(database.writes, database.reads, reactions=Reactions([]), ended=metrics.committed) as desk:
            for _ in range(3):
                with pytest.raises(Overloaded):
                    await desk.change(nothing_to_do, by="visitor:1")
    assert 3 == metrics.registry.get_sample_value("frontdesk_changes_total", {"outcome": "unavailable"})
    assert 0 == metrics.registry.get_sample_value("frontdesk_commit_changes_count")
    assert not metrics.fails


@dataclass
class Usage:
    free: int


@dataclass
class Clockwork:
    """What a desk has besides: a feed that has told everything, and a scheduler that has just looked."""

    cursor: int = 0
    ticked_at: float = 0.0


async def test_a_look_that_hangs_leaves_the_trial_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One after the other took longer than anybody waits for a worker, and a desk that was stuck was told as ready."""
    monkeypatch.setattr(readiness, "PATIENCE", 60.0)
    metrics, goes_on, works = Metrics(), threading.Event(), Clockwork(ticked_at=asyncio.get_running_loop().time())
    with contextlib.closing(a_database(tmp_path)) as database:
        async with Desk(
            database.writes, database.reads, reactions=Reactions([]), ended=metrics.committed, readers=1
        ) as desk:
            ready = Readiness(desk, works, works, metrics, [tmp_path], Closing())  # type: ignore[arg-type]
            hangs = asyncio.ensure_future(desk.read(lambda _: goes_on.wait(30)))
            asked = asyncio.ensure_future(ready.verdict())
            try:
                await until(lambda: metrics.wrote_at is not None)
                assert not asked.done()
            finally:
                goes_on.set()
            assert await hangs
            assert "writing" not in (await asked).troubles


@about_sqlite
async def test_the_disk_with_least_room_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database on a disk of its own filled it up, and nobody was told before the last page."""
    (kept := tmp_path / "files").mkdir()
    free = {kept: 10**12, tmp_path / "data": 199 * 1024 * 1024}
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(free[Path(folder)]))
    with contextlib.closing(Database(f"sqlite:///{tmp_path}/data/desk.db")) as database:
        assert database.folder is not None
        works = Clockwork()
        ready = Readiness(works, works, works, Metrics(), [kept, database.folder], Closing())  # type: ignore[arg-type]
        assert 199 * 1024 * 1024 == ready.disk_free < readiness.LEAST_SPACE


def an_end() -> Asked:
    return Asked(nothing_to_do, (), {}, "system", None, None)
